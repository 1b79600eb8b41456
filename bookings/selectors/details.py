"""A booking with everything that its guest wants to know of its money."""

from __future__ import annotations

from bookings.models import Booking
from bookings.types import BookingDetails
from payments.selectors import folio_money

from .paying import payment_options


def booking_details(*, booking: Booking) -> BookingDetails:
    """What was paid, what is owed, what is on its way back, and how to pay. Two queries, with the property at hand."""
    return BookingDetails(
        booking=booking,
        money=folio_money(folio_id=booking.folio_id),
        payment_options=tuple(payment_options(booking=booking)),
    )
