"""Handing effects over, with a broker that takes them, refuses, or comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from core.models import Effect, Queue
from core.outbox import dispatching
from core.outbox.broker import BrokerAway
from core.outbox.dispatching import DispatchSummary, effects_hand_over
from core.outbox.watching import effects_watch, pause_seconds
from tests.outbox import handled

from .conftest import NOON

pytestmark = pytest.mark.django_db
Enqueue = Callable[..., Effect]


class Messages:
    """A broker that remembers what it took, and is away after so many."""

    def __init__(self, away_after: int | None = None) -> None:
        self.taken: list[tuple[int, str]] = []
        self.away_after = away_after

    def publish(self, effect_id: int, queue: Queue, token: str) -> None:
        if self.away_after is not None and len(self.taken) >= self.away_after:
            raise BrokerAway("gone")
        self.taken.append((effect_id, queue.value))


def test_what_is_due_is_handed_to_its_queue(enqueue: Enqueue) -> None:
    messages = Messages()
    with handled("tests.mail", queue=Queue.EMAIL) as mail, handled("tests.thing") as thing:
        mail_effect, thing_effect = enqueue(mail, "mail"), enqueue(thing, "thing")
        enqueue(thing, "later", due_at=NOON + timedelta(hours=1))

        summary = effects_hand_over(publish=messages.publish, at=NOON)
        again = effects_hand_over(publish=messages.publish, at=NOON)

    assert messages.taken == [(mail_effect.pk, "email"), (thing_effect.pk, "processing")]
    assert (summary.outcomes, again.outcomes) == ({"handed_over": 2}, {})
    assert set(Effect.objects.values_list("dedup_key", "status")) == {
        ("mail", "dispatched"),
        ("thing", "dispatched"),
        ("later", "pending"),
    }


def test_a_broker_that_goes_away_loses_nothing(enqueue: Enqueue) -> None:
    with handled("tests.thing") as kind:
        effects = [enqueue(kind, str(number)) for number in range(5)]

        with pytest.raises(BrokerAway):
            effects_hand_over(publish=Messages(away_after=2).publish, at=NOON)

        assert Effect.objects.filter(status="dispatched").count() == 2
        messages = Messages()
        effects_hand_over(publish=messages.publish, at=NOON)

    assert [effect_id for effect_id, _queue in messages.taken] == [effect.pk for effect in effects[2:]]


def test_the_broker_never_holds_the_whole_backlog(enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "IN_FLIGHT_EFFECTS", 3)
    messages = Messages()
    with handled("tests.thing") as kind, handled("tests.mail", queue=Queue.EMAIL) as mail:
        for number in range(5):
            enqueue(kind, str(number))
        enqueue(mail, "mail")

        effects_hand_over(publish=messages.publish, at=NOON)
        effects_hand_over(publish=messages.publish, at=NOON)
        assert [queue for _effect, queue in messages.taken] == [
            "email",
            "processing",
            "processing",
            "processing",
        ]
        effects_hand_over(publish=messages.publish, at=NOON + timedelta(seconds=61))

    assert len(messages.taken) == 8  # nobody began: all that were handed over are again


def test_a_limit_is_a_limit(enqueue: Enqueue) -> None:
    messages = Messages()
    with handled("tests.thing") as kind:
        for number in range(30):
            enqueue(kind, str(number))

        assert effects_hand_over(publish=messages.publish, at=NOON, limit=25).total == 25
        assert effects_hand_over(publish=messages.publish, at=NOON).total == 5


def test_the_watch_waits_out_what_is_away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BROKER_PAUSE_SECONDS_MAX = 10.0
    monkeypatch.setattr("core.outbox.watching.connection.close", lambda: None)
    script: list[Any] = [BrokerAway("gone"), OperationalError("gone"), BrokerAway("gone"), 2, 0]
    pauses: list[float] = []

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            return super().wait(0)

    stopping = Stopping()

    def one_pass() -> DispatchSummary:
        step = script.pop(0)
        if not script:
            stopping.set()
        if isinstance(step, Exception):
            raise step
        summary = DispatchSummary()
        summary.outcomes["handed_over"] += step
        return summary

    total = effects_watch(one_pass, stopping=stopping)

    assert total.outcomes == {"handed_over": 2}
    assert pauses == [0.5, 1.0, 2.0, 0.05, 0.5]
    assert pause_seconds(20) == 10.0


def test_a_defect_ends_the_watch() -> None:
    def one_pass() -> DispatchSummary:
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        effects_watch(one_pass, stopping=threading.Event())
