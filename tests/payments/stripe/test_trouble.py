"""Stripe is slow, or gone: what the breaker does, how often it is called, and what becomes of the bookings.

On the fake alone: `localstripe` can neither be slow nor refuse connections.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from bookings.services import bookings_reconcile
from bookings.views.access import booking_remember
from core.resilience.breaker import Status
from payments.exceptions import GatewayUnavailable
from payments.gateways.calls import gateway_breaker
from payments.gateways.stripe import client as stripe_client
from payments.models import Payment
from payments.selectors import folio_paid
from payments.services import payment_refresh, payments_reconcile
from tests.factories.bookings import held
from tests.factories.bookings import pay as pay_booking
from tests.factories.inventory import Hotel, hotel
from tests.factories.payments import pay
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.switch import stripe_late

from .conftest import stripe_folio

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now().timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(on_fake: StripeFake, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The breaker's clock, which only the test moves."""
    clock = Clock()
    monkeypatch.setattr(gateway_breaker("stripe"), "_clock", clock)
    return clock


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=8, rooms=9, price="100.00", gateways=["stripe"])


def status() -> Status:
    return gateway_breaker("stripe").circuit().status


def start(booking: Booking, key: str) -> str:
    """What a guest's attempt to pay by a card ends with."""
    try:
        return str(pay_booking(booking, gateway="stripe", card="pm_card_visa", key=key).status)
    except GatewayUnavailable:
        return "unavailable"


def test_the_time_limits_are_those_promised(on_fake: StripeFake) -> None:
    transport: Any = stripe_client.stripe_client()._requestor._client
    timeout = transport._client.timeout

    assert (timeout.connect, timeout.read) == (2, 5)
    assert stripe_client.stripe_client()._requestor._options.max_network_retries == 0


def test_slow_opens_after_five_calls_and_closes_after_two_and_nothing_is_lost(
    on_fake: StripeFake, clock: Clock, house: Hotel, client: Client
) -> None:
    bookings = [held(house).booking for _number in range(8)]
    trace: list[tuple[str, Status, int]] = []

    def attempt(number: int) -> None:
        ended = start(bookings[number], f"slow-{number}")
        trace.append((ended, status(), len(on_fake.calls)))

    with stripe_late(on_fake):
        for number in range(6):
            attempt(number)
    clock.now += 29.9
    attempt(6)
    clock.now += 0.1
    attempt(6)
    attempt(7)

    assert trace == [
        ("processing", Status.CLOSED, 1),
        ("processing", Status.CLOSED, 2),
        ("processing", Status.CLOSED, 3),
        ("processing", Status.CLOSED, 4),
        ("processing", Status.OPEN, 5),
        ("unavailable", Status.OPEN, 5),
        ("unavailable", Status.OPEN, 5),
        ("captured", Status.HALF_OPEN, 6),
        ("captured", Status.CLOSED, 7),
    ]
    for booking in bookings[:5]:
        booking.refresh_from_db()
        assert booking.status == "held"
        assert booking.hold_expires_at is not None
        assert booking.hold_expires_at > timezone.now() + timedelta(minutes=35)
    assert _page(client, bookings[0]).count("Payment pending") == 1

    later = timezone.now() + timedelta(seconds=61)
    report = payments_reconcile(at=later)
    bookings_reconcile(at=later)

    assert (report.payments_settled, report.errors) == (5, [])
    assert [Booking.objects.get(pk=booking.pk).status for booking in bookings] == [
        *["confirmed"] * 5,
        "held",
        *["confirmed"] * 2,
    ]
    assert len(on_fake.account.intents) == 7
    assert all(folio_paid(folio_id=booking.folio_id) == 200 for booking in bookings[:5])


def test_gone_is_tried_three_times_each_and_the_same_key_pays_later(
    on_fake: StripeFake, clock: Clock, house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = held(house).booking
    tries: list[str] = []
    send = stripe_client.StripeHttp.request

    def counted(self: Any, method: str, url: str, *rest: Any, **more: Any) -> Any:
        tries.append(method)
        return send(self, method, url, *rest, **more)

    monkeypatch.setattr(stripe_client.StripeHttp, "request", counted)
    on_fake.close()
    trace = [(start(booking, "one key"), status(), len(tries)) for _number in range(7)]
    on_fake.reopen()
    clock.now += 30
    trace.append((start(booking, "one key"), status(), len(tries)))

    assert trace == [
        ("unavailable", Status.CLOSED, 3),
        ("unavailable", Status.CLOSED, 6),
        ("unavailable", Status.CLOSED, 9),
        ("unavailable", Status.CLOSED, 12),
        ("unavailable", Status.OPEN, 15),
        ("unavailable", Status.OPEN, 15),
        ("unavailable", Status.OPEN, 15),
        ("captured", Status.HALF_OPEN, 16),
    ]
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert Payment.objects.count() == len(on_fake.account.intents) == 1


def test_a_probe_that_fails_opens_it_for_another_thirty_seconds(on_fake: StripeFake, clock: Clock) -> None:
    folio = stripe_folio("900.00")
    on_fake.fail_status = 500
    for number in range(5):
        pay(folio, "1.00", gateway="stripe", card="element", idempotency_key=f"open-{number}")
    assert (status(), len(on_fake.calls)) == (Status.OPEN, 5)

    clock.now += 30
    pay(folio, "1.00", gateway="stripe", card="element", idempotency_key="probe-1")
    assert (status(), len(on_fake.calls)) == (Status.OPEN, 6)
    clock.now += 29.9
    with pytest.raises(GatewayUnavailable):
        pay(folio, "1.00", gateway="stripe", card="element", idempotency_key="probe-2")
    assert len(on_fake.calls) == 6


def test_cards_that_are_declined_do_not_count(on_fake: StripeFake, clock: Clock) -> None:
    folio = stripe_folio("900.00")

    for number in range(25):
        payment = pay(
            folio,
            "1.00",
            gateway="stripe",
            card="pm_card_visa_chargeDeclined",
            idempotency_key=f"no-{number}",
        )
        assert payment.status == "failed"

    assert (status(), len(on_fake.calls)) == (Status.CLOSED, 25)


def test_an_answer_that_got_lost_is_found_by_the_key_and_nothing_is_called_failed_before(
    on_fake: StripeFake,
) -> None:
    folio = stripe_folio("100.00")
    with stripe_late(on_fake):
        payment = pay(folio, "100.00", gateway="stripe", card="pm_card_visa", idempotency_key="lost-answer-1")
    assert (payment.status, payment.provider_reference) == ("processing", "")

    payment = payment_refresh(payment_id=payment.pk)

    assert payment.status == "captured"
    assert payment.provider_reference == on_fake.intent()["id"]
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


def test_a_request_that_never_arrived_fails_only_after_ten_minutes(on_fake: StripeFake) -> None:
    payment = pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="element")
    on_fake.account.intents.clear()
    Payment.objects.update(provider_reference="", status="processing")
    sent_at = Payment.objects.get().attempted_at
    assert sent_at is not None

    early = payment_refresh(payment_id=payment.pk, at=sent_at + timedelta(minutes=9, seconds=59))
    late = payment_refresh(payment_id=payment.pk, at=sent_at + timedelta(minutes=10))

    assert (early.status, late.status, late.failure_code) == ("processing", "failed", "not_received")


def test_a_guest_who_comes_back_while_stripe_is_gone_is_told_to_wait(
    on_fake: StripeFake, house: Hotel, client: Client
) -> None:
    booking = held(house).booking
    pay_booking(booking, gateway="stripe", card="hosted")
    on_fake.account.session_pay(on_fake.session(), "pm_card_visa")
    on_fake.close()
    _open(client, booking)

    client.get(reverse("bookings:return", args=[booking.reference]))

    assert Payment.objects.get().status == "processing"
    assert "Payment pending" in client.get(reverse("bookings:detail", args=[booking.reference])).text
    on_fake.reopen()
    gateway_breaker("stripe").reset()
    payments_reconcile(at=timezone.now() + timedelta(seconds=61))
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def _open(client: Client, booking: Booking) -> None:
    class Asked:
        session = client.session

    request: Any = Asked()
    booking_remember(request, booking)
    request.session.save()


def _page(client: Client, booking: Booking) -> str:
    _open(client, booking)
    return client.get(reverse("bookings:detail", args=[booking.reference])).text
