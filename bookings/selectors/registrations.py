"""Registration cards, read."""

from __future__ import annotations

from bookings.models import Booking, Registration
from bookings.types import GuestRegistration


def registrations_of(*, booking: Booking) -> list[Registration]:
    """The cards of a booking's guests, in their order. One query."""
    return list(Registration.objects.filter(booking=booking).order_by("position"))


def registration_suggested(*, booking: Booking) -> GuestRegistration:
    """What the first card probably says: what is written already, or the card of the guest's last stay, or the booking.

    One query, one more for a guest who has a profile.
    """
    row = Registration.objects.filter(booking=booking, position=1).first()
    if row is None and booking.guest_id is not None:
        row = (
            Registration.objects.filter(booking__guest_id=booking.guest_id, position=1)
            .order_by("-pk")
            .first()
        )
    if row is None:
        return GuestRegistration(name=booking.guest_name, nationality=booking.guest_country)
    is_own = row.booking_id == booking.pk
    return GuestRegistration(
        name=row.name,
        address=row.address,
        nationality=row.nationality,
        birth_date=row.birth_date,
        document_kind=row.document_kind,
        document_number=row.document_number,
        is_signed=row.is_signed and is_own,
    )
