"""Who comes: checked, written, and protected from two people editing at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python as phone_from

from accounts.models import ConsentPurpose, ConsentWay, User
from accounts.services import consent_record
from bookings.exceptions import EditConflict, GuestInvalid, TransitionNotAllowed
from bookings.models import Booking, BookingChannel, SpaceBooking
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails
from core.countries import is_country
from core.editing import rows_unchanged
from core.exceptions import translate_integrity_errors
from payments.selectors import folio_money

from .events import booking_changed_event
from .mails import changed_mail, guest_changes, held_mail
from .moving import booking_row_lock, booking_write
from .settling import money_covers

NAME_MAX_LENGTH = 150
REQUESTS_MAX_LENGTH = 2000
EDITABLE_STATUSES = (BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)

EDITED_FIELDS = (
    "guest_name",
    "guest_email",
    "guest_phone",
    "guest_country",
    "language",
    "special_requests",
    "arrival_time",
)


@translate_integrity_errors()
def booking_guest_set(
    *,
    booking_id: int,
    guest: GuestDetails,
    actor: User | None,
    version: int | None = None,
    terms: ConsentWay | None = None,
) -> Booking:
    """Write who comes. ``version`` is the one the editor saw; None overwrites whatever is there.

    ``terms``: by which way the guest has agreed to the terms of booking with it. Guests need an e-mail address; staff
    may leave it out. Locks the booking. Raises `EditConflict` with what is there
    now, `GuestInvalid` naming the field, `TransitionNotAllowed` when the stay is over or off.
    """
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        if version is not None and version != booking.version:
            raise EditConflict(data={"version": booking.version, "guest": guest_json(booking)})
        rows_unchanged(Booking, fields=EDITED_FIELDS)
        if booking.status not in EDITABLE_STATUSES:
            raise TransitionNotAllowed.between(source=booking.status, target=booking.status)
        is_by_staff = booking.channel == BookingChannel.STAFF or bool(actor and actor.is_staff)
        fields = guest_fields(guest_clean(guest, email_required=not is_by_staff))
        before = {name: getattr(booking, name) for name in fields}
        booking = booking_write(booking, **fields)
        changes = [name for name in fields if getattr(booking, name) != before[name]]
        if changes:
            booking_changed_event(booking, changes=changes)
        _tell(booking, before=before, after={name: getattr(booking, name) for name in fields})
        if terms is not None:
            terms_note(booking, way=terms, actor=actor)
        return booking


def guest_stands(booking: Booking, guest: GuestDetails) -> bool:
    """Whether the booking says of its guest just that already, as after a second press of the same button.

    No query. Raises `GuestInvalid`.
    """
    wanted = Booking(**guest_fields(guest_clean(guest, email_required=False)))
    return all(getattr(booking, name) == getattr(wanted, name) for name in guest_fields(guest))


def terms_note(booking: Booking | SpaceBooking, *, way: ConsentWay, actor: User | None) -> None:
    """Write down that a guest agrees to the terms of booking. In the caller's transaction; one query.

    What staff pass on is the word of the guest they book for. Raises `GuestInvalid` where nobody is known who agrees.
    """
    user = None if actor is None or (actor.is_staff and actor.pk != booking.user_id) else actor
    if user is None and not booking.guest_email:
        raise GuestInvalid(
            _("Please give the e-mail address of the guest who agrees to the terms."), field="terms_accepted"
        )
    consent_record(
        purpose=ConsentPurpose.TERMS,
        is_given=True,
        user=user,
        email=booking.guest_email,
        way=way,
        place=f"{'booking' if isinstance(booking, Booking) else 'booking of a space'} {booking.reference}",
    )


def _tell(booking: Booking, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """A hold that is not paid for: how to go on. A sold stay: what is different now."""
    money = folio_money(folio_id=booking.folio_id)
    if booking.status != BookingStatus.HELD:
        changed_mail(booking, changes=guest_changes(booking, before=before, after=after), money=money)
    elif not money_covers(booking, money):
        held_mail(booking, money=money)


def guest_clean(guest: GuestDetails, *, email_required: bool) -> GuestDetails:
    """The details trimmed and checked. Raises `GuestInvalid` naming the field."""
    name, email, country = guest.name.strip(), guest.email.strip(), guest.country.strip().upper()
    if not name or len(name) > NAME_MAX_LENGTH or not name.isprintable():
        raise GuestInvalid(_("Please give the guest's name (up to 150 characters)."), field="name")
    if email_required and not email:
        raise GuestInvalid(_("Please give an e-mail address: the confirmation goes there."), field="email")
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise GuestInvalid(_("This is not an e-mail address."), field="email") from error
    if guest.phone:
        phone = phone_from(guest.phone)
        if phone is None or not phone.is_valid():
            raise GuestInvalid(
                _("Please give the phone number with its country code, as in +49 30 123456."), field="phone"
            )
    if country and not is_country(country):
        raise GuestInvalid(_("This is not a country."), field="country")
    if guest.language and guest.language not in dict(settings.LANGUAGES):
        raise GuestInvalid(_("We do not write this language."), field="language")
    if len(guest.special_requests) > REQUESTS_MAX_LENGTH or "\0" in guest.special_requests:
        raise GuestInvalid(_("Please keep your requests below 2,000 characters."), field="special_requests")
    return replace(
        guest,
        name=name,
        email=email,
        country=country,
        language=guest.language or language_active(),
        special_requests=guest.special_requests.strip(),
    )


def guest_fields(guest: GuestDetails) -> dict[str, Any]:
    """The booking's fields that hold the guest."""
    return {
        "guest_name": guest.name,
        "guest_email": guest.email,
        "guest_phone": guest.phone,
        "guest_country": guest.country,
        "language": guest.language,
        "special_requests": guest.special_requests,
        "arrival_time": guest.arrival_time,
    }


def guest_json(booking: Booking) -> dict[str, Any]:
    """The guest as the booking has it, for programs."""
    return {
        "name": booking.guest_name,
        "email": booking.guest_email,
        "phone": str(booking.guest_phone),
        "country": booking.guest_country,
        "language": booking.language,
        "special_requests": booking.special_requests,
        "arrival_time": booking.arrival_time.isoformat("minutes") if booking.arrival_time else None,
    }


def language_active() -> str:
    """The language of the request, if it is one we write."""
    language = get_language() or settings.LANGUAGE_CODE
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
