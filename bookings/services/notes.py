"""Notes of staff on a booking: appended, never changed."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.selectors import staff_may
from bookings.exceptions import BookingNotFound, NoteEmpty
from bookings.models import Booking, BookingNote
from bookings.models.notes import NOTE_MAX_LENGTH
from core.exceptions import PermissionDenied, translate_integrity_errors


@translate_integrity_errors()
def booking_note_add(*, booking_id: int, text: str, actor: User) -> BookingNote:
    """Append a note to a booking in whatever state it is. Locks nothing; nobody's note overwrites another.

    Raises `BookingNotFound`, `PermissionDenied`, `NoteEmpty`.
    """
    with transaction.atomic(durable=True):
        booking = Booking.objects.filter(pk=booking_id).first()
        if booking is None:
            raise BookingNotFound
        if not staff_may(actor, booking.property_id):
            raise PermissionDenied
        return note_save(booking, text=text, author=actor)


def note_save(booking: Booking, *, text: str, author: User | None) -> BookingNote:
    """Write a note inside the caller's transaction, with the author's name as it is now. Raises `NoteEmpty`."""
    text = text.strip()
    if not text or len(text) > NOTE_MAX_LENGTH or "\0" in text:
        raise NoteEmpty(field="text")
    name = author.get_full_name() if author else ""
    return BookingNote.objects.create(booking=booking, text=text, author=author, author_name=name[:150])
