"""Guests come and go: rooms, cards, money, the invoice, and what is refused and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.models import StaffRole, User
from bookings.exceptions import (
    FolioUnsettled,
    InvoiceMissing,
    NoteEmpty,
    RegistrationInvalid,
    RoomOccupied,
    TransitionNotAllowed,
    WrongDay,
)
from bookings.models import Booking, BookingNote, Registration, RoomAssignment
from bookings.services import (
    DeskPayment,
    booking_check_in,
    booking_check_out,
    booking_check_out_undo,
    booking_depart,
    booking_no_show,
    booking_no_show_undo,
    booking_note_add,
    booking_receive,
    registrations_forget,
    registrations_write,
)
from bookings.types import GuestRegistration
from core.exceptions import PermissionDenied
from inventory.models import Housekeeping, Room
from notifications.models import Notification
from payments.models import EntryKind, Invoice, Payment, Refund
from payments.selectors import folio_balance
from payments.services import folio_post, invoice_cancel, invoice_issue
from payments.types import EntryData, InvoiceRecipient
from tests.desk.conftest import checked_in, checked_out, on_day, stay_of
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)

ADA = GuestRegistration(
    name=" Ada Lovelace ",
    address="12 St James's Square,\n London",
    nationality="gb",
    birth_date=date(1985, 12, 10),
    document_kind="passport",
    document_number="X1234567",
)


def owe(booking: Booking, amount: str) -> None:
    with transaction.atomic():
        folio_post(
            folio_id=booking.folio_id,
            entries=[EntryData(kind=EntryKind.CHARGE, description="Minibar", amount=Decimal(amount))],
        )


def status_of(booking: Booking) -> str:
    return str(Booking.objects.values_list("status", flat=True).get(pk=booking.pk))


def test_one_submit_gives_the_room_writes_the_card_and_takes_the_money(
    house: Hotel, clerk: User, rooms: list[Room]
) -> None:
    booking = stay_of(house, 0, 2)
    owe(booking, "30.00")
    wanted: dict[str, Any] = {
        "booking_id": booking.pk,
        "actor": clerk,
        "key": uuid4().hex,
        "room_ids": {1: rooms[2].pk},
        "registrations": [ADA],
        "payment": DeskPayment("cash", Decimal("30.00")),
        "at": on_day(house, 0),
    }

    first, again = booking_receive(**wanted), booking_receive(**wanted)

    assert (first.status, again.pk) == ("checked_in", first.pk)
    assert RoomAssignment.objects.get().room == rooms[2]
    card = Registration.objects.get()
    assert (card.name, card.address) == ("Ada Lovelace", "12 St James's Square, London")
    assert (card.nationality, card.keep_until) == ("GB", booking.departure + timedelta(days=365))
    assert Payment.objects.filter(method="cash").count() == 1
    assert folio_balance(folio_id=booking.folio_id) == 0


def test_a_refused_room_or_card_leaves_everything_as_it_was(
    house: Hotel, clerk: User, rooms: list[Room]
) -> None:
    checked_in(house, clerk, rooms[0], 0, 2)
    booking = stay_of(house, 0, 2, name="Grace Hopper")
    money = DeskPayment("cash", Decimal("1.00"))
    wanted: dict[str, Any] = {
        "booking_id": booking.pk,
        "actor": clerk,
        "payment": money,
        "at": on_day(house, 0),
    }

    with pytest.raises(RoomOccupied):
        booking_receive(key=uuid4().hex, room_ids={1: rooms[0].pk}, **wanted)
    card = GuestRegistration(name="Grace", document_number="7")
    with pytest.raises(RegistrationInvalid) as refused:
        booking_receive(key=uuid4().hex, room_ids={1: rooms[1].pk}, registrations=[card], **wanted)

    assert refused.value.field == "document_kind"
    assert status_of(booking) == "confirmed"
    assert not booking.assignments.exists()
    assert not Payment.objects.filter(method="cash", folio=booking.folio_id).exists()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("nationality", {"nationality": "XX"}),
        ("birth_date", {"birth_date": date(2200, 1, 1)}),
        ("document_kind", {"document_kind": "letter"}),
        ("address", {"address": "x" * 301}),
        ("position", {"position": 4}),
    ],
)
def test_a_card_that_cannot_be(house: Hotel, clerk: User, field: str, values: dict[str, Any]) -> None:
    booking = stay_of(house, 0, 2)

    with pytest.raises(RegistrationInvalid) as refused:
        registrations_write(
            booking_id=booking.pk,
            registrations=[GuestRegistration(**{"name": "Ada"} | values)],
            actor=clerk,
        )

    assert refused.value.field == field
    assert not Registration.objects.exists()


def test_cards_are_forgotten_when_their_time_is_over(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)
    [card] = registrations_write(booking_id=booking.pk, registrations=[ADA], actor=clerk)
    last_day = on_day(house, 2 + 365, "12:00")

    assert registrations_forget(at=last_day) == 0
    assert registrations_forget(at=last_day + timedelta(days=1)) == 1
    assert not Registration.objects.filter(pk=card.pk).exists()


def test_leaving_pays_issues_the_invoice_and_leaves_a_dirty_room(
    house: Hotel, clerk: User, rooms: list[Room]
) -> None:
    booking = checked_in(house, clerk, rooms[0], -2, 0)
    owe(booking, "12.50")
    wanted: dict[str, Any] = {
        "booking_id": booking.pk,
        "actor": clerk,
        "key": uuid4().hex,
        "payment": DeskPayment("card", Decimal("12.50")),
        "recipient": InvoiceRecipient(name="Ada Lovelace", email="ada@example.com"),
        "at": on_day(house, 0, "10:00"),
    }

    left, again = booking_depart(**wanted), booking_depart(**wanted)

    invoice = Invoice.objects.get()
    assert (left.invoice, again.invoice) == (invoice, invoice)
    assert (invoice.total, invoice.due) == (Decimal("212.50"), Decimal("0.00"))
    assert left.booking.status == "checked_out"
    assert Room.objects.get(pk=rooms[0].pk).housekeeping == Housekeeping.DIRTY
    assert Payment.objects.filter(amount=Decimal("12.50")).count() == 1
    assert Notification.objects.filter(type="invoice", recipient="ada@example.com").count() == 1


def test_leaving_told_again_gives_the_invoice_of_then(house: Hotel, clerk: User, manager: User) -> None:
    """Not one that was issued since, and none where none was."""
    booking = checked_in(house, clerk, None, -2, 0)
    wanted: dict[str, Any] = {
        "booking_id": booking.pk,
        "actor": clerk,
        "key": uuid4().hex,
        "recipient": InvoiceRecipient(name="Ada Lovelace"),
        "at": on_day(house, 0, "10:00"),
    }
    first = booking_depart(**wanted).invoice
    assert first is not None
    taken_back = invoice_cancel(invoice_id=first.pk, reason="Other address", actor=manager)
    invoice_issue(
        folio_id=booking.folio_id, recipient=InvoiceRecipient(company="Ltd"), actor=clerk, key=uuid4().hex
    )

    assert booking_depart(**wanted).invoice == first
    assert taken_back != first

    other = checked_in(house, clerk, None, -2, 0)
    invoice_issue(
        folio_id=other.folio_id, recipient=InvoiceRecipient(name="Ada"), actor=clerk, key=uuid4().hex
    )
    wanted |= {"booking_id": other.pk, "key": uuid4().hex}
    assert [booking_depart(**wanted).invoice for _time in range(2)] == [None, None]


def test_nobody_leaves_with_an_open_folio(house: Hotel, clerk: User, manager: User) -> None:
    booking = checked_in(house, clerk, None, -2, 0)
    owe(booking, "12.50")
    at = on_day(house, 0, "10:00")

    with pytest.raises(FolioUnsettled) as refused:
        booking_check_out(booking_id=booking.pk, actor=manager, at=at)
    payment = DeskPayment("cash", Decimal("5.00"))
    with pytest.raises(FolioUnsettled):
        booking_depart(booking_id=booking.pk, actor=clerk, key=uuid4().hex, payment=payment, at=at)
    with pytest.raises(InvoiceMissing):
        booking_check_out(booking_id=booking.pk, actor=clerk, is_on_invoice=True, at=at)
    with pytest.raises(PermissionDenied):
        booking_check_out(booking_id=booking.pk, actor=clerk, reason="In a hurry", at=at)
    assert refused.value.data == {"balance": "12.50", "currency": "EUR"}
    assert (status_of(booking), BookingNote.objects.count()) == ("checked_in", 0)
    assert not Payment.objects.filter(method="cash").exists()

    booking_check_out(booking_id=booking.pk, actor=manager, reason="Pays next week", at=at)

    note = BookingNote.objects.get()
    assert note.text == "Checked out with €12.50 open: Pays next week"
    assert (note.author, status_of(booking)) == (manager, "checked_out")


def test_what_is_owed_may_stay_open_on_an_invoice(house: Hotel, clerk: User) -> None:
    booking = checked_in(house, clerk, None, -2, 0)
    owe(booking, "12.50")

    left = booking_depart(
        booking_id=booking.pk,
        actor=clerk,
        key=uuid4().hex,
        recipient=InvoiceRecipient(company="Analytical Engines", address="London"),
        is_on_invoice=True,
        at=on_day(house, 0, "10:00"),
    )

    assert left.invoice is not None
    assert (left.booking.status, left.invoice.due) == ("checked_out", Decimal("12.50"))


def test_what_was_paid_too_much_goes_back(house: Hotel, clerk: User) -> None:
    from payments.services import payment_record

    booking = checked_in(house, clerk, None, -2, 0)
    payment_record(
        folio_id=booking.folio_id,
        method="cash",
        amount=Decimal("20.00"),
        currency="EUR",
        idempotency_key=uuid4().hex,
        actor=clerk,
        at=on_day(house, -1),
    )

    booking_depart(booking_id=booking.pk, actor=clerk, key=uuid4().hex, at=on_day(house, 0, "10:00"))

    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("20.00")]
    assert (status_of(booking), folio_balance(folio_id=booking.folio_id)) == ("checked_out", Decimal(0))


def test_a_check_out_is_undone_on_the_same_day_only(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    booking = checked_out(house, clerk, rooms[0], -2, 0)

    with pytest.raises(WrongDay):
        booking_check_out_undo(booking_id=booking.pk, actor=clerk, at=on_day(house, 1, "09:00"))
    with pytest.raises(TransitionNotAllowed):
        booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0))
    back = booking_check_out_undo(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:00"))

    assert (back.status, back.checked_out_at) == ("checked_in", None)
    assert RoomAssignment.objects.get(booking=booking).room == rooms[0]


def test_a_no_show_is_undone_while_the_stay_lasts(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)
    booking_no_show(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "22:00"))

    with pytest.raises(WrongDay):
        booking_no_show_undo(booking_id=booking.pk, actor=clerk, at=on_day(house, 2))
    back = booking_no_show_undo(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "22:05"))

    assert (back.status, back.cancellation_fee) == ("confirmed", None)
    assert Notification.objects.filter(type="booking_confirmed", dedup_key__contains=":20").exists()


def test_notes_are_only_ever_added(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)
    note = booking_note_add(booking_id=booking.pk, text=" Late, by taxi ", actor=clerk)

    assert (note.text, note.author_name) == ("Late, by taxi", clerk.full_name)
    for text in ("  ", "x" * 2001):
        with pytest.raises(NoteEmpty):
            booking_note_add(booking_id=booking.pk, text=text, actor=clerk)
    with pytest.raises(PermissionDenied):
        booking_note_add(booking_id=booking.pk, text="Hello", actor=StaffFactory.create())
    for change in (lambda rows: rows.update(text="Other"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError):
            change(BookingNote.objects.filter(pk=note.pk))
    assert BookingNote.objects.get().text == "Late, by taxi"


@pytest.mark.parametrize("role", [StaffRole.FINANCE, None])
def test_only_the_desk_lets_guests_come_and_go(house: Hotel, clerk: User, role: str | None) -> None:
    stranger = StaffFactory.create(**({"property": house.property, "role": role} if role else {}))
    booking = stay_of(house, 0, 2)

    with pytest.raises(PermissionDenied):
        booking_receive(booking_id=booking.pk, actor=stranger, key=uuid4().hex, at=on_day(house, 0))
    with pytest.raises(PermissionDenied):
        booking_depart(booking_id=booking.pk, actor=stranger, key=uuid4().hex, at=on_day(house, 0))
    assert status_of(booking) == "confirmed"
