"""One payment for a trip: every booking gets exactly its share, and gives back exactly that."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from bookings.exceptions import (
    GuestRequired,
    NothingDue,
    PaymentInProgress,
    PaymentNotOffered,
    TripCurrencies,
    TripPriceChanged,
)
from bookings.models import Booking, Trip
from bookings.selectors import inventory_differences
from bookings.selectors.trips import trip_payment_options, trip_stays, trip_totals
from bookings.services import booking_cancel, booking_expire, bookings_reconcile
from bookings.services.trips import trip_create, trip_payment_start
from notifications.models import Notification
from payments.exceptions import RefundTooLarge
from payments.models import FolioEntry, Payment, PaymentStatus, Refund
from payments.selectors import folio_balance, ledger_problems
from payments.services import payment_refresh, payments_reconcile, refund_create
from tests.factories.bookings import held, pay
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)


def trip_of(*bookings: Booking) -> Trip:
    return trip_create(user=None, booking_ids=[booking.pk for booking in bookings])


def trip_pay(trip: Trip, *, card: str = "success", purpose: str = "total", **more: Any) -> Payment:
    return trip_payment_start(
        trip_id=trip.pk,
        gateway="sandbox",
        purpose=purpose,
        expected_total=more.pop("expected_total", None),
        idempotency_key=more.pop("key", uuid4().hex),
        return_url="http://testserver/",
        card=card,
        **more,
    )


def books_are_right() -> bool:
    return ledger_problems() == [] and inventory_differences() == []


def state(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


@pytest.fixture
def two(house: Hotel) -> list[Booking]:
    """Two holds in two houses: 200 for two nights, and 450 for three."""
    other = hotel(rooms=2, nights=8, price="150.00")
    return [held(house).booking, held(other, stay=other.stay(nights=3)).booking]


def test_one_charge_confirms_every_booking_with_its_own_share(two: list[Booking]) -> None:
    trip = trip_of(*two)

    payment = trip_pay(trip, expected_total=Decimal("650.00"))

    assert (payment.status, payment.amount) == ("captured", Decimal("650.00"))
    assert [state(booking) for booking in two] == ["confirmed", "confirmed"]
    shares = payment.shares.order_by("pk")
    assert [(share.folio_id, share.amount, share.status) for share in shares] == [
        (two[0].folio_id, Decimal("200.000"), "captured"),
        (two[1].folio_id, Decimal("450.000"), "captured"),
    ]
    assert [folio_balance(folio_id=booking.folio_id) for booking in two] == [0, 0]
    assert folio_balance(folio_id=payment.folio_id) == 0
    assert [str(total.total) for total in trip_totals(trip_stays(trip=trip))] == ["650.000"]
    assert books_are_right()


def test_the_same_key_never_charges_twice(two: list[Booking]) -> None:
    trip = trip_of(*two)
    first = trip_pay(trip, key="the-same-key")

    again = trip_pay(trip, key="the-same-key")

    assert again.pk == first.pk
    assert Payment.objects.filter(collective=None).count() == 1
    with pytest.raises(NothingDue):
        trip_pay(trip)


def test_cancelling_one_gives_back_exactly_its_share_by_the_original_charge(two: list[Booking]) -> None:
    trip = trip_of(*two)
    payment = trip_pay(trip)

    booking_cancel(booking_id=two[1].pk, actor=None)

    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (Decimal("450.00"), "succeeded")
    assert refund.payment.collective_id == payment.pk
    assert [state(booking) for booking in two] == ["confirmed", "cancelled"]
    assert [folio_balance(folio_id=booking.folio_id) for booking in two] == [0, 0]
    assert books_are_right()
    with pytest.raises(RefundTooLarge):
        refund_create(payment_id=payment.pk, amount=Decimal(1), reason="whole", idempotency_key="x1")


def test_a_declined_charge_leaves_everything_held(two: list[Booking]) -> None:
    trip = trip_of(*two)

    payment = trip_pay(trip, card="decline")

    assert payment.status == "failed"
    assert {share.status for share in payment.shares.all()} == {"failed"}
    assert [state(booking) for booking in two] == ["held", "held"]
    assert trip_pay(trip).status == "captured"
    assert books_are_right()


def test_a_declined_charge_is_written_of_once_for_the_whole_trip(two: list[Booking]) -> None:
    trip = trip_of(*two)

    payment = trip_pay(trip, card="decline")

    mail = Notification.objects.get(type="payment_failed", channel="email")
    assert (mail.recipient, mail.context["amount"]) == (two[0].guest_email, "650.00")
    assert mail.context["failure_code"] == payment.failure_code
    holds = Booking.objects.values_list("hold_expires_at", flat=True)
    assert mail.context["hold_expires_at"] == min(hold for hold in holds if hold).isoformat()
    page, browser = mail.context["retry_url"].removeprefix(settings.SITE_URL), Client()
    assert browser.get(page.partition("?")[0]).status_code == 404
    assert browser.get(page, follow=True).redirect_chain == [(f"/trips/{trip.reference}/", 302)]
    trip_pay(trip, card="decline")
    assert Notification.objects.filter(type="payment_failed", channel="email").count() == 2


def test_a_bank_that_answers_later_confirms_then(two: list[Booking], at: datetime) -> None:
    trip = trip_of(*two)
    payment = trip_pay(trip, card="timeout")
    assert payment.status == "processing"
    assert {share.status for share in payment.shares.all()} == {"processing"}
    with pytest.raises(PaymentInProgress):
        trip_pay(trip)
    with pytest.raises(PaymentInProgress):
        pay(two[0])

    share = payment.shares.all()[0]
    assert payment_refresh(payment_id=share.pk).status == "captured"

    assert [state(booking) for booking in two] == ["confirmed", "confirmed"]
    assert books_are_right()


def test_an_expired_hold_gets_its_share_back_when_the_rooms_are_gone(house: Hotel, at: datetime) -> None:
    other = hotel(rooms=1, nights=8, price="150.00")
    kept, lost = held(house).booking, held(other).booking
    trip = trip_of(kept, lost)
    payment = trip_pay(trip, card="timeout")
    late = at + timedelta(minutes=60)
    booking_expire(booking_id=lost.pk, at=late)
    winner = held(other, at=late).booking
    pay(winner, at=late)

    payments_reconcile(at=late)
    bookings_reconcile(at=late)

    assert Payment.objects.get(pk=payment.pk).status == "captured"
    assert [state(booking) for booking in (kept, lost, winner)] == ["confirmed", "expired", "confirmed"]
    assert [(refund.amount, refund.status) for refund in Refund.objects.all()] == [
        (Decimal("300.000"), "succeeded")
    ]
    assert books_are_right()


def test_a_payment_that_waits_at_the_bank_is_let_go_for_a_new_one(two: list[Booking]) -> None:
    trip = trip_of(*two)
    waiting = trip_pay(trip, card="confirm")
    assert (waiting.status, waiting.redirect_url != "") == ("requires_action", True)

    payment = trip_pay(trip)

    waiting.refresh_from_db()
    assert (waiting.status, payment.status) == ("cancelled", "captured")
    assert {share.status for share in waiting.shares.all()} == {"cancelled"}
    assert books_are_right()


def test_what_is_paid_already_is_not_charged_again(two: list[Booking]) -> None:
    trip = trip_of(*two)
    pay(two[0])

    payment = trip_pay(trip)

    assert payment.amount == Decimal("450.00")
    assert payment.shares.get().folio_id == two[1].folio_id
    assert books_are_right()


def test_deposits_are_offered_where_every_hold_wants_one(deposit_house: Hotel, house: Hotel) -> None:
    with_deposit, without = held(deposit_house).booking, held(house).booking
    both = trip_of(with_deposit, without)
    assert {option.purpose for option in trip_payment_options(trip_stays(trip=both))} == {"total"}
    with pytest.raises(PaymentNotOffered):
        trip_pay(both, purpose="deposit")
    alone = trip_of(with_deposit)

    payment = trip_pay(alone, purpose="deposit", expected_total=Decimal("60.00"))

    assert payment.amount == Decimal("60.00")
    assert state(with_deposit) == "confirmed"
    assert folio_balance(folio_id=with_deposit.folio_id) == Decimal("140.00")
    assert trip_pay(alone).amount == Decimal("140.00")
    assert books_are_right()


def test_refusals_write_nothing(two: list[Booking], house: Hotel) -> None:
    trip = trip_of(*two)
    with pytest.raises(TripPriceChanged) as changed:
        trip_pay(trip, expected_total=Decimal("649.99"))
    assert changed.value.data == {"total": {"amount": "650.000", "currency": "EUR"}}
    franc = hotel(rooms=1, currency="CHF")
    foreign = held(franc).booking
    with pytest.raises(TripCurrencies) as currencies:
        trip_pay(trip_of(two[0], foreign))
    assert currencies.value.data == {"currencies": ["CHF", "EUR"]}
    with pytest.raises(GuestRequired):
        trip_pay(trip_of(held(house, guest=None).booking))
    assert Payment.objects.count() == 0


def test_the_proof_finds_a_lost_share_and_stuck_money(two: list[Booking]) -> None:
    payment = trip_pay(trip_of(*two))
    FolioEntry.objects.create(
        folio_id=payment.folio_id, kind="transfer", amount=Decimal("1.00"), description="invented"
    )
    share = payment.shares.order_by("pk")[0]
    Payment.objects.create(
        folio_id=share.folio_id,
        collective=payment,
        gateway="sandbox",
        purpose="total",
        amount=Decimal("2.00"),
        currency="EUR",
        idempotency_key="invented",
        status=PaymentStatus.CREATED,
    )

    found = {(problem.code, problem.expected, problem.actual) for problem in ledger_problems()}
    assert found == {
        ("collective_balance", Decimal(0), Decimal("1.000")),
        ("shares", Decimal("650.000"), Decimal("650.000")),
    }
    Payment.objects.filter(idempotency_key="invented").delete()
    assert {problem.code for problem in ledger_problems()} == {"collective_balance"}
