"""The ledger: appended to, balanced, each effect once, and never changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.exceptions import AmountInvalid, LedgerConflict
from payments.models import EntryKind, Folio, FolioEntry
from payments.selectors import (
    folio_balance,
    folio_balances,
    folio_charges,
    folio_paid,
    folio_statement,
    payments_for_folio,
    payments_for_user,
)
from payments.services import folio_open, folio_post, folio_reverse, refund_create, refund_execute
from payments.types import EntryData
from tests.factories.accounts import UserFactory
from tests.factories.inventory import PropertyFactory
from tests.factories.payments import FolioFactory, folio_charged, pay

pytestmark = pytest.mark.django_db


def charge(amount: str, key: str | None = None, **fields) -> EntryData:
    return EntryData(
        kind=EntryKind.CHARGE, description="Night", amount=Decimal(amount), dedup_key=key, **fields
    )


def test_an_opened_folio_owes_nothing():
    house = PropertyFactory(currency="USD")

    folio = folio_open(property_id=house.pk, currency="USD")

    assert folio == Folio.objects.get()
    assert folio_balance(folio_id=folio.pk) == 0


def test_charges_are_posted_as_given():
    folio = FolioFactory()
    clerk = UserFactory()

    folio_post(
        folio_id=folio.pk,
        entries=[
            charge("100.00", "a", stay_date=date(2026, 5, 29)),
            EntryData(kind=EntryKind.TAX, description="City tax", amount=Decimal("6.00")),
        ],
        actor=clerk,
    )

    night, tax = FolioEntry.objects.order_by("id")
    assert (night.kind, night.amount, night.stay_date, night.created_by) == (
        "charge",
        Decimal("100.00"),
        date(2026, 5, 29),
        clerk,
    )
    assert (tax.kind, tax.amount, tax.dedup_key) == ("tax", Decimal("6.00"), None)
    assert folio_balance(folio_id=folio.pk) == Decimal("106.00")


def test_an_effect_is_posted_once():
    folio = FolioFactory()

    folio_post(folio_id=folio.pk, entries=[charge("100.00", "a")])
    folio_post(folio_id=folio.pk, entries=[charge("100.00", "a"), charge("50.00", "b")])

    assert folio_balance(folio_id=folio.pk) == Decimal("150.00")


def test_an_effect_cannot_come_back_with_another_amount():
    folio = FolioFactory()
    folio_post(folio_id=folio.pk, entries=[charge("100.00", "a")])

    with pytest.raises(LedgerConflict):
        folio_post(folio_id=folio.pk, entries=[charge("99.00", "a")])
    with pytest.raises(LedgerConflict):
        folio_post(folio_id=FolioFactory().pk, entries=[charge("100.00", "a")])

    assert FolioEntry.objects.count() == 1


@pytest.mark.parametrize(("amount", "currency"), [("-1.00", "EUR"), ("1.005", "EUR"), ("1.50", "JPY")])
def test_no_impossible_amounts(amount, currency):
    folio = FolioFactory(property__currency=currency)

    with pytest.raises(AmountInvalid):
        folio_post(folio_id=folio.pk, entries=[charge(amount)])

    assert not FolioEntry.objects.exists()


@pytest.mark.parametrize("kind", [EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.REVERSAL])
def test_money_is_not_posted_by_hand(kind):
    folio = FolioFactory()

    with pytest.raises(ValueError, match="not posted by folio_post"):
        folio_post(folio_id=folio.pk, entries=[EntryData(kind=kind, description="x", amount=Decimal(1))])

    assert not FolioEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_written_only_inside_a_transaction():
    folio = FolioFactory()

    with pytest.raises(TransactionManagementError):
        folio_post(folio_id=folio.pk, entries=[charge("1.00")])
    with pytest.raises(TransactionManagementError):
        folio_open(property_id=folio.property_id, currency="EUR")
    with pytest.raises(TransactionManagementError):
        folio_reverse(folio_id=folio.pk, keep=Decimal(0), description="x", dedup_key="x")

    assert not FolioEntry.objects.exists()


@pytest.mark.parametrize(("keep", "reversed_amount"), [("0", "-150.00"), ("40.00", "-110.00")])
def test_a_reversal_leaves_what_is_to_be_kept(keep, reversed_amount):
    folio = folio_charged("100.00", "50.00")

    entry = folio_reverse(folio_id=folio.pk, keep=Decimal(keep), description="Cancelled", dedup_key="cancel")

    assert entry is not None
    assert (entry.kind, entry.amount) == ("reversal", Decimal(reversed_amount))
    assert folio_charges(folio_id=folio.pk) == Decimal(keep)


def test_a_reversal_is_posted_once():
    folio = folio_charged("100.00")
    arguments = {"folio_id": folio.pk, "description": "Cancelled", "dedup_key": "cancel"}

    first = folio_reverse(keep=Decimal("30.00"), **arguments)
    second = folio_reverse(keep=Decimal("10.00"), **arguments)

    assert first == second
    assert folio_charges(folio_id=folio.pk) == Decimal("30.00")


def test_nothing_to_reverse_is_no_entry():
    folio = folio_charged("100.00")

    assert folio_reverse(folio_id=folio.pk, keep=Decimal("100.00"), description="x", dedup_key="x") is None
    assert FolioEntry.objects.count() == 1


@pytest.mark.parametrize("keep", ["100.01", "-0.01", "10.005"])
def test_a_reversal_cannot_keep_what_was_not_charged(keep):
    folio = folio_charged("100.00")

    with pytest.raises(AmountInvalid):
        folio_reverse(folio_id=folio.pk, keep=Decimal(keep), description="x", dedup_key="x")

    assert folio_charges(folio_id=folio.pk) == Decimal("100.00")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_posted(change):
    folio_charged("100.00")

    changes = {
        "update": lambda: FolioEntry.objects.update(amount=Decimal("1.00")),
        "delete": lambda: FolioEntry.objects.all().delete(),
    }
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        changes[change]()

    assert FolioEntry.objects.get().amount == Decimal("100.00")


@pytest.mark.parametrize(("kind", "amount"), [("charge", "-1.00"), ("payment", "1.00"), ("reversal", "1.00")])
def test_the_database_knows_the_sign_of_each_kind(kind, amount):
    folio = FolioFactory()

    with pytest.raises(DatabaseError, match="folio_entry_"), transaction.atomic():
        FolioEntry.objects.create(folio=folio, kind=kind, description="x", amount=Decimal(amount))

    assert not FolioEntry.objects.exists()


def test_a_statement_tells_what_was_owed_after_each_entry():
    folio = folio_charged("100.00", "50.00")
    payment = pay(folio, "120.00")
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("20.00"), reason="Sorry", idempotency_key="refund-statement"
    )
    refund_execute(refund_id=refund.pk)

    statement = folio_statement(folio_id=folio.pk)

    assert [(line.entry.kind, line.balance) for line in statement] == [
        ("charge", Decimal("100.00")),
        ("charge", Decimal("150.00")),
        ("payment", Decimal("30.00")),
        ("refund", Decimal("50.00")),
    ]
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


@pytest.mark.parametrize("count", [1, 20])
def test_queries_do_not_grow_with_rows(django_assert_num_queries, count):
    user = UserFactory()
    folios = [folio_charged("10.00") for _number in range(count)]
    for folio in folios:
        payment = pay(folio, "10.00", user=user)
        refund_create(
            payment_id=payment.pk, amount=Decimal("1.00"), reason="x", idempotency_key=f"r-{payment.pk}"
        )
    for _number in range(count):
        pay(folios[0], "1.00")

    with django_assert_num_queries(1):
        folio_balance(folio_id=folios[0].pk)
    with django_assert_num_queries(1):
        assert len(folio_balances(folio_ids=[folio.pk for folio in folios])) == count
    with django_assert_num_queries(1):
        assert len(folio_statement(folio_id=folios[0].pk)) == 2 + count
    with django_assert_num_queries(2):
        payments = payments_for_folio(folio_id=folios[0].pk)
        assert sum(len(payment.refunds.all()) for payment in payments) == 1
        assert len(payments) == 1 + count
    with django_assert_num_queries(2):
        payments = list(payments_for_user(user=user))
        assert sum(len(payment.refunds.all()) for payment in payments) == count


def test_a_folio_without_entries_has_a_balance_too():
    folio = FolioFactory()

    assert folio_balances(folio_ids=[folio.pk]) == {folio.pk: Decimal(0)}


cents = st.integers(min_value=0, max_value=1_000_000).map(lambda number: Decimal(number).scaleb(-2))


@settings(max_examples=40, deadline=None)
@given(amounts=st.lists(cents, max_size=12), kept=st.integers(min_value=0, max_value=100))
def test_charges_always_sum_to_the_cent(amounts, kept):
    with transaction.atomic():
        folio = FolioFactory()
        folio_post(folio_id=folio.pk, entries=[charge(str(amount)) for amount in amounts])
        charged = sum(amounts, Decimal(0))
        assert folio_balance(folio_id=folio.pk) == charged

        keep = (charged * kept / 100).quantize(Decimal("0.01"))
        folio_reverse(folio_id=folio.pk, keep=keep, description="x", dedup_key=f"reverse:{folio.pk}")

        assert folio_charges(folio_id=folio.pk) == keep
        statement = folio_statement(folio_id=folio.pk)
        assert (statement[-1].balance if statement else Decimal(0)) == keep
        transaction.set_rollback(True)
