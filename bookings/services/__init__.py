"""Writes of bookings: each a complete, committed change. Lock order everywhere: RoomInventory → Booking → Folio."""

from bookings.selectors import cancellation_preview

from .cancelling import booking_cancel
from .confirming import booking_confirm, booking_confirm_by_staff
from .desk import booking_check_in, booking_check_in_undo, booking_check_out, booking_no_show
from .expiring import booking_expire, holds_expire
from .guests import booking_guest_set
from .holding import booking_hold
from .paying import booking_payment_start
from .reconciling import bookings_claim, bookings_reconcile

__all__ = [
    "booking_cancel",
    "booking_check_in",
    "booking_check_in_undo",
    "booking_check_out",
    "booking_confirm",
    "booking_confirm_by_staff",
    "booking_expire",
    "booking_guest_set",
    "booking_hold",
    "booking_no_show",
    "booking_payment_start",
    "bookings_claim",
    "bookings_reconcile",
    "cancellation_preview",
    "holds_expire",
]
