"""Messages with everything they need."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import uuid4

from notifications.models import Notification
from notifications.samples import BOOKING, sample_context
from notifications.services import notification_enqueue
from notifications.types import BOOKING_CONFIRMED, BookingConfirmedContext, BookingContext

GUEST = "Ana <b>Souza</b> & Co"
"""A name that would do harm if it were taken for markup."""


def booking_context(**fields: Any) -> BookingContext:
    """A stay of three nights in Lisbon."""
    context = deepcopy(BOOKING) | {"guest_name": GUEST}
    return context | fields  # type: ignore[return-value]


def confirmed_context(**fields: Any) -> BookingConfirmedContext:
    """The same stay, confirmed with a deposit of one night."""
    context = sample_context(BOOKING_CONFIRMED) | {"guest_name": GUEST}
    return context | fields  # type: ignore[return-value]


def notification(*, type: str = "booking_confirmed", **fields: Any) -> Notification:  # noqa: A002
    """A message in the outbox."""
    arguments: dict[str, Any] = {
        "recipient": "ana@example.com",
        "context": confirmed_context(),
        "dedup_key": str(uuid4()),
    }
    enqueued = notification_enqueue(type=type, **arguments | fields)
    assert enqueued is not None
    return enqueued
