"""Writes of bookings: each a complete, committed change. Lock order everywhere: RoomInventory → Booking → Folio."""

from bookings.selectors import cancellation_preview

from .cancelling import booking_cancel
from .confirming import booking_confirm, booking_confirm_by_staff
from .desk import booking_check_in, booking_check_in_undo, booking_check_out, booking_no_show
from .expiring import booking_expire, holds_expire
from .guests import NAME_MAX_LENGTH, REQUESTS_MAX_LENGTH, booking_guest_set
from .holding import booking_hold
from .messages import booking_notes_set, confirmation_mail_again
from .paying import booking_payment_start
from .reconciling import bookings_claim, bookings_reconcile
from .walk_in import DeskPayment, booking_at_desk

__all__ = [
    "NAME_MAX_LENGTH",
    "REQUESTS_MAX_LENGTH",
    "DeskPayment",
    "booking_at_desk",
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
    "booking_notes_set",
    "booking_payment_start",
    "bookings_claim",
    "bookings_reconcile",
    "cancellation_preview",
    "confirmation_mail_again",
    "holds_expire",
]
