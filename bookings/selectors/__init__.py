"""Reads about bookings, one module per question."""

from .access import booking_by_reference, booking_for_access
from .cancellations import cancellation_preview, sold_get
from .dashboard import StaysGlance, stays_glance
from .desk import BookingDesk, booking_desk
from .details import booking_details
from .inventory import inventory_differences, inventory_nights_count
from .lists import BOOKING_GROUPS, BookingGroup, bookings_for_user, bookings_of_user
from .paying import payment_options
from .unsettled import bookings_unsettled, holds_expired
from .visible import BOOKING_ORDERS, bookings_visible

__all__ = [
    "BOOKING_GROUPS",
    "BOOKING_ORDERS",
    "BookingDesk",
    "BookingGroup",
    "StaysGlance",
    "booking_by_reference",
    "booking_desk",
    "booking_details",
    "booking_for_access",
    "bookings_for_user",
    "bookings_of_user",
    "bookings_unsettled",
    "bookings_visible",
    "cancellation_preview",
    "holds_expired",
    "inventory_differences",
    "inventory_nights_count",
    "payment_options",
    "sold_get",
    "stays_glance",
]
