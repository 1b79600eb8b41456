"""Holds and changes that nobody paid for give their rooms back."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.selectors import holds_expired
from bookings.selectors.changes import changes_overdue
from bookings.transitions import BookingStatus
from core.exceptions import DomainError, translate_integrity_errors

from .confirming import booking_confirm
from .moving import booking_lock
from .reaping import hold_end, hold_is_over

BATCH_HOLDS = 500

logger = structlog.get_logger(__name__)


def booking_expire(*, booking_id: int, at: datetime | None = None) -> Booking:
    """Let a hold expire if its time is over and nobody has paid; otherwise leave the booking as it is.

    Locks nights, booking, folio. Raises `BookingNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = booking_lock(booking_id=booking_id)
        if hold_is_over(booking, at=at):
            hold_end(booking)
    return booking


def holds_expire(*, at: datetime | None = None, limit: int = BATCH_HOLDS) -> int:
    """Let up to ``limit`` holds expire, each in its own transaction, and say how many did.

    One that is busy is left for the next run.
    """
    at = at or timezone.now()
    expired = 0
    for booking_id in holds_expired(at=at, limit=limit):
        try:
            booking = booking_expire(booking_id=booking_id, at=at)
        except DomainError as error:
            logger.warning("hold_not_expired", booking_id=booking_id, code=error.code)
            continue
        expired += booking.status == BookingStatus.EXPIRED
    return expired


def changes_expire(*, at: datetime | None = None, limit: int = BATCH_HOLDS) -> int:
    """End up to ``limit`` changes that nobody has paid for in time, each in its own transaction; say how many ended.

    One whose payment has come without being noticed is done instead; what was paid in part goes back or counts for the
    stay as it is. One that is busy is left for the next run.
    """
    at = at or timezone.now()
    ended = 0
    for booking_id in changes_overdue(at=at, limit=limit):
        try:
            booking = booking_confirm(booking_id=booking_id, at=at)
        except DomainError as error:
            logger.warning("change_not_expired", booking_id=booking_id, code=error.code)
            continue
        ended += booking.pending_change_id is None
    return ended
