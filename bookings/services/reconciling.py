"""Finding and repairing what a missed signal or an outage left behind; and bookings that find their owner late."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.utils import timezone

from accounts.models import User
from accounts.selectors import email_is_verified
from bookings.models import Booking
from bookings.selectors import bookings_unsettled
from bookings.transitions import BookingStatus
from bookings.types import BookingsReconcileReport
from core.cache.generations import bump
from core.cache.keys import USER_BOOKINGS
from core.exceptions import DomainError

from .confirming import booking_settle

logger = structlog.get_logger(__name__)


def bookings_reconcile(*, at: datetime | None = None) -> BookingsReconcileReport:
    """Bring every booking that money has come for to what its payments say. Each in its own transaction."""
    at = at or timezone.now()
    report = BookingsReconcileReport()
    for booking_id in bookings_unsettled(at=at):
        before, pending_id = Booking.objects.values_list("status", "pending_change_id").get(pk=booking_id)
        try:
            booking, refunds = booking_settle(booking_id=booking_id, at=at)
        except DomainError as error:
            logger.warning("booking_not_reconciled", booking_id=booking_id, code=error.code)
            report.errors.append(f"booking {booking_id}: {error.code}")
            continue
        if booking.status == BookingStatus.CONFIRMED and before != booking.status:
            report.confirmed.append(booking.reference)
        if pending_id is not None and booking.pending_change_id is None:
            report.changed.append(booking.reference)
        if refunds:
            report.refunded.append(booking.reference)
    return report


def bookings_claim(*, user: User) -> int:
    """Give a user the bookings made without an account with the address they have confirmed, and say how many.

    Two statements. Nothing happens while the address is not confirmed.
    """
    if not email_is_verified(user):
        return 0
    claimed = (
        Booking.objects.filter(user=None)
        .of_guest_email(user.email)
        .update(user=user, updated_at=timezone.now())
    )
    bump(USER_BOOKINGS, user.pk)
    return claimed
