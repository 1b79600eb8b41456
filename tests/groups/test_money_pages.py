"""Extras and charges moved, and the pages of invoices, extras and groups at the desk and for guests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.exceptions import ExtraNotAddable
from bookings.models import Booking, Group
from bookings.services.extras import extra_add, extra_order
from bookings.services.invoicing import invoice_send
from core.exceptions import PermissionDenied
from inventory.models import Extra
from inventory.models.extras import ExtraUnit
from notifications.composing import message_compose
from notifications.models import Notification
from payments.documents import invoice_pdf
from payments.exceptions import EntryInvoiced, EntryNotReversible, FolioNotFitting
from payments.models import FolioEntry, Invoice
from payments.selectors import entries_open, folio_balance, ledger_problems
from payments.services import folio_charge, folio_entries_move, folio_entry_reverse, invoice_issue
from payments.types import InvoiceRecipient
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import PropertyFactory
from tests.factories.payments import FolioFactory

pytestmark = pytest.mark.django_db

GUEST = InvoiceRecipient(name="Ada Lovelace", email="ada@example.com", language="de")


@pytest.fixture
def booking(house) -> Booking:
    return confirmed(house)


def extra_of(house, unit: ExtraUnit = ExtraUnit.PERSON_NIGHT, **more) -> Extra:
    values = {"name": "Breakfast", "price": Decimal("12.00"), "tax_name": "VAT", "tax_percent": Decimal(20)}
    return Extra.objects.create(property=house.property, unit=unit, **values | more)


def log_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_nightly_extra_is_charged_for_each_night_once(house, clerk, booking):
    before = folio_balance(folio_id=booking.folio_id)
    extra = extra_of(house)

    for _twice in range(2):
        entries = extra_add(booking_id=booking.pk, extra_id=extra.pk, quantity=2, actor=clerk, key="a")

    assert [(entry.stay_date, entry.amount, entry.quantity) for entry in entries] == [
        (booking.arrival, Decimal(24), 2),
        (booking.arrival + timedelta(days=1), Decimal(24), 2),
    ]
    assert entries[0].taxes == [{"name": "VAT", "percent": "20", "amount": "4.00", "is_added": False}]
    assert folio_balance(folio_id=booking.folio_id) == before + 48
    one = extra_add(
        booking_id=booking.pk, extra_id=extra.pk, quantity=1, actor=clerk, key="b", night=booking.arrival
    )
    assert [entry.amount for entry in one] == [Decimal(12)]


def test_added_tax_stands_beside_the_extra_and_goes_with_it(house, clerk, booking):
    extra = extra_of(house, ExtraUnit.PIECE, tax_is_included=False)
    before = folio_balance(folio_id=booking.folio_id)

    [entry] = extra_add(booking_id=booking.pk, extra_id=extra.pk, quantity=3, actor=clerk, key="a")
    assert [(part.kind, part.amount) for part in entry.parts.all()] == [("tax", Decimal("7.20"))]
    folio_entry_reverse(entry_id=entry.pk, reason="wrong room", actor=clerk, key="r")

    assert folio_balance(folio_id=booking.folio_id) == before
    with pytest.raises(EntryNotReversible):
        folio_entry_reverse(entry_id=entry.pk, reason="again", actor=clerk, key="s")
    assert ledger_problems() == []


def test_who_may_charge_and_take_off(house, clerk, manager, booking):
    with pytest.raises(PermissionDenied):
        folio_charge(folio_id=booking.folio_id, description="Vase", amount=Decimal(5), actor=clerk, key="a")
    entry = folio_charge(
        folio_id=booking.folio_id, description="Vase", amount=Decimal(5), actor=manager, key="a", quantity=2
    )
    assert entry.amount == 10
    with pytest.raises(PermissionDenied):
        folio_entry_reverse(entry_id=entry.pk, reason="no", actor=clerk, key="r")
    stranger = StaffFactory(property=PropertyFactory(), role=StaffRole.MANAGER)
    with pytest.raises(PermissionDenied):
        extra_add(booking_id=booking.pk, extra_id=extra_of(house).pk, quantity=1, actor=stranger, key="a")


def test_guests_order_before_they_arrive_and_only_what_is_offered(house, booking):
    breakfast, minibar = extra_of(house, is_bookable=True), extra_of(house, name="Minibar")

    extra_order(booking_id=booking.pk, extra_id=breakfast.pk, quantity=2, key="a")

    assert FolioEntry.objects.filter(extra=breakfast).count() == 2
    with pytest.raises(ExtraNotAddable):
        extra_order(booking_id=booking.pk, extra_id=minibar.pk, quantity=1, key="b")
    client = Client()
    page = client.post(
        reverse("bookings:extras", args=[booking.reference]), {"extra_id": breakfast.pk, "quantity": 1}
    )
    assert page.status_code == 404


def test_charges_move_to_another_folio_as_equal_opposites(house, clerk, booking):
    other = FolioFactory(property=house.property, title="Acme GmbH")
    rooms = [entry.pk for entry in entries_open(folio_id=booking.folio_id)]

    moved = folio_entries_move(entry_ids=rooms, target_folio_id=other.pk, actor=clerk)

    assert sum(entry.amount for entry in moved) == booking.total == folio_balance(folio_id=other.pk)
    assert entries_open(folio_id=booking.folio_id) == []
    assert ledger_problems() == []
    invoice_issue(folio_id=other.pk, recipient=GUEST, actor=clerk, key="a")
    with pytest.raises(EntryInvoiced):
        folio_entries_move(entry_ids=[moved[0].pk], target_folio_id=booking.folio_id, actor=clerk)
    with pytest.raises(FolioNotFitting):
        folio_entries_move(entry_ids=[moved[0].pk], target_folio_id=FolioFactory().pk, actor=clerk)


def test_an_invoice_is_the_same_document_for_staff_guest_and_mail(house, clerk, booking):
    invoice = invoice_issue(folio_id=booking.folio_id, recipient=GUEST, actor=clerk, key="a")
    document = invoice_pdf(Invoice.objects.get(pk=invoice.pk))
    house.property.name = "Renamed"
    house.property.save()

    invoice_send(invoice_id=invoice.pk, actor=clerk, key="x")
    invoice_send(invoice_id=invoice.pk, actor=clerk, key="x")

    [mail] = Notification.objects.filter(type="invoice")
    [attached] = message_compose(mail).attachments
    assert (attached[0], attached[1]) == (f"Rechnung-{invoice.number}.pdf", document) or attached[
        1
    ] == document
    desk = log_in(clerk).get(reverse("admin:payments_invoice_pdf", args=[invoice.pk]))
    assert desk.content == document
    stranger = log_in(StaffFactory(property=PropertyFactory(), role=StaffRole.MANAGER))
    assert stranger.get(reverse("admin:payments_invoice_pdf", args=[invoice.pk])).status_code == 404
    page = reverse("bookings:invoice", args=[booking.reference, invoice.number])
    assert Client().get(page).status_code == 404
    assert log_in(clerk).get(page).content == document
    listed = log_in(clerk).get(f"/api/v1/bookings/{booking.reference}/invoices/").json()["results"]
    assert [(row["number"], row["total"]["amount"]) for row in listed] == [
        (invoice.number, f"{booking.total:.2f}")
    ]
    assert Client().get(f"/api/v1/bookings/{booking.reference}/invoices/").status_code == 404


def test_a_long_invoice_has_as_many_pages_as_it_needs(house, clerk, manager, booking):
    for number in range(80):
        folio_charge(
            folio_id=booking.folio_id,
            description=f"Line {number}",
            amount=Decimal(1),
            actor=manager,
            key=str(number),
        )

    invoice = invoice_issue(folio_id=booking.folio_id, recipient=GUEST, actor=clerk, key="a")

    document = invoice_pdf(invoice)
    assert document == invoice_pdf(invoice)
    assert document.count(b"/Type /Page\n") == 3


def test_staff_issue_take_back_and_add_by_their_pages(house, clerk, manager, booking):
    extra = extra_of(house)
    desk, office = log_in(clerk), log_in(manager)
    extras = reverse("admin:bookings_booking_extras", args=[booking.pk])
    assert desk.get(extras).status_code == 200
    assert desk.post(extras, {"key": "k" * 24, "extra": extra.pk}).status_code == 302
    entry = FolioEntry.objects.filter(extra=extra).first()
    take_off = reverse("admin:payments_folioentry_reverse", args=[booking.folio_id, entry.pk])
    assert desk.post(take_off, {"key": "k" * 24, "reason": "no"}).status_code == 302
    issue = reverse("admin:payments_invoice_issue", args=[booking.folio_id])
    chosen = [row.pk for row in entries_open(folio_id=booking.folio_id)]
    assert desk.get(issue).status_code == 200
    sent = desk.post(issue, {"key": "k" * 24, "entries": chosen, "name": "Ada", "language": "en"})
    assert sent.status_code == 302
    invoice = Invoice.objects.get()
    cancel = reverse("admin:payments_invoice_cancel", args=[invoice.pk])
    assert desk.get(cancel).status_code == 403
    assert office.post(cancel, {"key": "k" * 24, "reason": "wrong name"}).status_code == 302
    assert Invoice.objects.get(cancels=invoice).total == -invoice.total
    for page in ("admin:payments_folio_charge", "admin:payments_folio_move"):
        assert office.get(reverse(page, args=[booking.folio_id])).status_code == 200
    assert office.get(reverse("admin:payments_invoice_change", args=[invoice.pk])).status_code == 200
    call_command("invoices_check")


def test_a_group_from_the_first_page_to_the_last(house, clerk, manager):
    desk = log_in(clerk)
    stay = house.stay()
    form = {
        "name": "Choir", "arrival": stay.arrival, "departure": stay.departure, "release_date": stay.arrival,
        "release_time": "18:00", "rate_plan": house.plan.pk, "version": 0, "shared_folio": "on",
    }  # fmt: skip
    assert desk.get(reverse("admin:bookings_group_new")).status_code == 200
    assert desk.post(reverse("admin:bookings_group_new"), form).status_code == 302
    group = Group.objects.get()

    def post(page: str, **values) -> int:
        return desk.post(reverse(f"admin:bookings_group_{page}", args=[group.pk]), values).status_code

    dates = {"first": stay.arrival, "end": stay.departure}
    assert post("blocks", room_type=house.room_type.pk, rooms=2, price="70", **dates) == 302
    assert post("blocks", room_type=house.room_type.pk, rooms=9, **dates) == 422
    room = {"room_type": house.room_type.pk, "arrival": stay.arrival, "departure": stay.departure}
    assert post("pick_up", key="k" * 24, name="Ana Reis", others="Rui Reis", **room) == 302
    assert Booking.objects.get().room_total == Decimal(140)
    page = desk.get(reverse("admin:bookings_group_change", args=[group.pk])).content.decode()
    assert "Ana Reis" in page
    assert "2 of 4 room nights picked up" in page
    assert "(50 %)" in page
    assert desk.get(reverse("admin:groups")).status_code == 200
    assert desk.get(reverse("admin:bookings_group_rooming", args=[group.pk])).status_code == 200
    listed = desk.get(reverse("admin:bookings_group_rooming_list", args=[group.pk]), {"format": "csv"})
    assert b'"Ana Reis"' in listed.content
    assert post("release") == 302
    assert post("cancel", reason="x") == 403
    stranger = log_in(StaffFactory(property=PropertyFactory(), role=StaffRole.MANAGER))
    assert stranger.get(reverse("admin:bookings_group_change", args=[group.pk])).status_code == 404
