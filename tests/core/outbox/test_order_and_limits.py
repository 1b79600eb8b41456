"""Effects of one key run one after another; queues have a pace and a width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.models import Effect, EffectQueue, Queue
from core.outbox import DeadLetter, EffectRun, Retry
from core.outbox.claiming import effects_claim
from core.outbox.leases import QueueFull, effect_take
from tests.outbox import handled, run_effects

from .conftest import NOON

pytestmark = pytest.mark.django_db
Enqueue = Callable[..., Effect]


def claimed(limit: int = 10, **options: Any) -> list[int]:
    return effects_claim(queue=Queue.PROCESSING, at=NOON, limit=limit, **options)[1]


def test_only_the_first_of_a_key_is_claimed(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        first = enqueue(kind, "1", ordering_key="booking:A")
        enqueue(kind, "2", ordering_key="booking:A")
        other = enqueue(kind, "3", ordering_key="booking:B")
        free = [enqueue(kind, key) for key in ("4", "5")]

        assert claimed() == [first.pk, other.pk, *(effect.pk for effect in free)]
        assert claimed() == []


def test_a_key_waits_for_the_one_that_is_to_be_tried_again(enqueue: Enqueue) -> None:
    order: list[str] = []

    def work(run: EffectRun) -> None:
        order.append(f"{run.dedup_key} {run.attempt}")
        if run.dedup_key == "1" and run.attempt == 1:
            raise ValueError

    with handled("tests.thing", work, retry=Retry(delays_seconds=(60,))) as kind:
        for key in ("1", "2", "3"):
            enqueue(kind, key, ordering_key="booking:A")

        run_effects(at=NOON)
        assert order == ["1 1"]
        run_effects(at=NOON + timedelta(seconds=60))

    assert order == ["1 1", "1 2", "2 1", "3 1"]


def test_one_that_was_given_up_steps_aside(enqueue: Enqueue) -> None:
    order: list[str] = []

    def work(run: EffectRun) -> None:
        order.append(run.dedup_key)
        if run.dedup_key == "1":
            raise DeadLetter("gone")

    with handled("tests.thing", work) as kind:
        for key in ("1", "2"):
            enqueue(kind, key, ordering_key="booking:A")
        run_effects(at=NOON)

    assert order == ["1", "2"]


def test_the_longest_due_comes_first_and_kinds_can_be_chosen(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind, handled("tests.other") as other:
        late = enqueue(kind, "late", due_at=NOON - timedelta(minutes=1))
        early = enqueue(kind, "early", due_at=NOON - timedelta(minutes=2))
        enqueue(other, "other", due_at=NOON - timedelta(minutes=3))

        assert claimed(1, kinds=[kind]) == [early.pk]
        assert claimed(1, kinds=[kind]) == [late.pk]
        assert claimed(1, kinds=[kind]) == []


def test_no_more_run_than_the_queue_is_wide(enqueue: Enqueue, settings: Any) -> None:
    settings.EFFECT_CONCURRENCY = {"processing": 2}
    with handled("tests.thing") as kind:
        effects = [enqueue(kind, key) for key in "abc"]
        claimed()
        for effect in effects[:2]:
            assert effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=NOON) is not None

        with pytest.raises(QueueFull):
            effect_take(effect_id=effects[2].pk, queue=Queue.PROCESSING, at=NOON)
        later = NOON + timedelta(seconds=31)  # who ran them is gone
        assert effect_take(effect_id=effects[2].pk, queue=Queue.PROCESSING, at=later) is not None


def test_starts_are_spread_over_the_second(enqueue: Enqueue, settings: Any) -> None:
    settings.EFFECT_CONCURRENCY = {}
    settings.EFFECT_RATES_PER_SECOND = {"processing": 10}
    with handled("tests.thing") as kind:
        effects = [enqueue(kind, str(number)) for number in range(25)]
        claimed(25)

        takes = [effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=NOON) for effect in effects]

    starts = [(taken.starts_at - NOON).total_seconds() for taken in takes if taken]
    assert starts == [pytest.approx(number / 10) for number in range(25)]
    assert EffectQueue.objects.get().next_slot_at == NOON + timedelta(seconds=2.5)


def test_an_idle_queue_saves_up_nothing(enqueue: Enqueue, settings: Any) -> None:
    settings.EFFECT_RATES_PER_SECOND = {"processing": 10}
    with handled("tests.thing") as kind:
        effects = [enqueue(kind, key) for key in "abc"]
        claimed()
        effect_take(effect_id=effects[0].pk, queue=Queue.PROCESSING, at=NOON)
        hour = NOON + timedelta(hours=1)

        takes = [effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=hour) for effect in effects[1:]]

    assert [taken.starts_at for taken in takes if taken] == [hour, hour + timedelta(seconds=0.1)]


def test_the_limits_of_the_house_are_those_of_the_workers() -> None:
    from config.settings import base
    from config.supervisor.programs import WORKER_PROCESSES

    assert base.EFFECT_CONCURRENCY == WORKER_PROCESSES == {"email": 3, "processing": 5, "scheduled": 2}
    assert base.EFFECT_RATES_PER_SECOND == {"email": 10}
