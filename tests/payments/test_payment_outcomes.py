"""What becomes of a payment that was started: refused, late, cancelled, never heard of."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from payments.models import Payment, SandboxIntent
from payments.selectors import folio_paid
from payments.services import payment_cancel, payment_refresh
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db


def test_a_wrong_amount_at_the_provider_confirms_nothing_and_is_flagged(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded", amount=Decimal("1.00"))

    payment = payment_refresh(payment_id=payment.pk)

    assert (payment.status, payment.flag, payment.captured_at) == ("processing", "amount_mismatch", None)
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == []


def test_a_wrong_currency_at_the_provider_confirms_nothing_and_is_flagged(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded", currency="USD")

    payment = payment_refresh(payment_id=payment.pk)

    assert (payment.status, payment.flag) == ("processing", "currency_mismatch")
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == []


def test_money_that_moved_after_a_refusal_is_money_that_moved(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="decline")
    SandboxIntent.objects.update(state="succeeded")

    payment = payment_refresh(payment_id=payment.pk)

    assert payment.status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("failed", payment.pk), ("captured", payment.pk)]


def test_captured_is_the_end(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00")
    SandboxIntent.objects.update(state="declined")

    assert payment_refresh(payment_id=payment.pk).status == "captured"
    assert payment_cancel(payment_id=payment.pk).status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("captured", payment.pk)]


def test_cancelling_an_open_payment_closes_it_at_the_bank_too():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")

    assert payment_cancel(payment_id=payment.pk).status == "cancelled"
    assert SandboxIntent.objects.get().state == "cancelled"


def test_cancelling_a_payment_that_was_made_in_the_meantime_finds_it_paid():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded")

    assert payment_cancel(payment_id=payment.pk).status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


@pytest.mark.parametrize(
    ("attempted", "status", "announcements"), [(True, "failed", 1), (False, "cancelled", 0)]
)
def test_a_payment_the_provider_never_heard_of_ends_after_a_while(
    announced, attempted, status, announcements
):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    SandboxIntent.objects.all().delete()
    sent_at = payment.attempted_at if attempted else payment.created_at
    if not attempted:
        Payment.objects.update(attempted_at=None)

    early = payment_refresh(payment_id=payment.pk, at=sent_at + timedelta(minutes=9, seconds=59))
    assert early.status == "requires_action"
    late = payment_refresh(payment_id=payment.pk, at=sent_at + timedelta(minutes=10))

    assert (late.status, late.failure_code) == (status, "not_received")
    assert len(announced()) == announcements


def test_a_start_that_died_is_taken_over_after_a_minute():
    folio = folio_charged("100.00")
    at = timezone.now()
    payment = Payment.objects.create(
        folio=folio,
        gateway="sandbox",
        purpose="deposit",
        amount=Decimal("100.00"),
        currency="EUR",
        idempotency_key="key-of-death-001",
        attempted_at=at,
    )

    early = pay(folio, "100.00", idempotency_key="key-of-death-001", at=at + timedelta(seconds=59))
    assert (early.pk, early.status) == (payment.pk, "created")
    late = pay(folio, "100.00", idempotency_key="key-of-death-001", at=at + timedelta(seconds=60))

    assert (late.pk, late.status) == (payment.pk, "captured")
