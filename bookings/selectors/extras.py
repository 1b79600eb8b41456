"""What a house sells beside its rooms, priced for one stay; and what was charged of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bookings.models import Booking
from inventory.models import Extra
from inventory.models.extras import NIGHTLY_UNITS, PERSONAL_UNITS
from payments.models import EntryKind, FolioEntry


@dataclass(frozen=True, slots=True)
class ExtraOffer:
    """An extra with the quantity that fits the stay, and what that comes to without added tax."""

    extra: Extra
    quantity: int
    total: Decimal


def extras_offered(*, booking: Booking, for_guest: bool = False) -> list[ExtraOffer]:
    """The extras of a booking's house in its order, those that guests may order for them. One query."""
    rows = Extra.objects.filter(property_id=booking.property_id, is_active=True)
    if for_guest:
        rows = rows.filter(is_bookable=True)
    return [_offer(extra, booking) for extra in rows.order_by("position", "pk")]


def extra_charges(*, folio_id: int) -> list[FolioEntry]:
    """Extras that were charged and stand, the newest first. One query."""
    rows = FolioEntry.objects.filter(
        folio_id=folio_id, extra__isnull=False, kind=EntryKind.CHARGE, reversed_by__isnull=True
    )
    return list(rows.order_by("-pk"))


def _offer(extra: Extra, booking: Booking) -> ExtraOffer:
    quantity = booking.adults + len(booking.children_ages) if extra.unit in PERSONAL_UNITS else 1
    nights = (booking.departure - booking.arrival).days if extra.unit in NIGHTLY_UNITS else 1
    return ExtraOffer(extra=extra, quantity=quantity, total=extra.price * quantity * nights)
