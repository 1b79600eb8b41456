"""What cancelling a booking would cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from bookings.cancellation import Sold, cancellation_fee, cancellation_steps, free_until
from bookings.models import Booking
from bookings.transitions import BookingStatus
from bookings.types import CancellationPreview, CancellationStep
from core.money import round_money
from payments.selectors import folio_money


def sold_get(*, booking: Booking) -> Sold:
    """What of a booking its fees are made of. One query."""
    nights = booking.nights.order_by("date").values("date").annotate(price=Sum("price"))
    return Sold(
        total=round_money(booking.total, booking.currency),
        currency=booking.currency,
        rooms=booking.rooms,
        night_prices=dict(nights.values_list("date", "price")),
        terms=booking.cancellation_terms,
        fees=round_money(booking.change_fees, booking.currency),
    )


def cancellation_preview(*, booking: Booking, at: datetime | None = None) -> CancellationPreview:
    """What cancelling costs at ``at`` and what goes back. Two queries.

    Exactly what `booking_cancel` does at the same instant. A hold costs nothing: nothing was sold yet.
    """
    at = at or timezone.now()
    money = folio_money(folio_id=booking.folio_id)
    paid = round_money(
        money.captured - money.refunded - money.refunds_open - money.disputed, booking.currency
    )
    sold = sold_get(booking=booking)
    if booking.status == BookingStatus.HELD:
        fee = Decimal(0)
        steps: tuple[CancellationStep, ...] = (CancellationStep(until=booking.hold_expires_at, fee=fee),)
    else:
        fee = cancellation_fee(sold, at=at)
        steps = cancellation_steps(sold, at=at)
    return CancellationPreview(
        fee=fee,
        refund=max(paid - fee, Decimal(0)),
        due=max(fee - paid, Decimal(0)),
        currency=booking.currency,
        free_until=free_until(steps),
        steps=steps,
        terms=booking.cancellation_terms,
    )
