"""A booking from the hold to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar
from rest_framework.test import APIClient

from bookings.models import Booking
from core.models import IdempotencyKey
from notifications.models import Notification
from tests.api.asking import (
    GUEST,
    V1,
    booked,
    booking_body,
    client,
    euros,
    fields,
    post,
    problem,
    state,
    stay_body,
)
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


def test_a_guest_books_pays_and_cancels(api: APIClient, deposit_house: Hotel) -> None:
    house = deposit_house
    before = timezone.now()

    hold = booked(api, house)
    mine = client(token=hold["access_token"])
    path = f"bookings/{hold['reference']}/"
    waiting = mine.get(V1 + path).json()
    paid = post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "deposit", "card": "success"})
    confirmed_now = mine.get(V1 + path).json()
    preview = mine.get(f"{V1}{path}cancellation/").json()
    cancelled = post(mine, f"{path}cancel/", {"expected_fee": preview["fee"], "reason": "Change of plans"})
    payments = mine.get(f"{V1}{path}payments/").json()

    assert (hold["status"], hold["total"], hold["deposit_due"]) == ("held", euros("200.00"), euros("60.00"))
    kept = datetime.fromisoformat(hold["hold_expires_at"]) - before
    assert timedelta(minutes=14) < kept < timedelta(minutes=16)
    assert waiting["money"] == {
        "balance": euros("200.00"),
        "paid": euros("0.00"),
        "refunded": euros("0.00"),
        "refunds_pending": euros("0.00"),
        "is_guaranteed": False,
        "is_waiting": False,
    }
    assert [(option["purpose"], option["amount"]) for option in waiting["payment_options"]] == [
        ("deposit", euros("60.00")),
        ("total", euros("200.00")),
    ]
    assert paid.status_code == 200, paid.json()
    assert (paid.json()["status"], paid.json()["amount"]) == ("captured", euros("60.00"))
    assert (confirmed_now["status"], confirmed_now["money"]["balance"]) == ("confirmed", euros("140.00"))
    assert (house.inventory().sold, house.inventory().held) == (0, 0)
    # arrival is in a week: half of the total is the fee, so that the deposit is kept and 40 are still owed
    assert (preview["is_possible"], preview["fee"], preview["refund"], preview["due"]) == (
        True,
        euros("100.00"),
        euros("0.00"),
        euros("40.00"),
    )
    assert cancelled.status_code == 200, cancelled.json()
    assert (cancelled.json()["status"], cancelled.json()["cancellation_fee"]) == (
        "cancelled",
        euros("100.00"),
    )
    assert [(entry["status"], entry["refunds"]) for entry in payments["results"]] == [("captured", [])]


def test_the_answer_to_a_booking_says_everything(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)

    booking = Booking.objects.get()
    assert (hold["reference"], hold["version"], hold["channel"]) == (booking.reference, 0, "api")
    assert hold["guest"] == GUEST | {
        "phone": "+44 20 7946 0018",
        "language": "en",
        "special_requests": "",
        "arrival_time": None,
    }
    assert [(line["kind"], line["amount"]) for line in hold["lines"]] == [("room", euros("100.00"))] * 2
    assert hold["property"]["slug"] == house.property.slug
    assert hold["links"]["pay"].endswith(f"/api/v1/bookings/{booking.reference}/pay/")
    assert hold["access_token"]
    assert hold["access_token"] not in IdempotencyKey.objects.get().response_body
    assert booking.user is None
    assert (house.inventory().held, house.inventory().available) == (1, 1)


def test_a_booking_belongs_to_who_is_logged_in(house: Hotel) -> None:
    user = UserFactory()

    hold = booked(client(user), house)

    assert Booking.objects.get().user == user
    assert client(user).get(f"{V1}bookings/{hold['reference'].lower()}/").status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"total": "1.00"}, 400, "validation_failed", "total"),
        ({"price": 1, "currency": "EUR"}, 400, "validation_failed", "price"),
        ({"expected_total": "200.00"}, 400, "validation_failed", "expected_total"),
        ({"expected_total": {"amount": "200.00"}}, 400, "validation_failed", "expected_total.currency"),
        (
            {"expected_total": {"amount": "NaN", "currency": "EUR"}},
            400,
            "validation_failed",
            "expected_total.amount",
        ),
        (
            {"expected_total": {"amount": -200, "currency": "EUR"}},
            400,
            "validation_failed",
            "expected_total.amount",
        ),
        ({"guest": {"name": "Ada", "admin": True}}, 400, "validation_failed", "guest.admin"),
        ({"guest": {"name": ""}}, 400, "validation_failed", "guest.name"),
        ({"guest": {"name": "Ada\0"}}, 400, "validation_failed", "guest.name"),
        ({"guest": {"name": "Ada"}}, 422, "guest_invalid", "email"),
        ({"guest": GUEST | {"phone": "12"}}, 422, "guest_invalid", "phone"),
        ({"guest": GUEST | {"country": "XX"}}, 422, "guest_invalid", "country"),
        ({"channel": "web"}, 400, "validation_failed", "channel"),
        ({"channel": "staff"}, 403, "permission_denied", None),
        ({"arrival": "0001-01-01"}, 400, "validation_failed", "arrival"),
        ({"departure": "9999-12-31"}, 400, "validation_failed", "departure"),
        ({"adults": 10**30}, 400, "validation_failed", "adults"),
        ({"room_type": 2**63}, 400, "validation_failed", "room_type"),
        ({"children_ages": [18]}, 400, "validation_failed", "children_ages.0"),
        ({"rooms": 0}, 400, "validation_failed", "rooms"),
    ],
)
def test_what_cannot_be_booked_changes_nothing(
    api: APIClient, house: Hotel, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    before = state()

    document = problem(post(api, "bookings/", booking_body(house) | change), status, code)

    assert field is None or field in fields(document)
    assert state() == before
    assert not IdempotencyKey.objects.exists()


def test_another_price_is_told_before_anything_is_booked(api: APIClient, house: Hotel) -> None:
    before = state()
    for expected in (euros("1.00"), {"amount": "200.00", "currency": "JPY"}):
        answer = post(api, "bookings/", stay_body(house, expected_total=expected, guest=GUEST))

        assert problem(answer, 409, "quote_changed")["data"]["quote"]["total"] == "200.00"
    assert state() == before


def test_the_last_room_is_sold_once(api: APIClient, house: Hotel) -> None:
    held(house, rooms=2)

    document = problem(post(api, "bookings/", booking_body(house)), 409, "sold_out")

    assert document["data"]["nights"] == [night.isoformat() for night in house.stay().dates()]
    assert Booking.objects.count() == 1


def test_the_guest_may_come_later(api: APIClient, house: Hotel) -> None:
    hold = post(api, "bookings/", stay_body(house, expected_total=euros("200.00"))).json()
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/"
    assert hold["guest"] is None
    problem(post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "total"}), 422, "guest_required")

    answer = mine.patch(f"{V1}{path}guest/", {"version": 0, "name": "Ada", "email": "ada@example.com"})

    assert answer.status_code == 200, answer.json()
    assert answer.json()["guest"]["name"] == "Ada"
    assert post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "total"}).status_code == 200


def test_two_editors_do_not_overwrite_each_other(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, url = client(token=hold["access_token"]), f"{V1}bookings/{hold['reference']}/guest/"
    tag = mine.get(f"{V1}bookings/{hold['reference']}/")["ETag"]

    first = mine.patch(url, {"phone": "+442079460019"}, headers={"If-Match": tag})
    second = mine.patch(url, {"name": "Somebody Else"}, headers={"If-Match": tag})

    assert (tag, first.status_code, first["ETag"]) == ('"0"', 200, '"1"')
    assert (first.json()["guest"]["name"], first.json()["guest"]["phone"]) == (
        "Ada Lovelace",
        "+44 20 7946 0019",
    )
    conflict = problem(second, 409, "edit_conflict")
    assert (conflict["data"]["version"], conflict["data"]["guest"]["name"]) == (1, "Ada Lovelace")
    problem(mine.patch(url, {"name": "Nobody"}), 428, "version_required")
    problem(mine.patch(url, {"name": "Nobody"}, headers={"If-Match": '"x"'}), 400, "version_invalid")
    assert Booking.objects.get().guest_name == "Ada Lovelace"


def test_staff_book_without_an_address_and_confirm(house: Hotel) -> None:
    desk = client(StaffFactory(property=house.property, role="front_desk"))

    hold = post(
        desk,
        "bookings/",
        stay_body(house, expected_total=euros("200.00"), guest={"name": "Walk In"}, channel="staff"),
    ).json()
    answer = post(desk, f"bookings/{hold['reference']}/confirm/")

    assert answer.status_code == 200, answer.json()
    assert (answer.json()["status"], answer.json()["channel"]) == ("confirmed", "staff")
    assert Booking.objects.get().user is None
    assert not Notification.objects.exclude(recipient="").exists()
    problem(post(desk, f"bookings/{hold['reference']}/confirm/"), 409, "transition_not_allowed")


def test_a_booking_is_found_by_reference_and_address(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    reference = hold["reference"]

    found = api.post(f"{V1}bookings/lookup/", {"reference": reference.lower(), "email": "ADA@example.com"})

    assert found.status_code == 200
    assert (found.json()["reference"], found.json()["access_token"]) == (reference, hold["access_token"])
    assert found["Cache-Control"] == "private, no-store"
    for body in (
        {"reference": reference, "email": "eve@example.com"},
        {"reference": "ZZZZZZZZ", "email": "ada@example.com"},
    ):
        problem(api.post(f"{V1}bookings/lookup/", body), 404, "booking_not_found")


def test_the_calendar_file(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, url = client(token=hold["access_token"]), f"{V1}bookings/{hold['reference']}/calendar.ics"

    answer = mine.get(url, headers={"Accept": "text/calendar"})

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["dtstart"].dt, event["dtend"].dt) == (house.stay().arrival, house.stay().departure)
    assert mine.get(url).status_code == 200
    problem(api.get(url, headers={"Accept": "text/calendar"}), 404, "booking_not_found")


def test_lists_of_guests_and_staff(house: Hotel) -> None:
    other = hotel(first=house.first)
    ada, bob = UserFactory(), UserFactory()
    first = held(house, user=ada).booking
    second = held(house, user=bob, stay=house.stay(offset=3)).booking
    third = held(other, user=ada, stay=other.stay(offset=1)).booking

    def listed(user: Any, query: str = "") -> list[str]:
        answer = client(user).get(f"{V1}bookings/?{query}")
        assert answer.status_code == 200, answer.json()
        return [entry["reference"] for entry in answer.json()["results"]]

    desk = StaffFactory(property=house.property, role="finance")
    day = house.first + timedelta(days=1)
    assert listed(ada) == [third.reference, first.reference]
    assert listed(bob) == [second.reference]
    assert listed(desk, "order=arrival") == [first.reference, second.reference]
    assert listed(desk, f"arrival_from={day}") == [second.reference]
    assert listed(desk, f"arrival_to={day}") == [first.reference]
    assert listed(desk, "status=held,confirmed") == [second.reference, first.reference]
    assert listed(desk, "status=cancelled") == []
    assert listed(desk, f"property={other.property.pk}") == []
    assert listed(desk, "own=true") == []
    assert listed(SuperuserFactory(), f"property={other.property.pk}") == [third.reference]
    assert listed(StaffFactory()) == []
    line = client(ada).get(f"{V1}bookings/?page_size=1").json()["results"][0]
    assert (line["total"], line["balance"]) == (euros("200.00"), euros("200.00"))
    assert Decimal(line["balance"]["amount"]) == third.total
