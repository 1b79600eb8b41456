"""The pages of the front desk: what they show, what they do, who may, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole, User
from bookings.models import Booking, BookingNote, Registration, RoomAssignment
from core.dates import property_today
from inventory.models import Room
from payments.models import Payment
from tests.admin.conftest import logged_in, staff_of
from tests.admin.test_pages import queries_of
from tests.desk.conftest import checked_in, checked_out, stay_of
from tests.desk.test_coming_and_going import owe, status_of
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = reverse("admin:today")


def page(name: str, booking: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def test_today_shows_the_day_with_the_next_button_first(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    coming = stay_of(house, 0, 2, name="Grace Hopper")
    leaving = checked_in(house, clerk, rooms[0], -2, 0, name="Ada Lovelace")

    answer = logged_in(clerk).get(TODAY)

    lines = {line.row.id: line for part in answer.context["sections"] for line in part["lines"]}
    assert [action.name for action in lines[coming.pk].actions][:2] == ["check-in", "room"]
    assert next(action.name for action in lines[leaving.pk].actions) == "check-out"
    assert {tab["name"]: tab["count"] for tab in answer.context["tabs"]} == {
        "arrivals": 1,
        "departures": 1,
        "in_house": 0,
        "late": 0,
        "unpaid": 0,
        "requests": 0,
    }
    found = logged_in(clerk).get(TODAY, {"q": "grace", "show": "arrivals"}).content.decode()
    assert "Grace Hopper" in found
    assert "Ada Lovelace" not in found


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2031-02-31", "soon"])
def test_a_day_that_never_was_is_today(house: Hotel, clerk: User, day: str) -> None:
    page = logged_in(clerk).get(reverse("admin:today"), {"day": day})

    assert page.status_code == 200
    assert page.context["day"].is_today


def test_today_costs_the_same_for_few_and_many(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    client = logged_in(clerk)
    checked_in(house, clerk, rooms[0], 0, 2, name="Guest 0")
    client.get(TODAY)
    few = queries_of(client, TODAY)
    for number in range(1, 6):
        checked_in(house, clerk, rooms[number], 0, 2, name=f"Guest {number}")

    assert queries_of(client, TODAY) == few


def test_today_is_confined_to_the_houses_of_the_user(house: Hotel, clerk: User) -> None:
    other = hotel()

    assert logged_in(clerk).get(TODAY, {"house": other.property.pk}).status_code == 404
    assert staff_of(house, StaffRole.HOUSEKEEPING).get(TODAY).status_code == 403
    assert staff_of(house, StaffRole.FINANCE).get(TODAY).status_code == 200
    assert Client().get(TODAY).status_code == 302


def test_checking_in_from_the_list_and_taking_it_back(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    booking = stay_of(house, 0, 2)
    client = logged_in(clerk)
    shown = client.get(page("check_in", booking))
    assert shown.context["rooms"][0]["chosen"] == str(rooms[0].pk), "the first clean room is suggested"
    values = {
        "key": shown.context["form"]["key"].value(),
        "room_1": rooms[1].pk,
        "guest-1-name": "Ada Lovelace",
        "guest-1-document_kind": "passport",
        "guest-1-document_number": "X1",
        "guest-2-name": "",
    }

    answer = client.post(f"{page('check_in', booking)}?next={TODAY}", values, follow=True)

    assert answer.redirect_chain == [(TODAY, 302)]
    undo = reverse("admin:bookings_booking_operation", args=[booking.pk, "undo-check-in"])
    assert f'action="{undo}?next=' in answer.content.decode()
    assert (status_of(booking), RoomAssignment.objects.get().room) == ("checked_in", rooms[1])
    assert Registration.objects.get().document_number == "X1"

    client.post(undo)
    assert status_of(booking) == "confirmed"


def test_nobody_is_sent_to_another_site(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)

    answer = logged_in(clerk).post(
        f"{page('check_in', booking)}?next=https://evil.example/",
        {"key": uuid4().hex, "guest-1-name": "Ada"},
    )

    assert answer.url == reverse("admin:bookings_booking_change", args=[booking.pk])


def test_checking_out_says_what_is_missing(house: Hotel, clerk: User) -> None:
    booking = checked_in(house, clerk, None, -2, 0)
    owe(booking, "12.50")
    client = logged_in(clerk)

    refused = client.post(page("check_out", booking), {"key": uuid4().hex, "settle": "pay"})

    assert (refused.status_code, status_of(booking)) == (422, "checked_in")
    assert refused.context["form"].errors == {"paid_by": ["Please say how it is paid."]}
    assert "reason" not in refused.context["form"].fields, "only managers let somebody go"

    paid = {"key": uuid4().hex, "settle": "pay", "paid_by": "cash", "paid_amount": "12.50"}
    client.post(page("check_out", booking), paid)
    assert status_of(booking) == "checked_out"
    assert Payment.objects.get(method="cash").amount == Decimal("12.50")


def test_another_room_from_tomorrow_on(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    booking = checked_in(house, clerk, rooms[0], -1, 2)
    tomorrow = property_today(house.property.time_zone) + timedelta(days=1)
    address = f"{page('room', booking)}?index=1&start={tomorrow:%Y-%m-%d}"
    client = logged_in(clerk)
    seen = client.get(address).context["form"]["seen"].value()

    client.post(address, {"room": rooms[3].pk, "seen": seen})

    rows = RoomAssignment.objects.order_by("start")
    assert [(row.room, row.end) for row in rows] == [(rooms[0], tomorrow), (rooms[3], booking.departure)]


def test_a_night_more_costs_what_was_shown(house: Hotel, clerk: User) -> None:
    booking = checked_in(house, clerk, None, -1, 1)
    client = logged_in(clerk)
    preview = client.get(page("extend", booking)).context["preview"]
    assert (preview.before_total, preview.after_total) == (Decimal("200.00"), Decimal("300.00"))
    values = {
        "departure": (booking.departure + timedelta(days=1)).isoformat(),
        "expected_total": preview.after_total,
        "expected_fee": preview.fee,
        "expected_version": preview.version,
        "apply": "1",
    }

    assert client.post(page("extend", booking), {**values, "expected_total": "1.00"}).status_code == 422
    assert client.post(page("extend", booking), values).status_code == 302
    booking.refresh_from_db()
    assert (booking.nights.count(), booking.total) == (3, Decimal("300.00"))


def test_a_walk_in_is_booked_paid_and_checked_in_by_one_press(
    house: Hotel, clerk: User, rooms: list[Room]
) -> None:
    client = logged_in(clerk)
    address = client.get(TODAY).context["walk_in_url"]
    shown = client.get(address)
    assert parse_qs(urlsplit(address).query)["house"] == [str(house.property.pk)]
    values = {
        "key": uuid4().hex,
        "offer": shown.context["chosen"],
        "name": "Grace Hopper",
        "language": "en",
        "paid_by": "cash",
        "checks_in": "on",
        "room": "",
    }

    client.post(address, values)
    client.post(address, values)

    booking = Booking.objects.get(guest_name="Grace Hopper")
    assert (booking.status, booking.total) == ("checked_in", Decimal("100.00"))
    assert RoomAssignment.objects.get(booking=booking).room == rooms[0]
    assert Payment.objects.get(folio=booking.folio_id).amount == Decimal("100.00")


def test_notes_stand_on_the_page_of_the_booking(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)
    client = logged_in(clerk)

    client.post(page("note", booking), {"text": "Comes by taxi"})
    client.post(page("note", booking), {"text": " "})

    assert [note.text for note in BookingNote.objects.all()] == ["Comes by taxi"]
    text = client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()
    assert "Comes by taxi" in text
    assert clerk.full_name in text
    stranger = staff_of(hotel())
    assert stranger.post(page("note", booking), {"text": "Hello"}).status_code == 404


def test_the_card_is_a_document(house: Hotel, clerk: User) -> None:
    booking = checked_out(house, clerk, None, -2, 0)
    client = logged_in(clerk)

    for query in ("", "?blank=1"):
        answer = client.get(page("registration", booking) + query)
        assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
        assert "no-store" in answer["Cache-Control"]
    assert staff_of(house, StaffRole.FINANCE).get(page("registration", booking)).status_code == 403
