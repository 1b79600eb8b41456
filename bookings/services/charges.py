"""What a booking's folio is charged. Every function runs inside the caller's transaction, the booking locked."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from bookings.models import Booking, BookingNight
from payments.models import EntryKind
from payments.services import folio_post, folio_reverse
from payments.types import EntryData

DESCRIPTION_MAX_LENGTH = 200


def charge_entries(booking: Booking, nights: Iterable[BookingNight]) -> list[EntryData]:
    """One charge per night of each room and one entry per added tax; they sum to the booking's total.

    Raises `ValueError` if they do not: nothing may be sold at a price that cannot be itemised.
    """
    room_type = booking.room_type.name
    entries = [
        EntryData(
            kind=EntryKind.CHARGE,
            description=room_type if booking.rooms == 1 else f"{room_type} · {night.room_index}",
            amount=night.price,
            stay_date=night.date,
        )
        for night in nights
    ]
    taxes = [
        EntryData(
            kind=EntryKind.TAX,
            description=line["label"][:DESCRIPTION_MAX_LENGTH],
            amount=Decimal(line["amount"]),
        )
        for line in booking.quote.get("lines", ())
        if line["kind"] == "tax" and not line["is_included"]
    ]
    if not taxes and booking.tax_added:
        taxes = [EntryData(kind=EntryKind.TAX, description=_("Taxes"), amount=booking.tax_added)]
    entries += [entry for entry in taxes if entry.amount]
    charged = sum((entry.amount for entry in entries), Decimal(0))
    if charged != booking.total:
        raise ValueError(f"the lines of {booking.reference} sum to {charged}, not {booking.total}")
    return entries


def charges_post(booking: Booking, nights: Iterable[BookingNight], *, actor: User | None) -> None:
    """Charge the folio for the whole stay."""
    folio_post(folio_id=booking.folio_id, entries=charge_entries(booking, nights), actor=actor)


def charges_keep(booking: Booking, *, fee: Decimal, what: str, actor: User | None) -> None:
    """Reverse the charges so that only ``fee`` stays; ``what`` happened is part of the key, with the version."""
    with override(booking.language):
        description = (
            _("Fee kept, the rest is taken off") if fee else _("Taken off: the stay does not take place")
        )
    folio_reverse(
        folio_id=booking.folio_id,
        keep=fee,
        description=description,
        dedup_key=f"{what}:{booking.pk}:{booking.version}",
        actor=actor,
    )


def charges_restore(booking: Booking, *, actor: User | None) -> None:
    """Charge the whole stay again after it had been taken off: what was kept as a fee is taken off first."""
    charges_keep(booking, fee=Decimal(0), what="restore", actor=actor)
    charges_post(booking, booking.nights.order_by("date", "room_index"), actor=actor)
