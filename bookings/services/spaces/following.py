"""What becomes of the spaces on the bill of a stay when the stay does not take place."""

from __future__ import annotations

from decimal import Decimal

from bookings.models import Booking, SpaceBooking
from bookings.space_transitions import OPEN_STATUSES, SpaceBookingStatus
from bookings.transitions import BookingStatus

from .mails import cancelled_mail
from .moving import space_booking_move, space_bookings_lock

ENDED_STATUSES = (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)


def space_bookings_follow(stay: Booking) -> None:
    """Call off the spaces on the bill of a stay that was called off. Inside the transaction that has locked the stay.

    Its bill was brought down to the stay's own fee as a whole, so nothing is taken off here. One query where there
    are none.
    """
    if stay.status not in ENDED_STATUSES:
        return
    rows = SpaceBooking.objects.filter(stay=stay, status__in=OPEN_STATUSES)
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return
    bookings = space_bookings_lock(SpaceBooking.objects.filter(pk__in=ids))
    for booking in bookings:
        space_booking_move(
            booking,
            target=SpaceBookingStatus.CANCELLED,
            cancelled_at=stay.updated_at,
            cancellation_fee=Decimal(0),
            charged=Decimal(0),
        )
    cancelled_mail(bookings, refunds=[], is_by_guest=False)
