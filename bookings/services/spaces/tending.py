"""What the clock does with bookings of spaces; each may run twice or at the same time as another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from bookings.selectors.spaces.due import (
    space_completions_due,
    space_no_shows_due,
    space_reminders_due,
    space_waits_over,
)
from bookings.space_transitions import AGREED_STATUSES
from core.exceptions import DomainError, translate_integrity_errors

from .attending import space_booking_complete, space_booking_no_show
from .mails import reminder_mail
from .moving import space_booking_lock, space_booking_write
from .waiting import space_wait_end

BATCH = 500

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SpacesTended:
    """How many bookings of spaces a run has done what with."""

    expired: int
    no_shows: int
    completed: int
    reminded: int


def spaces_tend(*, at: datetime | None = None, limit: int = BATCH) -> SpacesTended:
    """Let expire what has waited too long, give back what nobody came for, end what is over, remind of what comes.

    Each booking in a transaction of its own; one that is busy is left for the next run.
    """
    at = at or timezone.now()
    return SpacesTended(
        expired=_each(space_waits_over(at=at, limit=limit), "expire", lambda pk: _expire(pk, at)),
        no_shows=_each(
            space_no_shows_due(at=at, limit=limit),
            "no_show",
            lambda pk: bool(space_booking_no_show(booking_id=pk, actor=None, at=at)),
        ),
        completed=_each(
            space_completions_due(at=at, limit=limit),
            "complete",
            lambda pk: bool(space_booking_complete(booking_id=pk, at=at)),
        ),
        reminded=_each(space_reminders_due(at=at, limit=limit), "remind", lambda pk: _remind(pk, at)),
    )


def _each(ids: list[int], what: str, do: Callable[[int], bool]) -> int:
    done = 0
    for booking_id in ids:
        try:
            done += do(booking_id)
        except DomainError as error:
            logger.warning("space_booking_not_tended", what=what, booking_id=booking_id, code=error.code)
    return done


@translate_integrity_errors()
def _expire(booking_id: int, at: datetime) -> bool:
    with transaction.atomic(durable=True):
        return space_wait_end(space_booking_lock(booking_id=booking_id), at=at)


@translate_integrity_errors()
def _remind(booking_id: int, at: datetime) -> bool:
    with transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        if booking.reminded_at is not None or booking.status not in AGREED_STATUSES:
            return False
        space_booking_write(booking, reminded_at=at)
        reminder_mail(booking)
        return True
