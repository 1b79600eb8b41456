"""What a booking's folio is charged. Every function runs inside the caller's transaction, the booking locked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from bookings.models import Booking, BookingNight
from payments.models import EntryKind
from payments.services import folio_post, folio_reverse, folio_take_off
from payments.types import EntryData

from .charged_taxes import night_taxes, tax_added
from .group_folios import charges_at_home, charges_to_group, is_charged_to_group

DESCRIPTION_MAX_LENGTH = 200


def charge_entries(booking: Booking, nights: Iterable[BookingNight]) -> list[EntryData]:
    """One charge per night of each room and one entry per added tax; they sum to the booking's total.

    Raises `ValueError` if they do not: nothing may be sold at a price that cannot be itemised.
    """
    room_type = booking.room_type.name
    nights = list(nights)
    contained = night_taxes(
        booking.quote.get("lines", ()), prices=[night.price for night in nights], currency=booking.currency,
        length=(booking.departure - booking.arrival).days,
    )  # fmt: skip
    entries = [
        EntryData(
            kind=EntryKind.CHARGE,
            description=room_type if booking.rooms == 1 else f"{room_type} · {night.room_index}",
            amount=night.price,
            stay_date=night.date,
            taxes=taxes_of_night,
        )
        for night, taxes_of_night in zip(nights, contained, strict=True)
    ]
    taxes = [
        EntryData(
            kind=EntryKind.TAX,
            description=line["label"][:DESCRIPTION_MAX_LENGTH],
            amount=Decimal(line["amount"]),
            taxes=(tax_added(line),),
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
    key = f"{what}:{booking.pk}:{booking.version}"
    is_groups = is_charged_to_group(booking)
    with charges_at_home(booking, actor=actor):
        folio_reverse(
            folio_id=booking.folio_id,
            keep=Decimal(0) if is_groups else fee,
            description=description,
            dedup_key=key,
            actor=actor,
        )
        if is_groups and fee:  # a line of its own, which the group's folio can take
            text = _("Fee for %(booking)s") % {"booking": booking.reference}
            entry = EntryData(kind=EntryKind.FEE, description=text, amount=fee, dedup_key=f"fee:{key}")
            folio_post(folio_id=booking.folio_id, entries=[entry], actor=actor)


def charges_restore(booking: Booking, *, actor: User | None) -> None:
    """Charge the whole stay again after it had been taken off: what was kept as a fee is taken off first."""
    charges_keep(booking, fee=Decimal(0), what="restore", actor=actor)
    charges_post(booking, booking.nights.order_by("date", "room_index"), actor=actor)
    charges_to_group(booking, actor=actor)
    fee_post(booking, fee=booking.change_fees, actor=actor)


def fee_post(booking: Booking, *, fee: Decimal, actor: User | None) -> None:
    """Charge the fee for a change, if there is one."""
    if fee:
        with override(booking.language):
            entry = EntryData(kind=EntryKind.FEE, description=_("Fee for changing the stay"), amount=fee)
        folio_post(folio_id=booking.folio_id, entries=[entry], actor=actor)


def charges_exchange(
    *, folio_id: int, before: Sequence[EntryData], after: Sequence[EntryData], actor: User | None
) -> None:
    """Take off what a stay was charged and is not any more, and charge what is new; equal lines stay as they are.

    ``before`` sums to what the stay was charged.
    """
    gone, new = Counter(before), Counter(after)
    folio_take_off(folio_id=folio_id, entries=list((gone - new).elements()), actor=actor)
    folio_post(folio_id=folio_id, entries=list((new - gone).elements()), actor=actor)
