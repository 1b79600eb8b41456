"""Changing a stay as pages do it: look first, then do what was shown; and what has to be true afterwards."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from bookings.changes import stay_change_from
from bookings.models import Booking, BookingChange
from bookings.selectors import inventory_differences
from bookings.services import booking_change, change_preview
from bookings.types import ChangePreview, StayChange
from payments.models import Refund
from payments.selectors import folio_balance, folio_charges
from payments.selectors.ledger import ledger_problems


def read(booking: Booking) -> Booking:
    return Booking.objects.with_summary().get(pk=booking.pk)


def look(
    booking: Booking, *, actor: User | None = None, at: datetime | None = None, **differences: Any
) -> tuple[StayChange, ChangePreview]:
    """What a change would come to."""
    booking = read(booking)
    wanted = stay_change_from(booking, **differences)
    return wanted, change_preview(booking=booking, change=wanted, actor=actor, at=at)


def change(
    booking: Booking, *, actor: User | None = None, at: datetime | None = None, **differences: Any
) -> tuple[ChangePreview, Booking]:
    """Look, do what was shown, and make sure that it is what was shown. Raises what is refused."""
    wanted, preview = look(booking, actor=actor, at=at, **differences)
    refunds_before = set(Refund.objects.values_list("pk", flat=True))
    after = booking_change(
        booking_id=booking.pk,
        change=wanted,
        expected_total=preview.after_total,
        expected_fee=preview.fee,
        expected_version=preview.version,
        actor=actor,
        at=at,
    )
    assert preview.refusal is None, f"refusal {preview.refusal}"
    if preview.is_pending:
        assert after.pending_change is not None
        assert after.pending_change.due_now == preview.due_now
    else:
        outcome_is(preview, after, refunds_before)
    return preview, read(after)


def outcome_is(preview: ChangePreview, booking: Booking, refunds_before: set[int]) -> None:
    """Everything that the preview said has come true, to the cent."""
    booking = read(booking)
    made = BookingChange.objects.filter(booking=booking).order_by("-pk").first()
    assert made is not None
    assert (made.status, made.before_total, made.after_total, made.fee) == (
        "done",
        preview.before_total,
        preview.after_total,
        preview.fee,
    )
    assert booking.total == preview.after_total
    prices: dict[Any, Decimal] = {}
    for night in booking.nights.all():
        prices[night.date] = prices.get(night.date, Decimal(0)) + night.price
    assert prices == {night.date: night.after for night in preview.nights if night.after is not None}
    refunded = sum(
        (refund.amount for refund in Refund.objects.exclude(pk__in=refunds_before)), start=Decimal(0)
    )
    assert refunded == preview.refund
    assert max(folio_balance(folio_id=booking.folio_id), Decimal(0)) == preview.owed
    assert folio_charges(folio_id=booking.folio_id) == booking.total + booking.change_fees


def everything_adds_up() -> None:
    assert inventory_differences() == []
    assert list(ledger_problems()) == []
