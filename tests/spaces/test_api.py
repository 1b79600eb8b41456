"""Spaces over the API: what there is, what is free, the price, and a booking from its making to its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import StaffRole
from bookings.models import SpaceBooking
from inventory.models import Space
from tests.api.asking import V1, client, euros, fields, post, problem
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.spaces import EquipmentFactory, SpacePriceFactory, slot, space_open

pytestmark = pytest.mark.django_db

GUEST = {"name": "Ana Souza", "email": "ana@example.com", "phone": "+442079460018"}


@pytest.fixture
def day() -> date:
    """A Monday in two or three weeks: beyond every notice, within every horizon."""
    today = timezone.now().date()
    return today + timedelta(days=21 - today.weekday())


@pytest.fixture
def space() -> Space:
    """40 an hour, open from 8 to 20, to be paid in advance or at the property."""
    return space_open(is_prepaid=False, name="Salon Tejo", slug="salon-tejo", building="North", floor="1")


def instant(space: Space, day: date, begins: str, minutes: int = 60) -> tuple[str, str]:
    period = slot(space, day, begins, minutes)
    return f"{period.start:%Y-%m-%dT%H:%M:%SZ}", f"{period.end:%Y-%m-%dT%H:%M:%SZ}"


def wish(space: Space, day: date, begins: str = "09:00", minutes: int = 60, **more: Any) -> dict[str, Any]:
    return {"space": space.pk, "start": instant(space, day, begins)[0], "minutes": minutes, **more}


def body(space: Space, day: date, begins: str = "09:00", *, total: str = "40.00", **more: Any) -> Any:
    return wish(space, day, begins, **more) | {"expected_total": euros(total), "guest": GUEST}


def made(space: Space, day: date, begins: str = "09:00", **more: Any) -> dict[str, Any]:
    answer = post(client(), "space-bookings/", body(space, day, begins, **more))
    assert answer.status_code == 201, answer.json()
    document: dict[str, Any] = answer.json()
    return document


def test_spaces_of_a_house_are_listed_without_those_out_of_use(space):
    SpacePriceFactory(space=space)
    space.equipment.add(EquipmentFactory(property=space.property, code="projector", name="Projector"))
    space_open(property=space.property, is_active=False)
    space_open()

    listed = client().get(f"{V1}properties/{space.property.slug}/spaces/").json()["results"]

    assert [one["slug"] for one in listed] == ["salon-tejo"]
    assert {key: listed[0][key] for key in ("id", "building", "floor", "capacity", "hourly_price")} == {
        "id": space.pk,
        "building": "North",
        "floor": "1",
        "capacity": 10,
        "hourly_price": euros("40.00"),
    }
    assert listed[0]["equipment"] == [{"code": "projector", "name": "Projector"}]
    assert listed[0]["opening_hours"] == [
        {"weekday": weekday, "opens": "08:00", "closes": "20:00"} for weekday in range(7)
    ]
    problem(client().get(f"{V1}properties/nowhere/spaces/"), 404, "not_found")


def test_free_times_leave_out_what_is_taken(space, day):
    made(space, day, "10:00", minutes=120, total="80.00")
    path = f"{V1}properties/{space.property.slug}/spaces/salon-tejo/free/"

    days = client().get(path, {"day": day.isoformat(), "days": 2}).json()

    assert [one["day"] for one in days] == [day.isoformat(), (day + timedelta(days=1)).isoformat()]
    assert [(free["start"], free["end"]) for free in days[0]["free"]] == [
        instant(space, day, "08:00", 120),
        instant(space, day, "12:00", 480),
    ]
    longest = {start["start"]: start["max_minutes"] for start in days[0]["starts"]}
    assert longest[instant(space, day, "09:00")[0]] == 60
    assert instant(space, day, "09:30")[0] not in longest, "an hour at least, and half of one is left"
    assert instant(space, day, "10:00")[0] not in longest
    assert len(days[1]["free"]) == 1
    refused = client().get(path, {"day": day.isoformat(), "days": 400})
    assert fields(problem(refused, 400, "validation_failed")) == ["days"]


def test_a_quote_prices_each_time_and_names_what_stands_in_the_way(space, day):
    made(space, day + timedelta(days=7))

    quote = post(client(), "spaces/quotes/", wish(space, day, repeat={"rule": "FREQ=WEEKLY;COUNT=3"})).json()
    once = post(client(), "spaces/quotes/", wish(space, day, minutes=90)).json()

    assert quote["total"] == euros("80.00")
    assert [(one["day"], one["is_free"], one["total"]) for one in quote["occurrences"]] == [
        ((day + timedelta(days=days)).isoformat(), days != 7, euros("40.00")) for days in (0, 7, 14)
    ]
    assert [one["problem"] and one["problem"]["code"] for one in quote["occurrences"]] == [
        None,
        "space_taken",
        None,
    ]
    assert (once["total"], len(once["occurrences"])) == (euros("60.00"), 1)
    assert SpaceBooking.objects.count() == 1


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_beginning_in_no_calendar_is_refused_at_its_field(space, day, start):
    booked = made(space, day)
    guest = client(token=booked["access_token"])
    change = post(guest, f"space-bookings/{booked['reference']}/change/", {"start": start})
    quote = post(client(), "spaces/quotes/", wish(space, day) | {"start": start})
    series = post(
        client(), "spaces/quotes/", wish(space, day, repeat={"rule": "FREQ=DAILY;COUNT=2"}) | {"start": start}
    )

    for answer in (quote, series, change):
        assert fields(problem(answer, 400, "validation_failed")) == ["start"]


def test_sent_twice_with_one_key_it_is_booked_once(space, day):
    api = client()
    first = post(api, "space-bookings/", body(space, day), key="k" * 20)
    second = post(api, "space-bookings/", body(space, day), key="k" * 20)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    booking = SpaceBooking.objects.get()
    made_one = first.json()["bookings"][0]
    assert (made_one["reference"], made_one["status"]) == (booking.reference, "held")
    assert (made_one["start"], made_one["end"]) == instant(space, day, "09:00")
    assert made_one["total"] == euros("40.00")
    assert (booking.channel, booking.guest_email) == ("api", "ana@example.com")
    other = post(api, "space-bookings/", body(space, day, "12:00"), key="k" * 20)
    assert other.json()["code"] == "idempotency_key_reused"
    bare = api.post(f"{V1}space-bookings/", body(space, day, "12:00"), format="json")
    assert bare.status_code == 400
    assert SpaceBooking.objects.count() == 1


def test_what_is_taken_or_costs_something_else_is_a_conflict(space, day):
    made(space, day)

    taken = post(client(), "space-bookings/", body(space, day, "09:30"))
    dearer = post(client(), "space-bookings/", body(space, day, "12:00", total="39.00"))

    assert "data" in problem(taken, 409, "space_taken")
    problem(dearer, 409, "price_changed")
    assert SpaceBooking.objects.count() == 1


def test_a_series_is_booked_without_its_conflict_only_when_told_so(space, day):
    made(space, day + timedelta(days=7))
    weekly = body(space, day, total="80.00", repeat={"rule": "FREQ=WEEKLY;COUNT=3"})

    refused = post(client(), "space-bookings/", weekly)
    booked = post(client(), "space-bookings/", weekly | {"skip_conflicts": True})

    problem(refused, 409, "series_conflicts")
    assert booked.status_code == 201, booked.json()
    assert [one["start"] for one in booked.json()["bookings"]] == [
        instant(space, day + timedelta(days=days), "09:00")[0] for days in (0, 14)
    ]
    series = {one["series"] for one in booked.json()["bookings"]}
    assert len(series) == 1
    assert SpaceBooking.objects.filter(series__reference=series.pop()).count() == 2
    mine = client(token=booked.json()["access_token"])
    gone = post(mine, f"space-bookings/{booked.json()['reference']}/cancel/", {"scope": "all"})
    assert [one["status"] for one in gone.json()["bookings"]] == ["cancelled", "cancelled"]


def test_the_guest_reads_changes_and_cancels_with_the_token(space, day):
    booked = made(space, day)
    mine, path = client(token=booked["access_token"]), f"space-bookings/{booked['reference']}/"

    changed = post(
        mine, f"{path}change/", {"start": instant(space, day, "14:00")[0], "minutes": 120, "version": 0}
    )
    read = mine.get(V1 + path).json()
    other_fee = post(mine, f"{path}cancel/", {"expected_fee": euros("7.00")})
    dollars = {"amount": "0.00", "currency": "USD"}
    fee_in_dollars = post(mine, f"{path}cancel/", {"expected_fee": dollars})
    total_in_dollars = post(
        mine,
        f"{path}change/",
        {"start": instant(space, day, "15:00")[0], "minutes": 120, "expected_total": dollars},
    )
    cancelled = post(mine, f"{path}cancel/", {"expected_fee": euros("0.00"), "reason": "Ill"})
    again = post(mine, f"{path}cancel/", {})

    assert changed.status_code == 200, changed.json()
    assert (read["start"], read["end"]) == instant(space, day, "14:00", 120)
    assert read["total"] == euros("80.00")
    assert problem(other_fee, 409, "fee_changed")["data"]["fee"] == euros("0.00")
    for refused, name in ((fee_in_dollars, "expected_fee"), (total_in_dollars, "expected_total")):
        told = problem(refused, 422, "other_currency")
        assert told["data"] == {"currency": "EUR"}
        assert [error["field"] for error in told["errors"]] == [f"{name}.currency"]
    done = cancelled.json()["bookings"][0]
    assert (done["status"], done["cancellation_fee"]) == ("cancelled", euros("0.00"))
    problem(again, 409, "transition_not_allowed")
    for stranger in (client(), client(token="x" * 43), client(UserFactory())):
        problem(stranger.get(V1 + path), 404, "space_booking_not_found")
        problem(post(stranger, f"{path}cancel/", {}), 404, "space_booking_not_found")


@pytest.fixture
def asked(space: Space, day: date) -> dict[str, Any]:
    """A request that waits for the house."""
    space.needs_approval = True
    space.save()
    request = made(space, day)
    assert request["bookings"][0]["status"] == "requested"
    return request


def test_staff_approve_a_request(space, asked):
    clerk = client(StaffFactory(property=space.property, role=StaffRole.FRONT_DESK))

    approved = post(clerk, f"space-bookings/{asked['reference']}/approve/", {})
    waiting = clerk.get(f"{V1}space-bookings/", {"status": "requested"}).json()
    listed = clerk.get(f"{V1}space-bookings/", {"status": "approved"}).json()

    assert approved.status_code == 200, approved.json()
    assert [one["status"] for one in approved.json()["bookings"]] == ["approved"]
    assert waiting["results"] == []
    assert [one["reference"] for one in listed["results"]] == [asked["reference"]]


def test_staff_decline_a_request_with_a_reason_and_the_time_is_free(space, asked, day):
    manager, path = client(StaffFactory(property=space.property)), f"space-bookings/{asked['reference']}/"

    silent = post(manager, f"{path}decline/", {})
    declined = post(manager, f"{path}decline/", {"reason": "The floor is polished."})

    assert fields(problem(silent, 422, "reason_required")) == ["reason"]
    done = declined.json()["bookings"][0]
    assert (done["status"], done["reason"]) == ("declined", "The floor is polished.")
    assert made(space, day)["bookings"][0]["status"] == "requested"


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_nobody_else_decides(space, asked, decision):
    path, words = f"space-bookings/{asked['reference']}/{decision}/", {"reason": "Yes."}
    elsewhere = StaffFactory(property=space_open().property)
    books = StaffFactory(property=space.property, role=StaffRole.FINANCE)

    anonymous = post(client(), path, words)
    guest = post(client(token=asked["access_token"]), path, words)

    assert (anonymous.status_code, guest.status_code) == (401, 401)
    problem(post(client(UserFactory()), path, words), 404, "space_booking_not_found")
    problem(post(client(elsewhere), path, words), 404, "space_booking_not_found")
    problem(post(client(books), path, words), 403, "permission_denied")
    assert SpaceBooking.objects.get().status == "requested"


def test_the_list_is_ones_own_and_for_staff_that_of_their_houses(space, asked):
    member = UserFactory()
    SpaceBooking.objects.update(user=member)

    def references(user: Any) -> list[str]:
        listed = client(user).get(f"{V1}space-bookings/").json()
        return [one["reference"] for one in listed["results"]]

    assert references(member) == [asked["reference"]]
    assert references(StaffFactory(property=space.property)) == [asked["reference"]]
    assert references(StaffFactory(property=space_open().property)) == []
    assert references(UserFactory()) == []
    assert client().get(f"{V1}space-bookings/").status_code == 401


def test_the_calendar_address_is_for_staff_of_the_house(space):
    path = f"spaces/{space.pk}/calendar-feed/"
    clerk, manager = (
        client(StaffFactory(property=space.property, role=role))
        for role in (StaffRole.FRONT_DESK, StaffRole.MANAGER)
    )

    address = clerk.get(V1 + path).json()["address"]
    refused = post(clerk, path)
    moved = post(manager, path).json()["address"]

    assert "/space-calendars/" in address
    problem(refused, 403, "permission_denied")
    assert moved != address
    assert [client().get(one).status_code for one in (address, moved)] == [404, 200]
    problem(client(StaffFactory(property=space_open().property)).get(V1 + path), 404, "unknown_space")
    assert client().get(V1 + path).status_code == 401
