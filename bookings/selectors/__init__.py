"""Reads about bookings, one module per question."""

from .access import booking_by_reference, booking_for_access
from .cancellations import cancellation_preview, sold_get
from .desk import BookingDesk, booking_desk
from .inventory import inventory_differences, inventory_nights_count
from .lists import BOOKING_GROUPS, BookingGroup, bookings_for_user, bookings_of_user
from .paying import payment_options
from .unsettled import bookings_unsettled, holds_expired

__all__ = [
    "BOOKING_GROUPS",
    "BookingDesk",
    "BookingGroup",
    "booking_by_reference",
    "booking_desk",
    "booking_for_access",
    "bookings_for_user",
    "bookings_of_user",
    "bookings_unsettled",
    "cancellation_preview",
    "holds_expired",
    "inventory_differences",
    "inventory_nights_count",
    "payment_options",
    "sold_get",
]
