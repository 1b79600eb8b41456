"""Our calendars for other channels: what they show, to whom, and how cheaply."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from icalendar import Calendar

from core.dates import property_today
from inventory.channels import feed_read
from inventory.channels.tokens import feed_url
from inventory.models import CalendarFeed, RoomInventory
from inventory.services import block_create
from inventory.services.feeds import feed_answer, feed_get, feed_rotate
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Hotel:
    """One room, from next week on."""
    return hotel(rooms=1, nights=20)


def address(house: Hotel) -> str:
    return urlsplit(feed_url(feed_get(room_type_id=house.room_type.pk))).path


def shown(house: Hotel, query: str = "") -> list[tuple[int, int, str]]:
    """Events as first night, end and transparency; days count from the house's first night."""
    answer = Client().get(address(house) + query)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return sorted(
        (
            (event.decoded("dtstart") - house.first).days,
            (event.decoded("dtend") - house.first).days,
            str(event["transp"]),
        )
        for event in events
    )


def test_one_room_shows_its_stays_and_blocks_and_nobody(house: Hotel) -> None:
    confirmed(house, stay=house.stay(2, 3))
    held(house, stay=house.stay(7, 1))
    block_create(
        room_type_id=house.room_type.pk,
        start=house.first + timedelta(days=10),
        end=house.first + timedelta(days=12),
        rooms=1,
        reason="Secret surgery",
    )
    RoomInventory.objects.filter(date=house.first + timedelta(days=15)).update(total=0)

    assert shown(house) == [(2, 5, "OPAQUE"), (7, 8, "OPAQUE"), (10, 12, "OPAQUE"), (15, 16, "OPAQUE")]
    text = Client().get(address(house)).content.decode()
    for private in ("Ada", "ada@", "Secret", "VAC"):
        assert private not in text


def test_several_rooms_show_when_none_is_left() -> None:
    house = hotel(rooms=2, nights=20)
    confirmed(house, stay=house.stay(2, 4))
    confirmed(house, stay=house.stay(4, 4))

    assert shown(house) == [(4, 6, "OPAQUE")]
    assert shown(house, "?events=all") == [
        (2, 6, "TRANSPARENT"),
        (4, 6, "OPAQUE"),
        (4, 8, "TRANSPARENT"),
    ]


def test_the_file_follows_the_standard(house: Hotel) -> None:
    confirmed(house, stay=house.stay(2, 3))

    answer = Client().get(address(house))

    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["version"], calendar.walk("VEVENT")[0].errors) == ("2.0", [])
    assert {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS"} <= event.keys()
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    today = property_today(house.property.time_zone)
    read = feed_read(answer.content, time_zone="UTC", first=today, end=today + timedelta(days=99))
    assert [(event.start, event.end) for event in read.events] == [
        (house.first + timedelta(days=2), house.first + timedelta(days=5))
    ]


def test_names_and_revisions_are_stable_and_grow_with_changes() -> None:
    house = hotel(rooms=2, nights=20)
    first = confirmed(house, stay=house.stay(2, 4), rooms=2)
    path = address(house)
    one = Client().get(path)
    two = Client().get(path)
    assert (one.content, one["ETag"], one["Last-Modified"]) == (
        two.content,
        two["ETag"],
        two["Last-Modified"],
    )

    confirmed(house, stay=house.stay(6, 1), rooms=2)
    three = Client().get(path)

    before, after = (Calendar.from_ical(answer.content).walk("VEVENT")[0] for answer in (one, three))
    assert before["uid"] == after["uid"], "a time that grows keeps its name"
    assert after["sequence"] > before["sequence"]
    assert one["ETag"] != three["ETag"]
    assert first.reference not in str(before["uid"])


def test_who_knows_it_already_gets_no_body(house: Hotel) -> None:
    path = address(house)
    answer = Client().get(path)

    assert Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert Client().get(path, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    confirmed(house, stay=house.stay(2, 3))
    assert Client().get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_new_address_ends_the_old_one_at_once(house: Hotel) -> None:
    old = address(house)
    assert Client().get(old).status_code == 200

    feed_rotate(room_type_id=house.room_type.pk)

    assert Client().get(old).status_code == 404
    assert Client().get(address(house)).status_code == 200
    assert Client().get("/calendars/nothing.ics").status_code == 404
    assert Client().post(old).status_code == 405


def test_the_database_alone_opens_nothing(house: Hotel) -> None:
    feed = feed_get(room_type_id=house.room_type.pk)
    token = feed_url(feed).rpartition("/")[2].removesuffix(".ics")

    assert len(token) >= 43, "256 bits"
    assert token not in (feed.nonce, feed.token_hash)
    with override_settings(SECRET_KEY="another" * 10):
        assert feed_url(feed) == ""
    with override_settings(SECRET_KEY="another" * 10, SECRET_KEY_FALLBACKS=["wrong", _key()]):
        assert feed_url(feed).endswith(f"/calendars/{token}.ics")


def _key() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


def test_asking_twice_for_a_feed_makes_one(house: Hotel) -> None:
    assert feed_get(room_type_id=house.room_type.pk) == feed_get(room_type_id=house.room_type.pk)
    assert CalendarFeed.objects.count() == 1


def feed_queries(house: Hotel) -> int:
    path = address(house)
    token = path.rpartition("/")[2].removesuffix(".ics")
    feed_answer(token=token)
    with CaptureQueriesContext(connection) as queries:
        feed_answer(token=token)
    return len(queries)


@pytest.mark.parametrize(("rooms", "expected"), [(1, 3), (2, 2)])
def test_it_costs_the_same_at_1_and_at_20_events(rooms: int, expected: int) -> None:
    house = hotel(rooms=rooms, nights=60)
    confirmed(house, stay=house.stay(0, 1), rooms=rooms)
    assert feed_queries(house) == expected

    for number in range(1, 10):
        confirmed(house, stay=house.stay(2 * number, 1), rooms=rooms)
        day = house.first + timedelta(days=30 + 2 * number)
        block_create(
            room_type_id=house.room_type.pk, start=day, end=day + timedelta(days=1), rooms=rooms, reason="x"
        )

    assert feed_queries(house) == expected


def test_too_many_questions_are_refused(house: Hotel, settings: object) -> None:
    from rest_framework.settings import api_settings

    path = address(house)
    rates = {**api_settings.DEFAULT_THROTTLE_RATES, "calendar_feed": "2/min"}
    with override_settings(REST_FRAMEWORK={"DEFAULT_THROTTLE_RATES": rates}):
        statuses = [Client().get(path).status_code for _question in range(3)]

    assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("time_zone", "night"), [("Europe/Berlin", date(2027, 3, 28)), ("America/New_York", date(2027, 3, 14))]
)
def test_a_night_of_the_clock_change_is_one_night(time_zone: str, night: date) -> None:
    house = hotel(rooms=1, nights=5, first=night - timedelta(days=1), time_zone=time_zone)
    confirmed(house, stay=house.stay(1, 1))

    assert shown(house) == [(1, 2, "OPAQUE")]
