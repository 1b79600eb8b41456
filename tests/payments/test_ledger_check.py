"""The proof finds whatever is wrong. Entries can be added but not changed, so every fault is made by adding."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from payments.models import EntryKind, FolioEntry, Payment, Refund
from payments.selectors import ledger_problems
from payments.services import folio_reverse, payment_record, refund_create, refund_execute
from payments.types import LedgerProblem
from tests.factories.accounts import SuperuserFactory
from tests.factories.payments import FolioFactory, folio_charged, pay

pytestmark = pytest.mark.django_db


def lived_in() -> Payment:
    """A folio that has seen everything; its captured card payment."""
    folio = folio_charged("100.00", "50.00")
    payment = pay(folio, "100.00")
    pay(folio, "50.00", card="decline")
    pay(folio, "50.00", card="confirm")
    payment_record(
        folio_id=folio.pk,
        method="cash",
        amount=Decimal("50.00"),
        currency="EUR",
        idempotency_key=f"desk-money-{folio.pk}",
        actor=SuperuserFactory(),
    )
    folio_reverse(folio_id=folio.pk, keep=Decimal("40.00"), description="x", dedup_key=f"cancel:{folio.pk}")
    for amount in ("60.00", "30.00"):
        refund = refund_create(
            payment_id=payment.pk,
            amount=Decimal(amount),
            reason="x",
            idempotency_key=f"refund-{payment.pk}-{amount}",
        )
        if amount == "60.00":
            refund_execute(refund_id=refund.pk)
    return payment


def codes() -> list[tuple[int, str]]:
    return [(problem.folio_id, problem.code) for problem in ledger_problems()]


def test_a_ledger_that_the_services_wrote_is_right():
    lived_in()
    FolioFactory()

    assert ledger_problems() == []


def test_a_captured_payment_without_an_entry_is_found():
    folio = lived_in().folio
    lost = Payment.objects.create(
        folio=folio,
        gateway="sandbox",
        purpose="total",
        amount=Decimal("10.00"),
        currency="EUR",
        status="captured",
        captured_at=timezone.now(),
        idempotency_key="lost",
    )

    assert ledger_problems() == [
        LedgerProblem(folio.pk, "balance", Decimal("-60.000"), Decimal("-50.000")),
        LedgerProblem(folio.pk, "payment_entry", Decimal("-10.000"), Decimal(0), payment_id=lost.pk),
    ]


def test_a_payment_posted_twice_is_found():
    payment = lived_in()
    FolioEntry.objects.create(
        folio=payment.folio,
        kind=EntryKind.PAYMENT,
        description="again",
        amount=Decimal("-100.00"),
        payment=payment,
    )

    assert codes() == [(payment.folio_id, "balance"), (payment.folio_id, "payment_entry")]


def test_a_payment_posted_to_another_folio_is_found():
    payment = lived_in()
    other = folio_charged("100.00")
    stray = Payment.objects.create(
        folio=payment.folio,
        gateway="sandbox",
        purpose="total",
        amount=Decimal("10.00"),
        currency="EUR",
        status="captured",
        captured_at=timezone.now(),
        idempotency_key="stray",
    )
    FolioEntry.objects.create(
        folio=other, kind=EntryKind.PAYMENT, description="x", amount=Decimal("-10.00"), payment=stray
    )

    assert codes() == [
        (payment.folio_id, "balance"),
        (payment.folio_id, "payment_entry"),
        (other.pk, "balance"),
    ]


def test_a_payment_that_was_never_made_and_is_posted_is_found():
    folio = folio_charged("100.00")
    declined = pay(folio, "100.00", card="decline")
    FolioEntry.objects.create(
        folio=folio, kind=EntryKind.PAYMENT, description="x", amount=Decimal("-100.00"), payment=declined
    )

    assert codes() == [(folio.pk, "balance"), (folio.pk, "payment_entry")]


def test_a_refund_without_an_entry_is_found():
    payment = lived_in()
    Refund.objects.filter(status="pending").update(status="succeeded")

    assert codes() == [(payment.folio_id, "balance"), (payment.folio_id, "refund_entry")]


def test_a_refund_that_came_back_without_an_entry_is_found():
    payment = lived_in()
    Refund.objects.filter(status="succeeded").update(status="failed")

    assert codes() == [(payment.folio_id, "balance"), (payment.folio_id, "refund_entry")]


def test_a_refund_that_is_said_to_be_back_and_is_not_is_found():
    payment = lived_in()
    refund = Refund.objects.get(status="succeeded")
    FolioEntry.objects.create(
        folio=payment.folio,
        kind=EntryKind.REFUND_RETURNED,
        description="x",
        amount=-refund.amount,
        refund=refund,
    )

    assert codes() == [(payment.folio_id, "balance"), (payment.folio_id, "refund_entry")]


def test_refunds_beyond_the_payment_are_found():
    payment = lived_in()
    Refund.objects.create(payment=payment, amount=Decimal("10.01"), idempotency_key="too-much")

    assert ledger_problems() == [
        LedgerProblem(
            payment.folio_id,
            "refunds_above_payment",
            Decimal("100.000"),
            Decimal("100.010"),
            payment_id=payment.pk,
        )
    ]


def test_more_reversed_than_charged_is_found():
    folio = folio_charged("100.00")
    FolioEntry.objects.create(
        folio=folio, kind=EntryKind.REVERSAL, description="x", amount=Decimal("-100.01")
    )

    assert ledger_problems() == [LedgerProblem(folio.pk, "charges_below_zero", Decimal(0), Decimal("-0.010"))]


def test_a_payment_in_another_currency_is_found():
    payment = lived_in()
    Payment.objects.filter(pk=payment.pk).update(currency="USD")

    assert codes() == [(payment.folio_id, "currency")]


@pytest.mark.parametrize("count", [1, 20])
def test_it_costs_the_same_for_one_and_for_many(django_assert_num_queries, count):
    for _number in range(count):
        folio_charged("10.00")

    with django_assert_num_queries(4):  # the check, its patience, and a savepoint around both
        ledger_problems()


def test_the_command_is_content_with_a_right_ledger():
    lived_in()
    out = StringIO()

    call_command("ledger_check", stdout=out)

    assert out.getvalue().startswith("1 folios, nothing wrong")


def test_the_command_names_what_is_wrong_and_fails():
    folio = folio_charged("100.00")
    declined = pay(folio, "100.00", card="decline")
    FolioEntry.objects.create(
        folio=folio, kind=EntryKind.PAYMENT, description="x", amount=Decimal("-100.00"), payment=declined
    )
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as failed:
        call_command("ledger_check", stdout=out, stderr=err)

    assert failed.value.code == 1
    assert out.getvalue().splitlines() == [
        f"folio {folio.pk}: balance, expected 100.000, found 0.000",
        f"folio {folio.pk}, payment {declined.pk}: payment_entry, expected 0, found -100.000",
    ]
    assert "2 problems in 1 of 1 folios." in err.getvalue()


def test_the_command_speaks_json():
    folio = folio_charged("100.00")
    FolioEntry.objects.create(
        folio=folio, kind=EntryKind.REVERSAL, description="x", amount=Decimal("-100.01")
    )
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("ledger_check", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {
        "folios": 1,
        "problems": [
            {
                "folio_id": folio.pk,
                "code": "charges_below_zero",
                "expected": "0",
                "actual": "-0.010",
                "payment_id": None,
                "refund_id": None,
            }
        ],
    }
