"""Calendars of other channels over the API: staff of the house by their role, nobody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import StaffRole
from core.models import Effect
from inventory.models import CalendarConflict, ExternalCalendar
from tests.api.asking import V1, client
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import (
    CalendarConflictFactory,
    ExternalCalendarFactory,
    ExternalEventFactory,
    Hotel,
    RoomTypeFactory,
    hotel,
)

pytestmark = pytest.mark.django_db

LIST = f"{V1}external-calendars/"
BODY = {"name": "Airbnb", "url": "webcal://channel.example/1.ics"}


def staff(house: Hotel, role: str = StaffRole.MANAGER) -> APIClient:
    return client(StaffFactory.create(property=house.property, role=role))


def test_a_manager_adds_changes_and_removes_a_calendar(house: Hotel) -> None:
    api = staff(house)

    made = api.post(LIST, {"room_type": house.room_type.pk, **BODY}, format="json")

    assert made.status_code == 201, made.json()
    assert (made.json()["url"], made.json()["rooms"]) == ("https://channel.example/1.ics", 1)
    address = f"{LIST}{made.json()['id']}/"
    assert Effect.objects.get().payload == {"calendar_id": made.json()["id"]}, "it is fetched at once"
    again = api.post(LIST, {"room_type": house.room_type.pk, **BODY}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "calendar_taken")

    changed = api.put(address, {**BODY, "name": "Booking.com", "rooms": 2}, format="json")
    assert (changed.status_code, changed.json()["rooms"]) == (200, 2)
    assert api.post(f"{address}fetch/").status_code == 202
    assert api.post(f"{address}accept/").status_code == 202
    assert Effect.objects.filter(payload__is_accepting=True).count() == 1
    assert api.delete(address).status_code == 204
    assert not ExternalCalendar.objects.exists()


@pytest.mark.parametrize(
    "url", ["ftp://channel.example/1.ics", "https://user:pw@channel.example/", "nothing"]
)
def test_an_address_that_is_none_is_refused_at_its_field(house: Hotel, url: str) -> None:
    body = {"room_type": house.room_type.pk, **BODY, "url": url}
    answer = staff(house).post(LIST, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "url_refused")
    assert not ExternalCalendar.objects.exists()


@pytest.mark.parametrize("role", [StaffRole.FRONT_DESK, StaffRole.FINANCE])
def test_who_may_not_set_up_may_only_look(house: Hotel, role: str) -> None:
    calendar = ExternalCalendarFactory.create(room_type=house.room_type)
    api = staff(house, role)
    address = f"{LIST}{calendar.pk}/"

    seen = api.get(address).status_code
    assert seen == (200 if role == StaffRole.FRONT_DESK else 404)
    for ask in (
        lambda: api.post(LIST, {"room_type": house.room_type.pk, **BODY}, format="json"),
        lambda: api.put(address, BODY, format="json"),
        lambda: api.post(f"{address}fetch/"),
        lambda: api.post(f"{address}accept/"),
        lambda: api.delete(address),
        lambda: api.post(f"{V1}room-types/{house.room_type.pk}/calendar-feed/"),
    ):
        assert ask().status_code in (403, 404)
    assert (ExternalCalendar.objects.count(), Effect.objects.count()) == (1, 0)


def test_somebody_elses_house_looks_as_if_it_were_not_there(house: Hotel) -> None:
    calendar = ExternalCalendarFactory.create(room_type=house.room_type)
    conflict = CalendarConflictFactory.create(event=ExternalEventFactory.create(calendar=calendar))
    api = staff(hotel(rooms=1, nights=1))

    assert api.get(LIST).json()["results"] == []
    assert api.get(f"{V1}calendar-conflicts/").json()["results"] == []
    for answer in (
        api.get(f"{LIST}{calendar.pk}/"),
        api.delete(f"{LIST}{calendar.pk}/"),
        api.post(f"{V1}calendar-conflicts/{conflict.pk}/resolve/"),
        api.get(f"{V1}room-types/{house.room_type.pk}/calendar-feed/"),
        api.post(LIST, {"room_type": house.room_type.pk, **BODY}, format="json"),
    ):
        assert answer.status_code == 404
    conflict.refresh_from_db()
    assert (conflict.state, ExternalCalendar.objects.count()) == ("open", 1)


@pytest.mark.parametrize("user", ["nobody", "guest"])
def test_guests_have_nothing_to_do_here(house: Hotel, user: str) -> None:
    api = APIClient() if user == "nobody" else client(UserFactory.create())

    for path in (
        "external-calendars/",
        "calendar-conflicts/",
        f"room-types/{house.room_type.pk}/calendar-feed/",
    ):
        assert api.get(V1 + path).status_code in (401, 403)


def test_the_front_desk_closes_conflicts(house: Hotel) -> None:
    calendar = ExternalCalendarFactory.create(room_type=house.room_type)
    conflict = CalendarConflictFactory.create(event=ExternalEventFactory.create(calendar=calendar))
    api = staff(house, StaffRole.FRONT_DESK)
    open_ones = f"{V1}calendar-conflicts/?state=open"
    assert [row["id"] for row in api.get(open_ones).json()["results"]] == [conflict.pk]

    answer = api.post(f"{V1}calendar-conflicts/{conflict.pk}/resolve/")

    assert (answer.status_code, answer.json()["resolution"]) == (200, "staff")
    assert api.get(open_ones).json()["results"] == []
    refused = staff(house, StaffRole.FINANCE).post(f"{V1}calendar-conflicts/{conflict.pk}/resolve/")
    assert refused.status_code == 403


def test_the_feeds_address_is_read_and_made_anew(house: Hotel) -> None:
    api, path = staff(house), f"{V1}room-types/{house.room_type.pk}/calendar-feed/"

    first = api.get(path).json()["url"]
    second = api.post(path).json()["url"]

    assert first != second
    assert api.get(path).json()["url"] == second
    browser = Client()
    assert browser.get(urlsplit(first).path).status_code == 404
    assert browser.get(urlsplit(second).path).status_code == 200


@pytest.mark.parametrize("what", ["external-calendars", "calendar-conflicts"])
def test_lists_cost_the_same_at_1_and_at_20_rows(house: Hotel, what: str) -> None:
    api = staff(house)

    def grow(count: int) -> None:
        for _number in range(count):
            room_type = RoomTypeFactory.create(property=house.property)
            calendar = ExternalCalendarFactory.create(room_type=room_type)
            CalendarConflictFactory.create(event=ExternalEventFactory.create(calendar=calendar))

    def queries() -> tuple[int, Any]:
        with CaptureQueriesContext(connection) as captured:
            answer = api.get(f"{V1}{what}/?page_size=100")
        return len(captured), len(answer.json()["results"])

    grow(1)
    few, rows = queries()
    grow(19)
    assert (queries(), rows) == ((few, 20), 1)
    assert CalendarConflict.objects.count() == 20
