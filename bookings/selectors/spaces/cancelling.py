"""What cancelling bookings of spaces costs, before anybody does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from bookings.models import SpaceBooking
from bookings.space_terms import fee_at, free_until
from bookings.space_transitions import OPEN_STATUSES
from bookings.space_types import SpaceCancellation
from payments.selectors import folios_money


def space_cancellation(bookings: Sequence[SpaceBooking], *, at: datetime | None = None) -> SpaceCancellation:
    """What cancelling these together costs and gives back at an instant. One query where something is charged.

    The refund is what was paid beyond what is then left to pay on the bills; a stay's bill gives back what is over.
    """
    at = at or timezone.now()
    fee = sum((min(fee_at(booking, at=at), booking.charged) for booking in bookings), Decimal(0))
    folio_ids = {booking.folio_id for booking in bookings if booking.folio_id is not None}
    money = folios_money(folio_ids=folio_ids) if folio_ids else {}
    refund = Decimal(0)
    for folio_id, state in money.items():
        off = sum(
            (
                booking.charged - min(fee_at(booking, at=at), booking.charged)
                for booking in bookings
                if booking.folio_id == folio_id
            ),
            Decimal(0),
        )
        refund += max(off - state.balance - state.refunds_open, Decimal(0))
    charged = sum((booking.charged for booking in bookings), Decimal(0))
    ends = [free_until(booking) for booking in bookings if free_until(booking) > at]
    return SpaceCancellation(
        bookings=tuple(bookings),
        fee=fee,
        taken_off=charged - fee,
        refund=refund,
        currency=bookings[0].currency,
        free_until=min(ends) if len(ends) == len(bookings) else None,
    )


def space_series_part(booking: SpaceBooking, *, scope: str, at: datetime) -> list[SpaceBooking]:
    """The bookings that cancelling or changing with a scope touches, in order. One query, none for one alone."""
    if scope == "one" or booking.series_id is None:
        return [booking]
    rows = SpaceBooking.objects.filter(series_id=booking.series_id, status__in=OPEN_STATUSES)
    rows = rows.filter(start__gte=booking.start) if scope == "following" else rows.filter(start__gt=at)
    return list(rows.select_related("space", "property").order_by("start", "pk"))
