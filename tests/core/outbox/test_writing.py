"""Effects are written with the change, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Effect
from core.outbox import Queue, effect_enqueue, effect_handler
from tests.outbox import handled

from .conftest import NOON

pytestmark = pytest.mark.django_db


def test_an_effect_is_one_row_and_one_query(enqueue: Callable[..., Effect]) -> None:
    with (
        handled("tests.thing") as kind,
        structlog.contextvars.bound_contextvars(request_id="request-12345"),
        CaptureQueriesContext(connection) as queries,
    ):
        effect_id = effect_enqueue(
            kind=kind,
            payload={"id": 7},
            dedup_key="thing:7",
            ordering_key="thing",
            due_at=NOON + timedelta(hours=1),
            property_id=3,
            at=NOON,
        )

    assert len(queries) == 1
    effect = Effect.objects.get()
    assert effect.pk == effect_id
    assert (effect.kind, effect.queue, effect.status) == ("tests.thing", "processing", "pending")
    assert (effect.payload, effect.dedup_key, effect.ordering_key) == ({"id": 7}, "thing:7", "thing")
    assert (effect.due_at, effect.wanted_at) == (NOON + timedelta(hours=1), NOON + timedelta(hours=1))
    assert (effect.request_id, effect.property_id, effect.attempts) == ("request-12345", 3, 0)


def test_a_dedup_key_is_written_once(enqueue: Callable[..., Effect]) -> None:
    with handled("tests.thing") as kind:
        first = enqueue(kind, "same", payload={"number": 1})

        again = effect_enqueue(kind=kind, payload={"number": 2}, dedup_key="same")

    assert again is None
    assert Effect.objects.get() == first
    assert Effect.objects.get().payload == {"number": 1}


def test_an_effect_goes_with_its_transaction(enqueue: Callable[..., Effect]) -> None:
    with handled("tests.thing") as kind, transaction.atomic():
        enqueue(kind)
        transaction.set_rollback(True)

    assert not Effect.objects.exists()


@pytest.mark.parametrize("payload", [{"amount": Decimal(1)}, {"when": NOON}, {"what": object()}])
def test_a_payload_that_is_not_json_is_a_defect(payload: dict[str, Any]) -> None:
    with handled("tests.thing") as kind, pytest.raises(TypeError):
        effect_enqueue(kind=kind, payload=payload, dedup_key="one")

    assert not Effect.objects.exists()


def test_a_kind_that_nobody_handles_is_a_defect() -> None:
    with pytest.raises(ValueError, match=r"nobody handles effects of the kind tests\.unknown"):
        effect_enqueue(kind="tests.unknown", payload={}, dedup_key="one")


def test_a_kind_has_one_handler() -> None:
    with handled("tests.thing") as kind, pytest.raises(ValueError, match="has a handler already"):
        effect_handler(kind, queue=Queue.EMAIL)(lambda run: None)
