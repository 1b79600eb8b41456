"""What bookings of spaces put on a folio and take off it. Inside the caller's transaction, the bookings locked.

A folio may hold more than one booking: that of a series, or that of a stay. So what is taken off is always the
difference, and ``charged`` says what stands of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext, override

from accounts.models import User
from bookings.models import SpaceBooking
from bookings.services.settling import surplus
from bookings.space_transitions import OPEN_STATUSES, SpaceBookingStatus
from core.dates import property_now
from core.money import round_money
from payments.models import EntryKind, Folio, Refund
from payments.selectors import folio_charges, folio_money
from payments.services import (
    authorizations_settle,
    folio_lock,
    folio_open,
    folio_post,
    folio_reverse,
    refunds_for_folio_create,
)
from payments.types import EntryData


def charge(booking: SpaceBooking, *, what: str, actor: User | None) -> None:
    """Put the price on the bill: that of the stay, of the series, or one of its own, opened where there is none.

    ``what`` happened is part of the key, with the version. What costs nothing has no bill. The caller saves
    ``folio`` and ``charged``.
    """
    if not booking.total or booking.charged:
        return
    booking.folio = _folio_of(booking)
    local = property_now(booking.property.time_zone, booking.start)
    entries = [
        EntryData(
            kind=EntryKind.CHARGE,
            description=f"{booking.space.name} · {booking.reference}",
            amount=round_money(booking.total - booking.tax_added, booking.currency),
            stay_date=local.date(),
            dedup_key=f"space-{what}:{booking.pk}:{booking.version}",
        )
    ]
    if booking.tax_added:
        label = next(
            (line["label"] for line in booking.quote.get("lines", ()) if line["kind"] == "tax"), "Tax"
        )
        entries.append(
            EntryData(
                kind=EntryKind.TAX,
                description=f"{label} · {booking.reference}",
                amount=round_money(booking.tax_added, booking.currency),
                stay_date=local.date(),
                dedup_key=f"space-{what}-tax:{booking.pk}:{booking.version}",
            )
        )
    folio_post(folio_id=booking.folio.pk, entries=[entry for entry in entries if entry.amount], actor=actor)
    booking.charged = booking.total


def take_off(booking: SpaceBooking, *, keep: Decimal, what: str, actor: User | None) -> Decimal:
    """Reverse what is charged down to ``keep``, and say how much came off. The caller saves ``charged``."""
    off = booking.charged - keep
    if off <= 0 or booking.folio_id is None:
        return Decimal(0)
    folio_lock(folio_id=booking.folio_id)
    stands = folio_charges(folio_id=booking.folio_id)
    with override(booking.language):
        text = gettext("Fee kept, the rest is taken off") if keep else gettext("Taken off")
    folio_reverse(
        folio_id=booking.folio_id,
        keep=round_money(stands - off, booking.currency),
        description=f"{booking.space.name} · {booking.reference}: {text}",
        dedup_key=f"space-off-{what}:{booking.pk}:{booking.version}",
        actor=actor,
    )
    booking.charged = keep
    return off


def surpluses_refund(
    bookings: Sequence[SpaceBooking], *, why: str | Promise, actor: User | None
) -> list[Refund]:
    """Reserve refunds of what was paid beyond what is charged, on each folio of the bookings, and let go of the rest.

    The folio's lock is what makes it happen once. What a bank has put aside is taken or released as the folio says.
    """
    refunds: list[Refund] = []
    folios = {booking.folio_id: booking for booking in bookings if booking.folio_id is not None}
    for folio_id in sorted(folios):
        booking = folios[folio_id]
        folio_lock(folio_id=folio_id)
        amount = surplus(folio_money(folio_id=folio_id))
        if amount:
            with override(booking.language):
                reason = str(why)
            refunds += refunds_for_folio_create(
                folio_id=folio_id,
                amount=amount,
                reason=reason,
                key_prefix=f"{booking.reference}-{uuid4().hex[:12]}",
                actor=actor,
            )
        if booking.stay_id is None and not _is_going_on(folio_id):
            authorizations_settle(folio_id=folio_id)
    return refunds


def _is_going_on(folio_id: int) -> bool:
    waited_for = (*OPEN_STATUSES, SpaceBookingStatus.CHECKED_IN)
    return SpaceBooking.objects.filter(folio_id=folio_id, status__in=waited_for).exists()


def _folio_of(booking: SpaceBooking) -> Folio:
    if booking.stay is not None:
        return booking.stay.folio
    if booking.folio is not None:
        return booking.folio
    if booking.series is not None:
        if booking.series.folio is None:
            booking.series.folio = folio_open(property_id=booking.property_id, currency=booking.currency)
            booking.series.save(update_fields=["folio", "updated_at"])
        return booking.series.folio
    return folio_open(property_id=booking.property_id, currency=booking.currency)
