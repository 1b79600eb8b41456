from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.db import connection, transaction

from payments.exceptions import (
    AmountInvalid,
    GatewayTimeout,
    GatewayUnavailable,
    PaymentKeyReused,
    PaymentNotFound,
    RefundTooLarge,
)
from payments.gateways import GATEWAYS
from payments.models import Folio, FolioEntry, Payment, Refund, SandboxIntent, SandboxRefund
from payments.querysets import PaymentQuerySet
from payments.selectors import (
    folio_balance,
    folio_money,
    folio_paid,
    ledger_problems,
    payment_refundable,
    refunds_unsettled,
)
from payments.services import (
    folio_reverse,
    payment_record,
    refund_create,
    refund_execute,
    refunds,
    refunds_for_folio_create,
)
from tests.factories.accounts import SuperuserFactory
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db


def reserve(payment: Payment, amount: str, key: str = "refund-key-00001") -> Refund:
    return refund_create(
        payment_id=payment.pk, amount=Decimal(amount), reason="Cancelled", idempotency_key=key
    )


def test_a_full_refund_goes_back_and_is_posted_once(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00")
    folio_reverse(folio_id=folio.pk, keep=Decimal(0), description="Cancelled", dedup_key="cancel")
    refund = reserve(payment, "100.00")
    assert (refund.status, folio_paid(folio_id=folio.pk)) == ("pending", Decimal("100.00"))

    for _time in range(2):
        refund = refund_execute(refund_id=refund.pk)

    assert refund.status == "succeeded"
    assert refund.succeeded_at is not None
    assert refund.provider_reference == SandboxRefund.objects.get().reference
    assert SandboxIntent.objects.get().amount_refunded == Decimal("100.00")
    entry = FolioEntry.objects.get(kind="refund")
    assert (entry.amount, entry.refund, entry.description) == (Decimal("100.00"), refund, "Cancelled")
    assert folio_balance(folio_id=folio.pk) == 0
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == [("captured", payment.pk), ("refunded", refund.pk)]


def test_partial_refunds_add_up_to_the_payment_and_no_further():
    payment = pay(folio_charged("100.00"), "100.00")

    refund_execute(refund_id=reserve(payment, "30.00", "key-1").pk)
    reserve(payment, "60.00", "key-2")
    assert payment_refundable(payment_id=payment.pk) == Decimal("10.00")
    with pytest.raises(RefundTooLarge) as refused:
        reserve(payment, "10.01", "key-3")

    assert refused.value.data == {"refundable": "10.00"}
    assert refused.value.http_status == 409
    reserve(payment, "10.00", "key-4")
    assert payment_refundable(payment_id=payment.pk) == 0
    assert Refund.objects.count() == 3


def test_one_key_is_one_refund():
    payment = pay(folio_charged("100.00"), "100.00")

    assert reserve(payment, "30.00") == reserve(payment, "30.00")
    with pytest.raises(PaymentKeyReused):
        reserve(payment, "31.00")

    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005"])
def test_no_refund_of_an_impossible_amount(amount):
    payment = pay(folio_charged("100.00"), "100.00")

    with pytest.raises(AmountInvalid):
        reserve(payment, amount)

    assert not Refund.objects.exists()


@pytest.mark.parametrize("card", ["decline", "confirm", "late", "timeout"])
def test_what_was_not_captured_cannot_be_refunded(card):
    payment = pay(folio_charged("100.00"), "100.00", card=card)

    with pytest.raises(RefundTooLarge):
        reserve(payment, "1.00")

    assert not Refund.objects.exists()


def test_no_refund_of_a_payment_that_is_not_there():
    with pytest.raises(PaymentNotFound):
        refund_create(payment_id=999_999, amount=Decimal(1), reason="", idempotency_key="x")


def test_a_folio_is_refunded_from_its_newest_payments_first():
    folio = folio_charged("200.00")
    oldest, middle, newest = (pay(folio, amount) for amount in ("100.00", "60.00", "40.00"))
    reserve(newest, "10.00")

    refunds = refunds_for_folio_create(
        folio_id=folio.pk, amount=Decimal("95.00"), reason="Cancelled", key_prefix="cancel-1"
    )

    assert [(refund.payment_id, refund.amount) for refund in refunds] == [
        (newest.pk, Decimal("30.00")),
        (middle.pk, Decimal("60.00")),
        (oldest.pk, Decimal("5.00")),
    ]


def test_a_folios_refunds_are_made_once_per_prefix():
    folio = folio_charged("100.00")
    pay(folio, "100.00")
    arguments = {"folio_id": folio.pk, "amount": Decimal("50.00"), "reason": "x", "key_prefix": "cancel-1"}

    first = refunds_for_folio_create(**arguments)
    second = refunds_for_folio_create(**arguments)

    assert [refund.pk for refund in first] == [refund.pk for refund in second]
    assert Refund.objects.count() == 1


def test_a_prefix_that_begins_another_is_not_taken_for_it():
    folio = folio_charged("100.00")
    pay(folio, "100.00")
    arguments = {"folio_id": folio.pk, "amount": Decimal("10.00"), "reason": "x"}

    refunds_for_folio_create(**arguments, key_prefix="cancel-11")
    refunds_for_folio_create(**arguments, key_prefix="cancel-1")

    assert Refund.objects.count() == 2


def test_a_folio_cannot_give_back_more_than_it_took():
    folio = folio_charged("100.00")
    pay(folio, "40.00")

    with pytest.raises(RefundTooLarge) as refused:
        refunds_for_folio_create(folio_id=folio.pk, amount=Decimal("40.01"), reason="x", key_prefix="c")

    assert refused.value.data == {"refundable": "40.00"}
    assert not Refund.objects.exists()


def test_nothing_to_give_back_is_no_refund():
    folio = folio_charged("100.00")

    assert refunds_for_folio_create(folio_id=folio.pk, amount=Decimal(0), reason="x", key_prefix="c") == []


def test_reserving_a_folios_refunds_costs_a_fixed_number_of_queries(django_assert_num_queries):
    folio = folio_charged("100.00")
    for _number in range(5):
        pay(folio, "10.00")

    with django_assert_num_queries(9):  # seven, and the savepoint of a transaction within one
        refunds_for_folio_create(folio_id=folio.pk, amount=Decimal("50.00"), reason="x", key_prefix="c")


@pytest.mark.parametrize("error", [GatewayUnavailable, GatewayTimeout])
def test_a_provider_that_does_not_answer_leaves_the_refund_pending(monkeypatch, error):
    folio = folio_charged("100.00")
    refund = reserve(pay(folio, "100.00"), "100.00")
    calls = []

    def silent(**_arguments: object) -> None:
        calls.append(1)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(GATEWAYS["sandbox"], "refund", silent)
        patch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)
        assert refund_execute(refund_id=refund.pk).status == "pending"
    assert len(calls) == 3
    assert refunds_unsettled(folio_id=folio.pk) == [refund]
    assert folio_money(folio_id=folio.pk).refunds_open == Decimal("100.00")

    assert refund_execute(refund_id=refund.pk).status == "succeeded"
    assert refunds_unsettled(folio_id=folio.pk) == []


def test_an_answer_that_got_lost_does_not_give_back_twice(monkeypatch):
    payment = pay(folio_charged("100.00"), "100.00")
    refund = reserve(payment, "100.00")
    sandbox = GATEWAYS["sandbox"]
    answer = sandbox.refund
    calls = []

    def lost_twice(**arguments):
        result = answer(**arguments)
        calls.append(result)
        if len(calls) < 3:
            raise GatewayTimeout
        return result

    monkeypatch.setattr(sandbox, "refund", lost_twice)
    monkeypatch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)

    assert refund_execute(refund_id=refund.pk).status == "succeeded"
    assert len(calls) == 3
    assert SandboxRefund.objects.count() == 1
    assert SandboxIntent.objects.get().amount_refunded == Decimal("100.00")


def test_a_provider_that_refuses_fails_the_refund_and_flags_the_payment(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00")
    refund = reserve(payment, "100.00")
    SandboxIntent.objects.update(amount_refunded=Decimal("50.00"))

    refund = refund_execute(refund_id=refund.pk)

    assert (refund.status, refund.failure_code) == ("failed", "not_refundable")
    assert Payment.objects.get().flag == "refund_failed"
    assert not FolioEntry.objects.filter(kind="refund").exists()
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert announced() == [("captured", payment.pk)]


def test_desk_money_is_paid_out_at_the_desk():
    folio = folio_charged("100.00")
    payment = payment_record(
        folio_id=folio.pk,
        method="cash",
        amount=Decimal("100.00"),
        currency="EUR",
        idempotency_key="desk-money-000001",
        actor=SuperuserFactory(),
    )

    refund = refund_execute(refund_id=reserve(payment, "25.00").pk)

    assert refund.status == "succeeded"
    assert folio_paid(folio_id=folio.pk) == Decimal("75.00")


def test_no_refund_is_executed_inside_a_transaction():
    refund = reserve(pay(folio_charged("100.00"), "100.00"), "100.00")

    with transaction.atomic(), pytest.raises(RuntimeError):
        refund_execute(refund_id=refund.pk)

    assert not SandboxRefund.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_refunds_that_race_never_exceed_the_payment(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00")
    threads = 12
    barrier = Barrier(threads)
    outcomes: list[str] = []

    def give_back(number: int) -> None:
        try:
            barrier.wait(timeout=120)
            refund_execute(refund_id=reserve(payment, "30.00", f"race-{number}").pk)
            outcomes.append("refunded")
        except RefundTooLarge:
            outcomes.append("too large")
        finally:
            connection.close()

    workers = [Thread(target=give_back, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)

    assert sorted(outcomes) == ["refunded"] * 3 + ["too large"] * 9
    assert SandboxIntent.objects.get().amount_refunded == Decimal("90.00")
    assert folio_paid(folio_id=folio.pk) == Decimal("10.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_one_refund_executed_by_many_is_posted_once(announced):
    folio = folio_charged("100.00")
    refund = reserve(pay(folio, "100.00"), "100.00")
    barrier = Barrier(12)
    errors: list[Exception] = []

    def execute() -> None:
        try:
            barrier.wait(timeout=120)
            refund_execute(refund_id=refund.pk)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            errors.append(error)
        finally:
            connection.close()

    workers = [Thread(target=execute) for _number in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)

    assert errors == []
    assert SandboxRefund.objects.count() == 1
    assert FolioEntry.objects.filter(kind="refund").count() == 1
    assert [name for name, _pk in announced()].count("refunded") == 1


def _two_refunds_that_check_before_either_writes(monkeypatch, *, patience: float) -> list[str]:
    """Two refunds of 60.00 of a payment of 100.00; each waits, once it has checked, for the other to have checked."""
    payment = pay(folio_charged("100.00"), "100.00")
    both_checked = Barrier(2)
    check = refunds._refundable

    def check_and_wait(payments: list[Payment]) -> dict[int, Decimal]:
        left = check(payments)
        with suppress(BrokenBarrierError):
            both_checked.wait(timeout=patience)
        return left

    monkeypatch.setattr(refunds, "_refundable", check_and_wait)
    outcomes: list[str] = []

    def give_back(number: int) -> None:
        try:
            reserve(payment, "60.00", f"twin-{number}")
            outcomes.append("reserved")
        except RefundTooLarge:
            outcomes.append("too large")
        finally:
            connection.close()

    workers = [Thread(target=give_back, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_two_refunds_at_once_are_checked_one_after_the_other(monkeypatch):
    assert _two_refunds_that_check_before_either_writes(monkeypatch, patience=1) == ["reserved", "too large"]
    assert ledger_problems() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_more_goes_back_than_was_paid(monkeypatch):
    monkeypatch.setattr(refunds, "folio_lock", lambda *, folio_id: Folio.objects.get(pk=folio_id))
    monkeypatch.setattr(PaymentQuerySet, "select_for_update", lambda rows, **_options: rows)

    assert _two_refunds_that_check_before_either_writes(monkeypatch, patience=30) == ["reserved", "reserved"]
    assert [problem.code for problem in ledger_problems()] == ["refunds_above_payment"]
