"""What happens to an effect when its handler returns, raises, waits, or is no longer there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Effect, EffectStatus, Queue
from core.outbox import DeadLetter, EffectRun, Postpone, Retry
from core.outbox.claiming import MAX_INTERRUPTIONS, effects_claim, effects_recover, effects_release
from core.outbox.leases import effect_take, lease_renew
from core.outbox.running import Outcome, effect_run
from tests.outbox import handled, run_effects

from .conftest import NOON

pytestmark = pytest.mark.django_db
Enqueue = Callable[..., Effect]


def test_done_is_done_once(enqueue: Enqueue) -> None:
    runs: list[EffectRun] = []
    with handled("tests.thing", runs.append) as kind:
        effect = enqueue(kind, payload={"id": 7})

        first, second = run_effects(at=NOON), run_effects(at=NOON)

    assert (first.outcomes, second.outcomes) == ({"done": 1}, {})
    (run,) = runs
    assert (run.effect_id, run.payload, run.dedup_key, run.attempt) == (effect.pk, {"id": 7}, "one", 1)
    effect.refresh_from_db()
    assert (effect.status, effect.finished_at, effect.attempts) == ("done", NOON, 1)
    assert (effect.lease_token, effect.leased_until, effect.last_error) == ("", None, "")


def test_what_is_not_due_waits(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        enqueue(kind, due_at=NOON + timedelta(seconds=1))

        assert run_effects(at=NOON).total == 0
        assert run_effects(at=NOON + timedelta(seconds=1)).outcomes == {"done": 1}


def test_a_failure_is_tried_again_with_full_jitter_and_then_given_up(enqueue: Enqueue) -> None:
    attempts: list[int] = []

    def fail(run: EffectRun) -> None:
        attempts.append(run.attempt)
        raise ValueError("the server said no")

    with handled("tests.thing", fail, retry=Retry(attempts=3, base_seconds=5)) as kind:
        effect = enqueue(kind)
        at = NOON
        for longest in (5, 10):
            assert run_effects(at=at).outcomes == {"failed": 1}
            effect.refresh_from_db()
            assert effect.status == EffectStatus.PENDING
            assert timedelta(0) <= effect.due_at - at <= timedelta(seconds=longest)
            assert effect.last_error == "ValueError: the server said no"
            at += timedelta(minutes=1)
        assert run_effects(at=at).outcomes == {"dead": 1}

    effect.refresh_from_db()
    assert attempts == [1, 2, 3]
    assert (effect.status, effect.attempts, effect.finished_at) == ("dead", 3, at)
    assert effect.last_error == "ValueError: the server said no"


def test_pauses_are_spread_over_the_whole_of_their_time() -> None:
    pauses = [Retry(attempts=9, base_seconds=8).pause_after(3).total_seconds() for _try in range(400)]

    assert 0 <= min(pauses) < 4
    assert 28 < max(pauses) <= 32


def test_pauses_that_are_named_are_kept_and_age_ends_them() -> None:
    retry = Retry(delays_seconds=(5, 60), max_age_seconds=50)

    assert retry.attempts_allowed == 3
    assert retry.next_at(attempt=1, wanted_at=NOON, at=NOON) == NOON + timedelta(seconds=5)
    assert retry.next_at(attempt=2, wanted_at=NOON, at=NOON) is None
    assert Retry(delays_seconds=(5, 60)).next_at(attempt=3, wanted_at=NOON, at=NOON) is None


def test_a_dead_letter_is_dead_at_once(enqueue: Enqueue) -> None:
    def refuse(run: EffectRun) -> None:
        raise DeadLetter("there is no such address")

    with handled("tests.thing", refuse) as kind:
        effect = enqueue(kind)
        assert run_effects(at=NOON).outcomes == {"dead": 1}

    effect.refresh_from_db()
    assert (effect.status, effect.last_error, effect.attempts) == ("dead", "there is no such address", 1)


def test_postponing_is_no_attempt(enqueue: Enqueue) -> None:
    later = NOON + timedelta(minutes=5)

    def wait(run: EffectRun) -> None:
        if run.at < later:
            raise Postpone(later, "the breaker is open")

    with handled("tests.thing", wait, retry=Retry(attempts=1)) as kind:
        effect = enqueue(kind)
        assert run_effects(at=NOON).outcomes == {"postponed": 1}
        effect.refresh_from_db()
        assert (effect.status, effect.due_at, effect.attempts) == ("pending", later, 0)
        assert effect.last_error == "the breaker is open"
        assert run_effects(at=later).outcomes == {"done": 1}


def test_postponing_to_now_does_not_go_round_in_circles(enqueue: Enqueue) -> None:
    def wait(run: EffectRun) -> None:
        raise Postpone(run.at)

    with handled("tests.thing", wait) as kind:
        enqueue(kind)

        assert run_effects(at=NOON).outcomes == {"postponed": 1}


def test_a_kind_whose_code_is_gone_is_dead(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effect = enqueue(kind)

    assert run_effects(at=NOON).outcomes == {"dead": 1}
    effect.refresh_from_db()
    assert effect.last_error == "nobody handles effects of the kind tests.thing"


def test_progress_is_written_while_it_runs_and_logs_carry_the_request(enqueue: Enqueue) -> None:
    seen: list[tuple[int, int | None, str]] = []
    logged: list[object] = []

    def work(run: EffectRun) -> None:
        logged.append(structlog.contextvars.get_contextvars().get("request_id"))
        for number in (1, 2, 10):
            run.progress(done=number, total=10, note=f"row {number}")
            row = Effect.objects.get(pk=run.effect_id)
            seen.append((row.progress_done, row.progress_total, row.progress_note))

    with (
        handled("tests.thing", work) as kind,
        structlog.contextvars.bound_contextvars(request_id="request-12345"),
    ):
        enqueue(kind)
    with structlog.contextvars.bound_contextvars(), handled("tests.thing", work):
        run_effects(at=NOON)

    assert seen == [(1, 10, "row 1"), (1, 10, "row 1"), (10, 10, "row 10")]
    assert logged == ["request-12345"]


def test_one_that_somebody_else_has_is_left_alone(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effect = enqueue(kind)
        effects_claim(queue=Queue.PROCESSING, at=NOON, limit=1)
        assert effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=NOON) is not None

        assert effect_run(effect_id=effect.pk, queue=Queue.PROCESSING, at=NOON) == Outcome.SKIPPED
        assert effect_run(effect_id=987654321, queue=Queue.PROCESSING, at=NOON) == Outcome.SKIPPED


def test_who_was_overtaken_changes_nothing(enqueue: Enqueue) -> None:
    """Its lease was over, somebody else has done it, and now it comes to an end."""
    outcomes: list[Outcome] = []

    def slow(run: EffectRun) -> None:
        if not outcomes:
            outcomes.append(Outcome.SKIPPED)
            late = NOON + timedelta(seconds=31)
            assert effects_recover(at=late) == 1
            outcomes.append(Outcome(next(iter(run_effects(at=late).outcomes))))
            raise ValueError("too late to matter")

    with handled("tests.thing", slow) as kind:
        effect = enqueue(kind)
        run_effects(at=NOON)

    effect.refresh_from_db()
    assert outcomes == [Outcome.SKIPPED, Outcome.DONE]
    assert (effect.status, effect.last_error, effect.interruptions) == ("done", "", 1)


def test_leases_that_are_over_are_due_again(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        handed_over, taken = enqueue(kind, "handed over"), enqueue(kind, "taken")
        effects_claim(queue=Queue.PROCESSING, at=NOON, limit=2)
        mine = effect_take(effect_id=taken.pk, queue=Queue.PROCESSING, at=NOON)
        assert mine is not None

        assert effects_recover(at=NOON + timedelta(seconds=29)) == 0
        assert effects_recover(at=NOON + timedelta(seconds=31)) == 1
        assert effects_recover(at=NOON + timedelta(seconds=61)) == 1

    handed_over.refresh_from_db()
    taken.refresh_from_db()
    assert (handed_over.status, handed_over.interruptions) == ("pending", 0)
    assert (taken.status, taken.interruptions, taken.attempts) == ("pending", 1, 0)


def test_a_renewed_lease_is_not_over(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effect = enqueue(kind)
        effects_claim(queue=Queue.PROCESSING, at=NOON, limit=1)
        mine = effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=NOON)
        assert mine is not None

        assert lease_renew(effect_id=effect.pk, token=mine.token, at=NOON + timedelta(seconds=20))
        assert not lease_renew(effect_id=effect.pk, token="another", at=NOON + timedelta(seconds=20))
        assert effects_recover(at=NOON + timedelta(seconds=49)) == 0


def test_what_kills_every_process_is_given_up(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effect = enqueue(kind)
        at = NOON
        for _death in range(MAX_INTERRUPTIONS):
            effects_claim(queue=Queue.PROCESSING, at=at, limit=1)
            assert effect_take(effect_id=effect.pk, queue=Queue.PROCESSING, at=at) is not None
            at += timedelta(seconds=31)
            effects_recover(at=at)

    effect.refresh_from_db()
    assert (effect.status, effect.finished_at) == ("dead", at)
    assert effect.last_error == "whoever ran it was gone before the end 10 times"


def test_released_is_due_at_once(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effect = enqueue(kind)
        token, ids = effects_claim(queue=Queue.PROCESSING, at=NOON, limit=1)

        assert effects_release(ids=ids, token="another", due_at=NOON) == 0
        assert effects_release(ids=ids, token=token, due_at=NOON) == 1

    effect.refresh_from_db()
    assert (effect.status, effect.lease_token, effect.leased_until) == ("pending", "", None)


@pytest.mark.parametrize("number", [1, 20])
def test_a_run_costs_the_same_for_each(enqueue: Enqueue, number: int) -> None:
    with handled("tests.thing") as kind:
        for place in range(number):
            enqueue(kind, str(place))
        run_effects(kinds=[], at=NOON)

        with CaptureQueriesContext(connection) as queries:
            run_effects(at=NOON)

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    looks = 1 + 2 * 3  # what is to be recovered; each queue until nothing is due, and once more
    assert len(statements) == looks + 6 * number


@pytest.mark.django_db(transaction=True)
def test_a_long_effect_keeps_its_lease_and_its_waiting_handler_is_not_run_twice(
    enqueue: Enqueue, settings: Any
) -> None:
    settings.EFFECT_LEASE_SECONDS = 3.0  # renewed every second, which a busy machine may do late
    recovered: list[int] = []

    def work_long(run: EffectRun) -> None:
        for _look in range(6):
            time.sleep(0.6)
            recovered.append(effects_recover(at=timezone.now()))

    with handled("tests.thing", work_long) as kind:
        effect = enqueue(kind)
        assert run_effects().outcomes == {"done": 1}

    effect.refresh_from_db()
    assert (recovered, effect.interruptions) == ([0] * 6, 0)
