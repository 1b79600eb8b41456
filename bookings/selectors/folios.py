"""What stay or group a folio belongs to, for invoices and for the pages of the desk."""

from __future__ import annotations

from django.urls import reverse

from bookings.links import booking_url
from bookings.models import Booking, Group, SpaceBooking
from bookings.space_links import space_booking_url
from payments.types import FolioSubject, InvoiceRecipient, InvoiceStay

ROOM_MAX_LENGTH = 120


def folio_subject(folio_id: int) -> FolioSubject | None:
    """Whose account a folio is: a stay's, a group's, or that of a space. One to three queries."""
    booking = Booking.objects.with_summary().filter(folio_id=folio_id).first()
    if booking is not None:
        return booking_subject(booking)
    group = Group.objects.filter(folio_id=folio_id).first()
    if group is not None:
        return group_subject(group)
    spaces = SpaceBooking.objects.filter(folio_id=folio_id, stay=None).select_related("space")
    space = spaces.order_by("start", "pk").first()
    return None if space is None else space_subject(space)


def space_subject(booking: SpaceBooking) -> FolioSubject:
    """The first time in a space on its invoices; a series has one account. No query with the space at hand."""
    return FolioSubject(
        recipient=InvoiceRecipient(
            name=booking.guest_name, email=booking.guest_email, language=booking.language
        ),
        stay=InvoiceStay(
            reference=booking.reference,
            guest=booking.guest_name,
            arrival=booking.start.date().isoformat(),
            departure=booking.end.date().isoformat(),
            room=booking.space.name[:ROOM_MAX_LENGTH],
        ),
        label=f"{booking.reference} · {booking.guest_name}",
        url=reverse("admin:space_booking", args=[booking.reference]),
        guest_url=space_booking_url(booking),
    )


def booking_subject(booking: Booking) -> FolioSubject:
    """The stay on its invoices. No query."""
    room = booking.room_type.name
    return FolioSubject(
        recipient=InvoiceRecipient(
            name=booking.guest_name, email=booking.guest_email, language=booking.language
        ),
        stay=InvoiceStay(
            reference=booking.reference,
            guest=booking.guest_name,
            arrival=booking.arrival.isoformat(),
            departure=booking.departure.isoformat(),
            room=(f"{booking.rooms} × {room}" if booking.rooms > 1 else room)[:ROOM_MAX_LENGTH],
        ),
        label=f"{booking.reference} · {booking.guest_name}".rstrip(" ·"),
        url=reverse("admin:bookings_booking_change", args=[booking.pk]),
        guest_url=booking_url(booking),
    )


def group_subject(group: Group) -> FolioSubject:
    """The group on its invoices. No query."""
    return FolioSubject(
        recipient=InvoiceRecipient(
            name=group.contact_name or ("" if group.company else group.name),
            company=group.company,
            address=group.company_address,
            vat_number=group.vat_number,
            email=group.contact_email,
        ),
        stay=InvoiceStay(
            reference=group.name,
            arrival=group.arrival.isoformat(),
            departure=group.departure.isoformat(),
        ),
        label=group.name,
        url=reverse("admin:bookings_group_change", args=[group.pk]),
    )
