"""A booking with everything that its guest wants to know of its money."""

from __future__ import annotations

from bookings.models import Booking
from bookings.types import BookingDetails
from payments.selectors import folio_money

from .paying import payment_options


def booking_details(*, booking: Booking) -> BookingDetails:
    """What was paid, what is owed, what is on its way back, and how to pay. One query, with the property at hand."""
    money = folio_money(folio_id=booking.folio_id)
    return BookingDetails(
        booking=booking,
        money=money,
        payment_options=tuple(payment_options(booking=booking, money=money)),
    )
