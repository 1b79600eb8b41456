"""Guests who have not come, by their property's clock."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.utils import timezone

from bookings.selectors.scheduled import no_shows_due
from bookings.services.desk import booking_no_show
from core.exceptions import DomainError

BATCH_NO_SHOWS = 500

logger = structlog.get_logger(__name__)


def no_shows_mark(*, at: datetime | None = None, limit: int = BATCH_NO_SHOWS) -> int:
    """Mark up to ``limit`` guests who have not come, each in its own transaction, and say how many.

    One that is busy, or was checked in a moment ago, is left. Staff take it back by checking the guest in.
    """
    at = at or timezone.now()
    marked = 0
    for booking_id in no_shows_due(at=at, limit=limit):
        try:
            booking_no_show(booking_id=booking_id, actor=None, at=at)
        except DomainError as error:
            logger.warning("no_show_not_marked", booking_id=booking_id, code=error.code)
            continue
        marked += 1
    return marked
