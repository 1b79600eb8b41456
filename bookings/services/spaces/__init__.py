"""Writes of bookings of spaces: each a complete, committed change. Lock order: stay → Space → SpaceBooking → Folio."""

from .attending import (
    space_booking_check_in,
    space_booking_check_in_undo,
    space_booking_complete,
    space_booking_finish,
    space_booking_no_show,
)
from .booking import space_book, space_series_book
from .cancelling import space_booking_cancel
from .changing import space_booking_change
from .deciding import space_booking_approve, space_booking_decline
from .paying import space_payment_start
from .settling import space_folio_settle, space_folios_reconcile
from .tending import SpacesTended, spaces_tend

__all__ = [
    "SpacesTended",
    "space_book",
    "space_booking_approve",
    "space_booking_cancel",
    "space_booking_change",
    "space_booking_check_in",
    "space_booking_check_in_undo",
    "space_booking_complete",
    "space_booking_decline",
    "space_booking_finish",
    "space_booking_no_show",
    "space_folio_settle",
    "space_folios_reconcile",
    "space_payment_start",
    "space_series_book",
    "spaces_tend",
]
