"""What others do with a hold inside their own transaction: keep it longer, or let it go early."""

from __future__ import annotations

from datetime import datetime

from bookings.exceptions import HoldExpired
from bookings.models import Booking
from bookings.transitions import BookingStatus
from payments.selectors import folio_money

from .moving import booking_lock, booking_row_lock
from .reaping import hold_end
from .settling import money_covers


def hold_keep(*, booking_id: int, until: datetime, limit_at: datetime) -> Booking:
    """Keep a hold at least ``until``, and while somebody pays at the longest until ``limit_at``.

    In the caller's transaction; locks the booking. A booking that is confirmed by now stays as it is. Raises
    `HoldExpired` for one that is not held any more, `BookingNotFound`, `Unavailable`.
    """
    booking = booking_row_lock(booking_id=booking_id)
    if booking.status in (BookingStatus.EXPIRED, BookingStatus.CANCELLED):
        raise HoldExpired
    if booking.status == BookingStatus.HELD:
        assert booking.hold_expires_at is not None
        booking.hold_expires_at = max(booking.hold_expires_at, until)
        booking.hold_limit_at = limit_at
        booking.save(update_fields=["hold_expires_at", "hold_limit_at", "updated_at"])
    return booking


def hold_let_go(*, booking_id: int, if_expires_until: datetime | None = None) -> Booking:
    """End a hold before its time, unless money has come or is on its way; the booking as it is then.

    With ``if_expires_until`` only one that would not last longer: who has begun to pay meanwhile keeps theirs.
    In the caller's transaction; locks nights, booking, folio. Raises `BookingNotFound`, `Unavailable`.
    """
    booking = booking_lock(booking_id=booking_id)
    is_kept = if_expires_until and booking.hold_expires_at and booking.hold_expires_at > if_expires_until
    if booking.status == BookingStatus.HELD and not is_kept:
        money = folio_money(folio_id=booking.folio_id)
        if not money.has_open_payment and not money_covers(booking, money):
            hold_end(booking)
    return booking
