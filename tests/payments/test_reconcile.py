from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from payments.exceptions import GatewayUnavailable
from payments.gateways import GATEWAYS
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent
from payments.selectors import folio_paid
from payments.services import payments_reconcile, refund_create
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db


def soon():
    """When what has just been made is no longer left to the request that made it."""
    return timezone.now() + timedelta(seconds=31)


def test_a_payment_whose_answer_got_lost_is_found_by_its_key(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="timeout")

    report = payments_reconcile(at=soon())

    assert (report.payments_checked, report.payments_settled, report.errors) == (1, 1, [])
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("captured", payment.pk)]


def test_what_is_young_is_left_to_its_request():
    payment = pay(folio_charged("100.00"), "100.00", card="timeout")

    assert payments_reconcile(at=payment.created_at + timedelta(seconds=29)).payments_checked == 0
    assert Payment.objects.get().status == "processing"


def test_a_due_event_is_sent_and_processed():
    payment = pay(folio_charged("100.00"), "100.00", card="late")

    report = payments_reconcile(at=soon())

    assert report.sandbox_events_sent == 1
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_an_event_that_was_stored_and_not_processed_is_processed():
    payment = pay(folio_charged("100.00"), "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded")
    WebhookEvent.objects.create(
        gateway="sandbox",
        event_id="evt_1",
        type="intent.succeeded",
        provider_reference=payment.provider_reference,
        payload={},
    )

    report = payments_reconcile()

    assert report.events_processed == 1
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_a_payment_past_its_expiry_is_closed_at_the_provider():
    payment = pay(folio_charged("100.00"), "100.00", card="confirm")

    report = payments_reconcile(at=payment.expires_at)

    assert (report.payments_checked, report.payments_cancelled) == (1, 1)
    assert Payment.objects.get().status == "cancelled"
    assert SandboxIntent.objects.get().state == "cancelled"


def test_a_payment_past_its_expiry_that_was_paid_is_captured():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded")

    payments_reconcile(at=payment.expires_at)

    assert Payment.objects.get().status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


def test_a_pending_refund_is_executed():
    payment = pay(folio_charged("100.00"), "100.00")
    refund_create(
        payment_id=payment.pk, amount=Decimal("10.00"), reason="x", idempotency_key="refund-reconcile"
    )

    report = payments_reconcile(at=soon())

    assert report.refunds_executed == 1
    assert Refund.objects.get().status == "succeeded"


def test_flagged_payments_wait_for_finance():
    payment = pay(folio_charged("100.00"), "100.00", card="confirm")
    Payment.objects.update(flag="amount_mismatch", status="processing")

    report = payments_reconcile(at=payment.expires_at)

    assert report.payments_checked == 0
    assert Payment.objects.get().status == "processing"


def test_one_that_cannot_be_settled_does_not_stop_the_others(monkeypatch):
    folio = folio_charged("100.00")
    stuck = pay(folio, "10.00", card="confirm")
    fine = pay(folio, "20.00", card="timeout")
    sandbox = GATEWAYS["sandbox"]
    fetch = sandbox.fetch

    def away_for_one(*, payment: Payment):
        if payment.pk == stuck.pk:
            raise GatewayUnavailable
        return fetch(payment=payment)

    monkeypatch.setattr(sandbox, "fetch", away_for_one)
    monkeypatch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)

    report = payments_reconcile(at=soon())

    assert report.errors == [f"payment {stuck.pk}: payments_unavailable"]
    assert (report.payments_checked, report.payments_settled) == (2, 1)
    fine.refresh_from_db()
    assert fine.status == "captured"


def test_a_settled_house_needs_four_queries_and_the_bank_one(django_assert_num_queries):
    pay(folio_charged("100.00"), "100.00")

    with django_assert_num_queries(5):
        payments_reconcile(at=soon())
