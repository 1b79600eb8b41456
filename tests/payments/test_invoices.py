"""Invoices: split, numbered without a gap, frozen, taken back, and proven."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import StaffRole
from core.exceptions import PermissionDenied, ValidationFailed
from payments.exceptions import (
    EntryInvoiced,
    EntryNotFound,
    InvoiceKeyReused,
    InvoiceNotCancellable,
    NothingToInvoice,
)
from payments.models import EntryKind, Folio, FolioEntry, Invoice, InvoicedEntry, InvoiceSeries
from payments.selectors import entries_open, folio_balance, invoice_problems
from payments.services import (
    folio_charge,
    folio_entry_reverse,
    folio_post,
    folio_reverse,
    invoice_cancel,
    invoice_issue,
    invoice_write,
)
from payments.types import EntryData, InvoiceRecipient, InvoiceStay, TaxPart
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import PropertyFactory, TaxFactory
from tests.factories.payments import FolioFactory, pay

pytestmark = pytest.mark.django_db

GUEST = InvoiceRecipient(name="Ana Reis", address="Rua 1\n1100 Lisboa", language="en")
COMPANY = InvoiceRecipient(company="Acme GmbH", vat_number="DE123456789", language="de")
AT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def house():
    house = PropertyFactory(currency="EUR", time_zone="Europe/Vienna", invoice_prefix="VIE-")
    TaxFactory(property=house, name="VAT", value=Decimal(10), is_included=True)
    TaxFactory(property=house, name="City tax", kind="person_night", value=Decimal("2.50"), is_included=False)
    return house


@pytest.fixture
def clerk(house):
    return StaffFactory(property=house, role=StaffRole.FRONT_DESK)


@pytest.fixture
def manager(house):
    return StaffFactory(property=house, role=StaffRole.MANAGER)


def stay_folio(house, *, nights: int = 2) -> Folio:
    folio = FolioFactory(property=house)
    rooms = [
        EntryData(EntryKind.CHARGE, "Double", Decimal("99.99"), stay_date=date(2026, 12, 28 + night))
        for night in range(nights)
    ]
    with transaction.atomic():
        folio_post(
            folio_id=folio.pk, entries=[*rooms, EntryData(EntryKind.TAX, "City tax", Decimal("10.00"))]
        )
    return folio


def minibar(folio: Folio, actor, key: str = "m") -> FolioEntry:
    taxes = (TaxPart("VAT", Decimal(20), Decimal("2.00")),)
    return folio_charge(
        folio_id=folio.pk, description="Minibar", amount=Decimal("12.00"), actor=actor, key=key, taxes=taxes
    )


def test_an_invoice_over_everything_splits_net_and_tax_to_the_cent(house, clerk, manager):
    folio = stay_folio(house)
    minibar(folio, manager)
    pay(folio, "100.00")

    invoice = invoice_issue(
        folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT, stay=InvoiceStay(reference="K7XM")
    )

    assert (invoice.number, invoice.issued_on) == ("VIE-2027-00001", date(2027, 1, 1))
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("191.80"),
        Decimal("30.18"),
        Decimal("221.98"),
    )
    assert [(line["description"], line["net"], line["tax"], line["gross"]) for line in invoice.lines] == [
        ("Double", "90.90", "9.09", "99.99"),
        ("Double", "90.90", "9.09", "99.99"),
        ("City tax", "0.00", "10.00", "10.00"),
        ("Minibar", "10.00", "2.00", "12.00"),
    ]
    assert [
        ([tax["name"] for tax in row["taxes"]], row["net"], row["tax"], row["gross"])
        for row in invoice.breakdown
    ] == [
        (["VAT"], "10.00", "2.00", "12.00"),
        (["VAT"], "181.80", "18.18", "199.98"),
        (["City tax"], "0.00", "10.00", "10.00"),
    ]
    assert (invoice.paid, invoice.due) == (Decimal("100.00"), Decimal("121.98"))
    assert [(paid["method"], paid["amount"]) for paid in invoice.payments] == [("card", "100.00")]
    assert (invoice.house["name"], invoice.stay["reference"]) == (house.name, "K7XM")
    assert entries_open(folio_id=folio.pk) == []
    assert invoice_problems() == []


def test_a_folio_is_split_between_company_and_guest(house, clerk, manager):
    folio = stay_folio(house)
    extra = minibar(folio, manager)
    pay(folio, "205.00")
    rooms = [entry.pk for entry in entries_open(folio_id=folio.pk) if entry.pk != extra.pk]

    company = invoice_issue(
        folio_id=folio.pk, recipient=COMPANY, actor=clerk, key="a", at=AT, entry_ids=rooms
    )
    with pytest.raises(EntryInvoiced):
        invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="b", at=AT, entry_ids=[rooms[0]])
    guest = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="c", at=AT)

    assert (company.number, company.total, company.paid) == (
        "VIE-2027-00001",
        Decimal("209.98"),
        Decimal(205),
    )
    assert (guest.number, guest.total, guest.paid) == ("VIE-2027-00002", Decimal("12.00"), Decimal(0))
    with pytest.raises(NothingToInvoice):
        invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="d", at=AT)
    assert invoice_problems() == []


def test_the_same_key_gives_the_same_invoice(house, clerk):
    folio = stay_folio(house)
    first = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    again = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    assert again.pk == first.pk
    with pytest.raises(InvoiceKeyReused):
        invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT, entry_ids=[1])
    assert InvoiceSeries.objects.get().last_number == 1


def test_a_credit_note_takes_an_invoice_back_and_frees_its_entries(house, clerk, manager):
    folio = stay_folio(house)
    pay(folio, "209.98")
    invoice = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)
    with pytest.raises(PermissionDenied):
        invoice_cancel(invoice_id=invoice.pk, reason="wrong company", actor=clerk)
    with pytest.raises(ValidationFailed):
        invoice_cancel(invoice_id=invoice.pk, reason=" ", actor=manager)

    note = invoice_cancel(invoice_id=invoice.pk, reason="wrong company", actor=manager, key="x", at=AT)

    assert (note.number, note.total, note.net, note.tax) == (
        "VIE-CN-2027-00001",
        Decimal("-209.98"),
        Decimal("-181.80"),
        Decimal("-28.18"),
    )
    assert (note.paid, note.cancels, note.reason) == (Decimal("-209.98"), invoice, "wrong company")
    assert invoice_cancel(invoice_id=invoice.pk, reason="again", actor=manager, key="x") == note
    with pytest.raises(InvoiceNotCancellable):
        invoice_cancel(invoice_id=invoice.pk, reason="again", actor=manager, key="y")
    anew = invoice_issue(folio_id=folio.pk, recipient=COMPANY, actor=clerk, key="b", at=AT)
    assert (anew.number, anew.total, anew.paid) == ("VIE-2027-00002", Decimal("209.98"), Decimal("209.98"))
    assert invoice_problems() == []


def test_what_is_taken_off_after_it_was_invoiced_becomes_a_credit_note(house, clerk, manager):
    folio = stay_folio(house, nights=1)
    entry = minibar(folio, manager)
    invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)
    folio_entry_reverse(entry_id=entry.pk, reason="not taken", actor=manager, key="r")

    note = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="b", at=AT)

    assert (note.kind, note.number, note.net, note.tax) == (
        "credit_note",
        "VIE-CN-2027-00001",
        Decimal("-10.00"),
        Decimal("-2.00"),
    )
    assert note.cancels is None
    assert invoice_problems() == []


def test_a_charge_taken_off_before_is_on_no_invoice(house, clerk, manager):
    folio = stay_folio(house, nights=1)
    entry = minibar(folio, manager)
    folio_entry_reverse(entry_id=entry.pk, reason="not taken", actor=manager, key="r")

    invoice = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    assert [line["description"] for line in invoice.lines] == ["Double", "City tax"]
    with pytest.raises(EntryNotFound):
        invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="b", entry_ids=[entry.pk])


def test_what_is_kept_of_a_cancelled_stay_is_taxed_as_the_stay_was(house, clerk):
    folio = stay_folio(house)
    with transaction.atomic():
        folio_reverse(folio_id=folio.pk, keep=Decimal("100.00"), description="Fee kept", dedup_key="cancel")

    invoice = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    assert invoice.total == Decimal("100.00")
    assert [(row["net"], row["tax"], row["gross"]) for row in invoice.breakdown] == [
        ("86.58", "8.66", "95.24"),
        ("0.00", "4.76", "4.76"),
    ]
    assert invoice_problems() == []


def test_taxes_added_to_prices_stand_in_the_row_of_what_they_were_added_to(clerk):
    house = PropertyFactory(currency="USD", time_zone="America/New_York")
    TaxFactory(property=house, name="Sales tax", value=Decimal("8.875"), is_included=False)
    clerk = StaffFactory(property=house, role=StaffRole.FRONT_DESK)
    folio = FolioFactory(property=house)
    with transaction.atomic():
        folio_post(
            folio_id=folio.pk,
            entries=[
                EntryData(EntryKind.CHARGE, "Queen", Decimal("200.00"), stay_date=date(2026, 12, 1)),
                EntryData(EntryKind.TAX, "Sales tax", Decimal("17.75")),
            ],
        )

    invoice = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    assert invoice.breakdown == [
        {
            "taxes": [{"name": "Sales tax", "percent": "8.875", "amount": "17.75"}],
            "net": "200.00",
            "tax": "17.75",
            "gross": "217.75",
        }
    ]
    assert invoice.number == "2026-00001"


def test_nobody_changes_or_deletes_what_was_issued(house, clerk):
    folio = stay_folio(house)
    invoice = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    for change in (
        lambda: Invoice.objects.filter(pk=invoice.pk).update(recipient_name="Somebody else"),
        lambda: Invoice.objects.filter(pk=invoice.pk).delete(),
        lambda: InvoiceSeries.objects.update(last_number=7),
        lambda: InvoiceSeries.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    invoice.refresh_from_db()
    assert invoice.recipient_name == "Ana Reis"


def test_a_number_without_an_invoice_cannot_be_committed(house, clerk):
    folio = stay_folio(house)
    invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)

    InvoiceSeries.objects.update(last_number=2)
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_staff_of_another_house_issue_nothing(house):
    folio = stay_folio(house)
    stranger = StaffFactory(property=PropertyFactory(), role=StaffRole.MANAGER)

    for nobody in (stranger, UserFactory()):
        with pytest.raises(PermissionDenied):
            invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=nobody, key="a")
    assert not Invoice.objects.exists()
    assert folio_balance(folio_id=folio.pk) == Decimal("209.98")


def test_the_check_finds_what_is_wrong(house, clerk):
    folio = stay_folio(house)
    first = invoice_issue(folio_id=folio.pk, recipient=GUEST, actor=clerk, key="a", at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_invoice DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE payments_invoice SET net = net + 1, total = total + 1 WHERE id = %s", [first.pk]
        )
        cursor.execute("UPDATE payments_invoice SET sequence = 3")
        cursor.execute("ALTER TABLE payments_invoice ENABLE TRIGGER USER")
    InvoicedEntry.objects.filter(entry=first.lines[0]["entry"]).delete()

    problems = invoice_problems()

    assert sorted((problem.number, problem.code) for problem in problems) == [
        ("VIE-2027", "gap"),
        ("VIE-2027-00001", "breakdown"),
        ("VIE-2027-00001", "entry_not_marked"),
        ("VIE-2027-00001", "lines"),
    ]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("invoices_check", stdout=out, stderr=out)
    assert "VIE-2027: gap, expected 1, found 1" in out.getvalue()


class Rollback(Exception):
    """Somebody's transaction comes to nothing."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_many_at_once_with_rollbacks_leave_no_gap(house, clerk):
    folios = [stay_folio(house, nights=1).pk for _each in range(40)]
    start = threading.Barrier(8)
    chance = random.Random(7)
    doomed = {folio for folio in folios if chance.random() < 0.4}

    def issue_in_vain(folio_id: int) -> None:
        with transaction.atomic():
            invoice_write(folio_id=folio_id, recipient=GUEST, actor=clerk, key="gone", at=AT)
            raise Rollback

    def issue(mine: list[int]) -> None:
        start.wait()
        try:
            for folio_id in mine:
                if folio_id in doomed:
                    with pytest.raises(Rollback):
                        issue_in_vain(folio_id)
                invoice_issue(folio_id=folio_id, recipient=GUEST, actor=clerk, key="kept", at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(issue, folios[place::8]) for place in range(8)]:
            done.result(timeout=300)

    assert len(doomed) > 5
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 41))
    assert InvoiceSeries.objects.get().last_number == 40
    assert invoice_problems() == []
