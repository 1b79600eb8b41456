"""The outbox in numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Effect, Queue
from core.outbox import DeadLetter, EffectRun
from core.outbox.claiming import effects_claim
from core.outbox.figures import QueueFigures, outbox_figures
from core.outbox.leases import effect_take
from tests.outbox import handled, run_effects

from .conftest import NOON

pytestmark = pytest.mark.django_db


def test_every_queue_is_counted_in_one_query(enqueue: Callable[..., Effect]) -> None:
    def refuse(run: EffectRun) -> None:
        raise DeadLetter("no")

    with handled("tests.dead", refuse) as dead:
        enqueue(dead, "dead")
        run_effects(at=NOON)
    with handled("tests.thing") as kind, handled("tests.mail", queue=Queue.EMAIL) as mail:
        enqueue(mail, "done")
        run_effects(at=NOON)
        taken, _handed_over = enqueue(kind, "taken"), enqueue(kind, "handed over")
        effects_claim(queue=Queue.PROCESSING, at=NOON, limit=2)
        effect_take(effect_id=taken.pk, queue=Queue.PROCESSING, at=NOON)
        enqueue(kind, "due", due_at=NOON - timedelta(seconds=90))
        enqueue(kind, "later", due_at=NOON + timedelta(seconds=90))

    with CaptureQueriesContext(connection) as queries:
        figures = outbox_figures(at=NOON)

    assert len(queries) == 1
    assert figures == [
        QueueFigures(Queue.EMAIL, due=0, later=0, handed_over=0, running=0, dead=0, lag_seconds=0.0),
        QueueFigures(Queue.PROCESSING, due=1, later=1, handed_over=1, running=1, dead=1, lag_seconds=90.0),
        QueueFigures(Queue.SCHEDULED, due=0, later=0, handed_over=0, running=0, dead=0, lag_seconds=0.0),
    ]
