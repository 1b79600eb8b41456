"""The one table of what a payment may become, and the database that knows it too."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from payments.gateways.sandbox import bank
from payments.models import (
    OPEN_PAYMENT_STATUSES,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    FolioEntry,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    SandboxIntent,
)
from payments.selectors import folio_paid, ledger_problems
from payments.services import payment_cancel, payment_refresh, payments_reconcile, sandbox_events_deliver
from payments.tasks import sandbox_events_deliver as sandbox_events_task
from tests.factories.payments import FolioFactory, folio_charged, pay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("source", "target"), list(product(PaymentStatus, PaymentStatus)))
def test_the_database_allows_what_the_table_allows(source, target):
    payment = Payment.objects.create(
        folio=FolioFactory(),
        gateway="sandbox",
        purpose="total",
        amount=Decimal("10.00"),
        authorized_amount=Decimal("10.00"),
        currency="EUR",
        status=source,
        captured_at=timezone.now(),
        idempotency_key="state",
    )
    allowed = source == target or (source, target) in PAYMENT_TRANSITIONS

    if allowed:
        Payment.objects.update(status=target)
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            Payment.objects.update(status=target)

    payment.refresh_from_db()
    assert payment.status == (target if allowed else source)


def test_money_never_moves_back():
    assert not [target for source, target in PAYMENT_TRANSITIONS if source == PaymentStatus.CAPTURED]
    assert {source for source, _target in PAYMENT_TRANSITIONS} >= set(OPEN_PAYMENT_STATUSES)


@pytest.mark.parametrize(("source", "target"), list(product(RefundStatus, RefundStatus)))
def test_the_database_allows_what_the_table_of_refunds_allows(source, target):
    payment = pay(folio_charged("10.00"), "10.00")
    Refund.objects.create(payment=payment, amount=Decimal(1), idempotency_key="r", status=source)
    allowed = source == target or (source, target) in REFUND_TRANSITIONS

    if allowed:
        Refund.objects.update(status=target)
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            Refund.objects.update(status=target)

    assert Refund.objects.get().status == (target if allowed else source)


def test_a_refund_that_has_failed_stays_failed():
    assert not [target for source, target in REFUND_TRANSITIONS if source == RefundStatus.FAILED]


def test_the_task_lets_the_bank_send_what_is_due():
    payment = pay(folio_charged("10.00"), "10.00", card="late")
    SandboxIntent.objects.update(event_due_at=timezone.now())

    assert sandbox_events_task() == 1

    payment.refresh_from_db()
    assert payment.status == "captured"


@pytest.mark.django_db(transaction=True)
def test_everybody_who_may_settle_a_payment_at_once_settles_it_once(announced):
    rounds = 8
    for _round in range(rounds):
        folio = folio_charged("100.00")
        payment = pay(folio, "100.00", card="confirm")
        bank.intent_answer(reference=payment.provider_reference, approved=True)
        ways = [
            lambda pk=payment.pk: payment_refresh(payment_id=pk),
            lambda pk=payment.pk: payment_cancel(payment_id=pk),
            sandbox_events_deliver,
            sandbox_events_deliver,
            lambda at=payment.expires_at: payments_reconcile(at=at),
            lambda pk=payment.pk: payment_refresh(payment_id=pk),
        ]
        errors = _at_once(ways)
        assert errors == []
        payment.refresh_from_db()
        assert payment.status == "captured"
        assert folio_paid(folio_id=folio.pk) == Decimal("100.00")

    assert FolioEntry.objects.filter(kind="payment").count() == rounds
    assert [name for name, _pk in announced()] == ["captured"] * rounds
    assert ledger_problems() == []


@pytest.mark.django_db(transaction=True)
def test_a_guest_who_approves_while_we_cancel_has_either_paid_or_not(announced):
    outcomes: set[tuple[str, str]] = set()
    for number in range(30):
        folio = folio_charged("100.00")
        payment = pay(folio, "100.00", card="confirm")
        ways = [
            lambda pk=payment.pk: payment_cancel(payment_id=pk),
            lambda reference=payment.provider_reference: bank.intent_answer(
                reference=reference, approved=True
            ),
        ]
        assert _at_once(ways if number % 2 else ways[::-1]) == []
        payment = payment_refresh(payment_id=payment.pk)
        intent = SandboxIntent.objects.get(reference=payment.provider_reference)
        outcomes.add((payment.status, intent.state))

    assert outcomes <= {("captured", "succeeded"), ("cancelled", "cancelled")}
    assert ledger_problems() == []


def _at_once(ways) -> list[Exception]:
    barrier = Barrier(len(ways))
    errors: list[Exception] = []

    def go(way) -> None:
        try:
            barrier.wait(timeout=30)
            way()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            errors.append(error)
        finally:
            connection.close()

    workers = [Thread(target=go, args=(way,)) for way in ways]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    return errors
