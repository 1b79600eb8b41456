"""What staff note about a booking of a space; the guest does not read it."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from bookings.models import SpaceBooking
from core.exceptions import translate_integrity_errors

from .moving import space_booking_lock, space_booking_write, staff_check

NOTES_MAX_LENGTH = 4000


@translate_integrity_errors()
def space_booking_notes_set(*, booking_id: int, notes: str, actor: User) -> SpaceBooking:
    """Write the notes. Locks the booking. Raises `PermissionDenied`, `SpaceBookingNotFound`."""
    with transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        staff_check(actor, "space_book", booking.property_id)
        return space_booking_write(booking, staff_notes=notes.strip()[:NOTES_MAX_LENGTH])
