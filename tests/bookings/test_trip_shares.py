"""Whatever a trip is made of: one charge is shared out to the last unit, and any part of it can be given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.selectors.trips import trip_stays, trip_totals
from bookings.services import booking_cancel
from bookings.services.trips import trip_create, trip_payment_start
from core.money import currency_digits, currency_minor_unit
from payments.exceptions import AmountInvalid, RefundTooLarge
from payments.models import EntryKind, Payment, PaymentPurpose, Refund
from payments.selectors import folio_balance, ledger_problems
from payments.services import (
    ShareData,
    collective_folio_open,
    collective_payment_open,
    payment_start,
    refund_create,
    refund_execute,
)
from tests.factories.bookings import held
from tests.factories.inventory import PropertyFactory, hotel
from tests.factories.payments import folio_charged

pytestmark = pytest.mark.django_db

CURRENCIES = ("JPY", "EUR", "KWD")
"""Of no, two and three digits."""
MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(MANY, max_examples=8)

currencies = st.sampled_from(CURRENCIES)
units = st.integers(1, 99_999_999)


def collective(currency: str, amounts: Sequence[Decimal]) -> Payment:
    """One captured charge for a folio of each amount."""
    house = PropertyFactory.create(currency=currency)
    folios = [folio_charged(str(amount), property=house, currency=currency) for amount in amounts]
    key = uuid4().hex
    with transaction.atomic():
        through = collective_folio_open(property_id=house.pk, currency=currency)
        payment = collective_payment_open(
            folio_id=through.pk,
            gateway="sandbox",
            purpose=PaymentPurpose.TOTAL,
            shares=[
                ShareData(folio.pk, amount, PaymentPurpose.TOTAL)
                for folio, amount in zip(folios, amounts, strict=True)
            ],
            idempotency_key=key,
            user=None,
            expires_at=timezone.now() + timedelta(hours=1),
        )
    return payment_start(
        folio_id=payment.folio_id,
        gateway="sandbox",
        purpose=payment.purpose,
        amount=payment.amount,
        currency=currency,
        idempotency_key=key,
        return_url="http://testserver/",
        card="success",
    )


@MANY
@given(
    currency=currencies,
    parts=st.lists(st.tuples(units, st.floats(0, 1)), min_size=1, max_size=30),
)
@example(currency="KWD", parts=[(1, 1.0), (1, 0.0)])
@example(currency="JPY", parts=[(1, 1.0)] * 30)
@example(currency="EUR", parts=[(10, 0.5), (3_333, 0.99), (1, 1.0)])
def test_shares_sum_to_the_charge_and_any_part_of_them_goes_back(
    currency: str, parts: list[tuple[int, float]]
) -> None:
    """``parts``: for each stay, its price in minor units and how much of it is given back."""
    unit = currency_minor_unit(currency)
    prices = [number * unit for number, _ in parts]

    payment = collective(currency, prices)

    shares = list(payment.shares.order_by("folio_id"))
    assert (payment.status, payment.amount) == ("captured", sum(prices))
    assert [share.amount for share in shares] == prices
    assert all(share.amount % unit == 0 for share in shares)
    assert [folio_balance(folio_id=share.folio_id) for share in shares] == [0] * len(parts)
    transfers = payment.folio.entries.filter(kind=EntryKind.TRANSFER).order_by("payment__folio_id")
    assert list(transfers.values_list("amount", flat=True)) == prices
    assert folio_balance(folio_id=payment.folio_id) == 0
    assert ledger_problems() == []

    given_back = [round(number * part) * unit for number, part in parts]
    for share, amount in zip(shares, given_back, strict=True):
        if amount:
            _give_back(share, amount)
            with pytest.raises(RefundTooLarge):
                _give_back(share, share.amount - amount + unit)

    assert [folio_balance(folio_id=share.folio_id) for share in shares] == given_back
    assert sum(Refund.objects.filter(payment__collective=payment).values_list("amount", flat=True)) == sum(
        given_back
    )
    assert folio_balance(folio_id=payment.folio_id) == 0
    assert ledger_problems() == []


def _give_back(share: Payment, amount: Decimal) -> None:
    refund = refund_create(payment_id=share.pk, amount=amount, reason="x", idempotency_key=uuid4().hex)
    assert refund_execute(refund_id=refund.pk).status == "succeeded"


@FEW
@given(
    currency=currencies,
    stays=st.lists(
        st.tuples(st.integers(1, 9_999_999), st.integers(1, 3), st.booleans()), min_size=1, max_size=5
    ),
)
@example(currency="JPY", stays=[(1, 1, True), (9_999_999, 3, False)])
@example(currency="KWD", stays=[(1, 3, False), (100_001, 1, True), (33_333, 2, True)])
def test_any_stays_of_a_trip_can_be_called_off(currency: str, stays: list[tuple[int, int, bool]]) -> None:
    """``stays``: price of a night in minor units, nights, and whether it is cancelled."""
    bookings: list[Booking] = []
    for number, nights, _ in stays:
        price = number * currency_minor_unit(currency)
        house = hotel(rooms=1, nights=3, price=price, currency=currency)
        bookings.append(held(house, stay=house.stay(nights=nights)).booking)
    totals = [booking.total for booking in bookings]
    trip = trip_create(user=None, booking_ids=[booking.pk for booking in bookings])

    payment = trip_payment_start(
        trip_id=trip.pk,
        gateway="sandbox",
        purpose="total",
        expected_total=sum(totals, Decimal(0)),
        idempotency_key=uuid4().hex,
        return_url="http://testserver/",
        card="success",
    )

    assert (payment.status, payment.amount) == ("captured", sum(totals))
    shares = {share.folio_id: share for share in payment.shares.all()}
    assert [shares[booking.folio_id].amount for booking in bookings] == totals
    assert ledger_problems() == []

    for booking, (_, _, is_cancelled) in zip(bookings, stays, strict=True):
        if is_cancelled:
            booking_cancel(booking_id=booking.pk, actor=None)

    kept = [
        Decimal(0) if is_cancelled else total
        for total, (_, _, is_cancelled) in zip(totals, stays, strict=True)
    ]
    given_back = Refund.objects.filter(payment__collective=payment, status="succeeded")
    assert sum(given_back.values_list("amount", flat=True)) == sum(totals) - sum(kept)
    (sums,) = trip_totals(trip_stays(trip=trip))
    assert (sums.total, sums.paid, sums.due) == (sum(kept), sum(kept), 0)
    assert [folio_balance(folio_id=booking.folio_id) for booking in bookings] == [0] * len(stays)
    assert ledger_problems() == []
    assert inventory_differences() == []


@pytest.mark.parametrize("currency", CURRENCIES)
def test_less_than_the_smallest_unit_is_no_share(currency: str) -> None:
    too_fine = Decimal(1).scaleb(-currency_digits(currency) - 1)
    for wrong in (too_fine, Decimal(0), Decimal(-1)):
        with pytest.raises(AmountInvalid):
            collective(currency, [Decimal(5), wrong])
    assert not Payment.objects.exists()
