"""Breakfast, parking, minibar: what is charged beside the rooms, at the desk by one press or ordered by the guest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import operation_require
from bookings.exceptions import ExtraNotAddable
from bookings.models import Booking
from bookings.transitions import BookingStatus
from core.dates import date_range, property_today
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.money import round_money
from inventory.models import Extra
from inventory.models.extras import NIGHTLY_UNITS
from payments.models import EntryKind, Folio, FolioEntry
from payments.services import charge_write, folio_lock
from payments.types import EntryData, TaxPart

from .moving import booking_row_lock

DESK_STATUSES = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.CHECKED_OUT)
QUANTITY_MAX = 999
KEY_MAX_LENGTH = 40
HUNDRED = Decimal(100)


def extra_add(
    *,
    booking_id: int,
    extra_id: int,
    quantity: int,
    actor: User,
    key: str,
    night: date | None = None,
    at: datetime | None = None,
) -> list[FolioEntry]:
    """Charge an extra to a stay at the desk; the charges are given back, one for each night of a nightly extra.

    ``quantity`` counts persons for extras per person, pieces for others. ``night`` charges a nightly extra for that
    night only, and says of any other when it was taken. The same key charges once. Locks booking and folio. Raises
    `ExtraNotAddable`, `PermissionDenied`, `ValidationFailed`, `BookingNotFound`.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        operation_require(actor, booking.property_id, "extra_add")
        extra = _extra_of(booking, extra_id)
        if booking.status not in DESK_STATUSES:
            raise ExtraNotAddable
        return _charge(booking, extra, quantity=quantity, night=night, key=f"desk:{key}", actor=actor)


def extra_order(
    *,
    booking_id: int,
    extra_id: int,
    quantity: int,
    key: str,
    user: User | None = None,
    at: datetime | None = None,
) -> list[FolioEntry]:
    """Add to one's stay, before the day of arrival; the caller knows that it is the guest's own booking.

    Only what the house lets guests order. Locks and raises as `extra_add`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        extra = _extra_of(booking, extra_id)
        if not (extra.is_bookable and extras_orderable(booking, at=at)):
            raise ExtraNotAddable
        return _charge(booking, extra, quantity=quantity, night=None, key=f"guest:{key}", actor=user)


def extras_orderable(booking: Booking, *, at: datetime) -> bool:
    """Whether the guest may still add to the stay: it is confirmed, and the day of arrival has not come."""
    today = property_today(booking.property.time_zone, at)
    return booking.status == BookingStatus.CONFIRMED and today < booking.arrival


def extra_taxes(extra: Extra, amount: Decimal, currency: str) -> tuple[TaxPart, ...]:
    """The extra's tax on ``amount``, contained in it or to be added: P x r / (100 + r) of a price P at r included."""
    percent = extra.tax_percent
    if not percent:
        return ()
    base = HUNDRED + percent if extra.tax_is_included else HUNDRED
    tax = round_money(amount * percent / base, currency)
    return (TaxPart(extra.tax_name, percent, tax, is_added=not extra.tax_is_included),)


def _charge(
    booking: Booking, extra: Extra, *, quantity: int, night: date | None, key: str, actor: User | None
) -> list[FolioEntry]:
    if not 1 <= quantity <= QUANTITY_MAX:
        raise ValidationFailed(_("Please give a number from 1 to 999."), field="quantity")
    if not key or len(key) > KEY_MAX_LENGTH:
        raise ValidationFailed(_("The key of the form is missing."), field="key")
    nights = list(date_range(booking.arrival, booking.departure))
    if night is not None and night not in nights and extra.unit in NIGHTLY_UNITS:
        raise ValidationFailed(_("This night is not part of the stay."), field="night")
    if extra.unit in NIGHTLY_UNITS:
        days: list[date | None] = [night] if night is not None else [*nights]
    else:
        days = [night]
    folio = folio_lock(folio_id=booking.folio_id)
    return [
        _charge_once(
            folio, extra, quantity=quantity, day=day, key=f"x:{booking.pk}:{key}:{place}", actor=actor
        )
        for place, day in enumerate(days)
    ]


def _charge_once(
    folio: Folio, extra: Extra, *, quantity: int, day: date | None, key: str, actor: User | None
) -> FolioEntry:
    amount = round_money(extra.price * quantity, folio.currency)
    taxes = extra_taxes(extra, amount, folio.currency)
    contained = tuple(
        TaxPart(tax.name, tax.percent, Decimal(0), is_added=True) if tax.is_added else tax for tax in taxes
    )
    entry = EntryData(
        kind=EntryKind.CHARGE,
        description=extra.name,
        amount=amount,
        stay_date=day,
        dedup_key=key,
        taxes=contained,
        extra_id=extra.pk,
        quantity=quantity,
    )
    added = [tax for tax in taxes if tax.is_added and tax.amount]
    return charge_write(folio=folio, entry=entry, actor=actor, added=added)


def _extra_of(booking: Booking, extra_id: int) -> Extra:
    extra = Extra.objects.filter(pk=extra_id, property_id=booking.property_id, is_active=True).first()
    if extra is None:
        raise ExtraNotAddable
    return extra
