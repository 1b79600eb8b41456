"""The registration card: written when guests come, deleted when the law no longer wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import roles_for
from accounts.selectors import staff_may
from bookings.exceptions import BookingNotFound, RegistrationInvalid
from bookings.models import Booking, DocumentKind, Registration
from bookings.types import GuestRegistration
from core.countries import is_country
from core.dates import property_today
from core.exceptions import PermissionDenied, translate_integrity_errors

FORGET_BATCH_ROWS = 1_000
OLDEST_YEARS = 130


@translate_integrity_errors()
def registrations_write(
    *,
    booking_id: int,
    registrations: Sequence[GuestRegistration],
    actor: User,
    at: datetime | None = None,
) -> list[Registration]:
    """Write the cards of some guests of a booking; what a guest's card said before is replaced.

    Raises `BookingNotFound`, `PermissionDenied`, `RegistrationInvalid`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = Booking.objects.select_related("property").filter(pk=booking_id).first()
        if booking is None:
            raise BookingNotFound
        if not staff_may(actor, booking.property_id, *roles_for("bookings.registration", "add")):
            raise PermissionDenied
        return registrations_save(booking, registrations, actor=actor, at=at)


def registrations_save(
    booking: Booking,
    registrations: Sequence[GuestRegistration],
    *,
    actor: User,
    at: datetime | None = None,
) -> list[Registration]:
    """Write cards inside the caller's transaction. One query per card. Raises `RegistrationInvalid`."""
    today = property_today(booking.property.time_zone, at)
    guests = booking.adults + len(booking.children_ages)
    rows = []
    for given in registrations:
        card = registration_clean(given, today=today, guests=guests)
        values = asdict(card) | {"keep_until": keep_until(booking), "created_by": actor}
        row, _created = Registration.objects.update_or_create(
            booking=booking, position=values.pop("position"), defaults=values
        )
        rows.append(row)
    return rows


def keep_until(booking: Booking) -> date:
    """The last day on which a stay's cards are kept: `REGISTRATION_KEEP_DAYS` after the departure."""
    return booking.departure + timedelta(days=settings.REGISTRATION_KEEP_DAYS)


def registration_clean(card: GuestRegistration, *, today: date, guests: int) -> GuestRegistration:
    """The card trimmed and checked. Raises `RegistrationInvalid` naming the field."""
    name, address = card.name.strip(), " ".join(card.address.split())
    nationality, number = card.nationality.strip().upper(), card.document_number.strip()
    if not 1 <= card.position <= guests:
        raise RegistrationInvalid(_("There are not so many guests."), field="position")
    if not name or len(name) > 150 or not name.isprintable():
        raise RegistrationInvalid(_("Please give the guest's name (up to 150 characters)."), field="name")
    if len(address) > 300 or "\0" in address:
        raise RegistrationInvalid(_("Please keep the address below 300 characters."), field="address")
    if nationality and not is_country(nationality):
        raise RegistrationInvalid(_("This is not a country."), field="nationality")
    born = card.birth_date
    if born is not None and not today.replace(day=1) - timedelta(days=365 * OLDEST_YEARS) <= born <= today:
        raise RegistrationInvalid(_("This is not a date of birth."), field="birth_date")
    if card.document_kind and card.document_kind not in DocumentKind.values:
        raise RegistrationInvalid(_("This is not a kind of document."), field="document_kind")
    if len(number) > 40 or not number.isprintable():
        raise RegistrationInvalid(_("This is not a document's number."), field="document_number")
    if number and not card.document_kind:
        raise RegistrationInvalid(_("Please say what kind of document this is."), field="document_kind")
    return replace(card, name=name, address=address, nationality=nationality, document_number=number)


def registrations_forget(*, at: datetime | None = None, batch_rows: int = FORGET_BATCH_ROWS) -> int:
    """Delete cards that have been kept long enough, a batch per statement; how many. Safe to run twice at once."""
    today = (at or timezone.now()).date()
    total = 0
    while True:
        due = Registration.objects.filter(keep_until__lt=today).order_by("keep_until")
        deleted, _rows = Registration.objects.filter(pk__in=due.values("pk")[:batch_rows]).delete()
        total += deleted
        if deleted < batch_rows:
            return total
