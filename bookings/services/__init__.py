"""Writes of bookings: each a complete, committed change. Lock order everywhere: RoomInventory → Booking → Folio."""

from bookings.selectors import cancellation_preview

from .cancelling import booking_cancel
from .changing import booking_change, booking_depart_early, booking_extend, change_preview, change_withdraw
from .confirming import booking_confirm, booking_confirm_by_staff
from .departing import Departure, booking_depart, booking_surplus_refund
from .desk import (
    booking_check_in,
    booking_check_in_undo,
    booking_check_out,
    booking_check_out_undo,
    booking_no_show,
    booking_no_show_undo,
)
from .desk_prices import DeskPrice
from .expiring import booking_expire, changes_expire, holds_expire
from .guests import NAME_MAX_LENGTH, REQUESTS_MAX_LENGTH, booking_guest_set, guest_stands
from .holding import booking_hold
from .messages import booking_notes_set, confirmation_mail_again
from .notes import booking_note_add
from .paying import booking_payment_start
from .receiving import booking_receive, walk_in_receive
from .reconciling import bookings_claim, bookings_reconcile
from .registering import registrations_forget, registrations_write
from .room_picking import rooms_pick, rooms_pick_undo
from .walk_in import DeskPayment, booking_at_desk

__all__ = [
    "NAME_MAX_LENGTH",
    "REQUESTS_MAX_LENGTH",
    "Departure",
    "DeskPayment",
    "DeskPrice",
    "booking_at_desk",
    "booking_cancel",
    "booking_change",
    "booking_check_in",
    "booking_check_in_undo",
    "booking_check_out",
    "booking_check_out_undo",
    "booking_confirm",
    "booking_confirm_by_staff",
    "booking_depart",
    "booking_depart_early",
    "booking_expire",
    "booking_extend",
    "booking_guest_set",
    "booking_hold",
    "booking_no_show",
    "booking_no_show_undo",
    "booking_note_add",
    "booking_notes_set",
    "booking_payment_start",
    "booking_receive",
    "booking_surplus_refund",
    "bookings_claim",
    "bookings_reconcile",
    "cancellation_preview",
    "change_preview",
    "change_withdraw",
    "changes_expire",
    "confirmation_mail_again",
    "guest_stands",
    "holds_expire",
    "registrations_forget",
    "registrations_write",
    "rooms_pick",
    "rooms_pick_undo",
    "walk_in_receive",
]
