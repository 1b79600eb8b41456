"""Starting a payment by each of the sandbox's cards, and at the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import StaffRole
from core.exceptions import PermissionDenied
from payments.exceptions import (
    AmountInvalid,
    CardUnknown,
    GatewayNotOffered,
    GatewayUnavailable,
    GatewayUnknown,
    PaymentKeyReused,
)
from payments.gateways import GATEWAYS
from payments.gateways.calls import gateway_breaker
from payments.models import FolioEntry, Payment, SandboxIntent
from payments.selectors import folio_balance, folio_paid
from payments.services import payment_cancel, payment_record, payment_refresh, payment_start
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db


def test_a_successful_card_is_captured_posted_and_announced(announced):
    folio = folio_charged("100.00", "20.50")

    payment = pay(folio, "120.50", idempotency_key="key-of-success-1")

    assert payment.status == "captured"
    assert payment.captured_at is not None
    assert payment.provider_reference == SandboxIntent.objects.get().reference
    assert SandboxIntent.objects.get().idempotency_key == "key-of-success-1"
    entry = FolioEntry.objects.get(kind="payment")
    assert (entry.amount, entry.payment_id, entry.description) == (
        Decimal("-120.500"),
        payment.pk,
        "Deposit (card)",
    )
    assert folio_balance(folio_id=folio.pk) == 0
    assert folio_paid(folio_id=folio.pk) == Decimal("120.50")
    assert announced() == [("captured", payment.pk)]


def test_a_declined_card_fails_and_posts_nothing(announced):
    folio = folio_charged("100.00")

    payment = pay(folio, "100.00", card="decline")

    assert (payment.status, payment.failure_code) == ("failed", "card_declined")
    assert folio_balance(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("failed", payment.pk)]


def test_declined_cards_do_not_open_the_breaker():
    folio = folio_charged("100.00")

    for _attempt in range(25):
        pay(folio, "100.00", card="decline")

    assert pay(folio, "100.00").status == "captured"


def test_a_card_that_needs_the_guest_has_an_address_to_send_them_to(announced):
    folio = folio_charged("100.00")

    payment = pay(folio, "100.00", card="confirm")

    assert payment.status == "requires_action"
    assert payment.redirect_url == f"/dev/bank/{payment.provider_reference}/"
    assert payment_refresh(payment_id=payment.pk).status == "requires_action"
    assert announced() == []


def test_a_silent_bank_leaves_the_payment_in_progress_and_is_asked_by_key(announced):
    folio = folio_charged("100.00")

    payment = pay(folio, "100.00", card="timeout", idempotency_key="key-of-silence-1")
    assert (payment.status, payment.provider_reference) == ("processing", "")
    assert folio_paid(folio_id=folio.pk) == 0
    again = pay(folio, "100.00", card="timeout", idempotency_key="key-of-silence-1")
    assert (again.pk, again.status) == (payment.pk, "processing")

    payment = payment_refresh(payment_id=payment.pk)

    assert payment.status == "captured"
    assert payment.provider_reference == SandboxIntent.objects.get().reference
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("captured", payment.pk)]


def test_a_late_card_is_settled_when_it_is_due():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="late")
    assert payment.status == "processing"

    assert payment_refresh(payment_id=payment.pk).status == "processing"

    SandboxIntent.objects.update(event_due_at=timezone.now() - timedelta(seconds=1))
    assert payment_refresh(payment_id=payment.pk).status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


def test_paying_at_the_desk_is_a_guarantee_and_no_money(announced):
    folio = folio_charged("100.00")

    payment = pay(folio, "100.00", gateway="at_property")

    assert payment.status == "guaranteed"
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == [("guaranteed", payment.pk)]
    assert payment_refresh(payment_id=payment.pk).status == "guaranteed"
    assert announced() == [("guaranteed", payment.pk)]


def test_desk_money_is_recorded_once(announced):
    folio = folio_charged("100.00")
    clerk = StaffFactory(property=folio.property, role=StaffRole.FRONT_DESK)
    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    payments = [
        payment_record(
            folio_id=folio.pk,
            method="cash",
            amount=Decimal("40.00"),
            currency="EUR",
            idempotency_key="desk-money-000001",
            actor=clerk,
            at=at,
        )
        for _time in range(2)
    ]

    assert payments[0].pk == payments[1].pk
    payment = Payment.objects.get()
    assert (payment.status, payment.method, payment.captured_at) == ("captured", "cash", at)
    entry = FolioEntry.objects.get(kind="payment")
    assert (entry.amount, entry.created_by) == (Decimal("-40.000"), clerk)
    assert folio_balance(folio_id=folio.pk) == Decimal("60.00")
    assert announced() == [("captured", payment.pk)]


def test_desk_money_is_recorded_by_staff_of_the_house_only():
    folio = folio_charged("100.00")

    for stranger in (UserFactory(), StaffFactory()):
        with pytest.raises(PermissionDenied):
            payment_record(
                folio_id=folio.pk,
                method="cash",
                amount=Decimal("40.00"),
                currency="EUR",
                idempotency_key="desk-money-000001",
                actor=stranger,
            )

    assert not Payment.objects.exists()
    assert folio_balance(folio_id=folio.pk) == Decimal("100.00")


@pytest.mark.parametrize("amount", ["0", "-1.00", "10.005"])
def test_no_payment_of_an_impossible_amount(amount):
    folio = folio_charged("100.00")

    with pytest.raises(AmountInvalid):
        pay(folio, amount)

    assert not Payment.objects.exists()
    assert not SandboxIntent.objects.exists()


def test_no_payment_in_another_currency():
    folio = folio_charged("100.00")

    with pytest.raises(AmountInvalid):
        pay(folio, "100.00", currency="USD")

    assert not Payment.objects.exists()


def test_only_gateways_the_property_offers():
    folio = folio_charged("100.00", property__gateways=["at_property"])

    with pytest.raises(GatewayNotOffered):
        pay(folio, "100.00")
    with pytest.raises(GatewayUnknown):
        pay(folio, "100.00", gateway="gold")

    assert not Payment.objects.exists()


def test_the_sandbox_is_refused_without_demo_pages(settings):
    settings.DEMO_PAGES = False
    folio = folio_charged("100.00")

    with pytest.raises(GatewayNotOffered):
        pay(folio, "100.00")

    assert not Payment.objects.exists()


def test_an_unknown_card_sends_nothing_and_the_key_may_try_again():
    folio = folio_charged("100.00")

    with pytest.raises(CardUnknown):
        pay(folio, "100.00", card="4242424242424242", idempotency_key="key-of-card-0001")

    assert not SandboxIntent.objects.exists()
    assert pay(folio, "100.00", idempotency_key="key-of-card-0001").status == "captured"
    assert Payment.objects.count() == 1


def test_one_key_belongs_to_one_payment():
    folio = folio_charged("100.00")
    pay(folio, "100.00", idempotency_key="key-of-one-00001")

    with pytest.raises(PaymentKeyReused):
        pay(folio, "50.00", idempotency_key="key-of-one-00001")
    with pytest.raises(PaymentKeyReused):
        pay(folio_charged("100.00"), "100.00", idempotency_key="key-of-one-00001")

    assert Payment.objects.count() == 1
    assert SandboxIntent.objects.count() == 1


def test_a_provider_that_is_away_refuses_and_the_same_key_pays_later(monkeypatch):
    folio = folio_charged("100.00")
    sandbox = GATEWAYS["sandbox"]
    calls = 0

    def away(**_arguments: object) -> None:
        nonlocal calls
        calls += 1
        raise GatewayUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "start", away)
        patch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)
        with pytest.raises(GatewayUnavailable):
            pay(folio, "100.00", idempotency_key="key-of-away-0001")
        assert calls == 3
        assert Payment.objects.get().status == "created"

    assert pay(folio, "100.00", idempotency_key="key-of-away-0001").status == "captured"
    assert SandboxIntent.objects.count() == 1


def test_five_silent_calls_open_the_breaker_and_nothing_more_is_sent():
    folio = folio_charged("100.00")
    for _attempt in range(5):
        assert pay(folio, "100.00", card="timeout").status == "processing"

    with pytest.raises(GatewayUnavailable) as refused:
        pay(folio, "100.00")

    assert refused.value.http_status == 503
    assert refused.value.retry_after is not None
    assert 1 <= refused.value.retry_after <= 30
    assert SandboxIntent.objects.count() == 5
    gateway_breaker("sandbox").reset()


def test_no_provider_is_called_inside_a_transaction():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="late")

    with transaction.atomic(), pytest.raises(RuntimeError):
        payment_refresh(payment_id=payment.pk)
    with transaction.atomic(), pytest.raises(RuntimeError):
        pay(folio, "100.00")
    with transaction.atomic(), pytest.raises(RuntimeError):
        payment_cancel(payment_id=payment.pk)

    assert Payment.objects.get().status == "processing"
    assert SandboxIntent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_fifty_at_once_with_one_key_make_one_payment_and_one_charge(announced):
    folio = folio_charged("100.00")
    threads = 50
    barrier = Barrier(threads)
    found: list[int] = []
    errors: list[Exception] = []

    def start() -> None:
        try:
            barrier.wait(timeout=120)
            found.append(pay(folio, "100.00", idempotency_key="key-of-fifty-0001").pk)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            errors.append(error)
        finally:
            connection.close()

    workers = [Thread(target=start) for _number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)

    assert errors == []
    payment = Payment.objects.get()
    assert found == [payment.pk] * threads
    assert payment.status == "captured"
    assert SandboxIntent.objects.count() == 1
    assert FolioEntry.objects.filter(kind="payment").count() == 1
    assert folio_balance(folio_id=folio.pk) == 0
    assert announced() == [("captured", payment.pk)]


def test_the_expiry_is_the_providers_unless_given():
    folio = folio_charged("100.00")
    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    payment = payment_start(
        folio_id=folio.pk,
        gateway="sandbox",
        purpose="total",
        amount=Decimal("100.00"),
        currency="EUR",
        idempotency_key="key-of-expiry-001",
        return_url="http://testserver/done/",
        at=at,
    )

    assert payment.expires_at == at + timedelta(minutes=15)
