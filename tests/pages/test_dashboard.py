"""The guest's dashboard: everything that is theirs, what to do next, and at the same price however much there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bookings.dashboard import next_step
from bookings.models import Booking
from bookings.selectors import stays_glance
from bookings.services import booking_cancel
from bookings.services.trips import trip_create
from core.cache import read
from core.cache.client import cache_server
from core.dates import property_today
from tests.factories.accounts import UserFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel
from tests.factories.notifications import notification
from tests.factories.reviews import lived, written
from tests.factories.waitlist import waiting
from tests.waitlist.alerts import watch

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/my/"


@pytest.fixture(autouse=True)
def forget() -> None:
    cache_server().redis.flushdb()
    read.local.clear()


@pytest.fixture
def ada() -> User:
    return UserFactory.create(full_name="Ada Lovelace")


@pytest.fixture
def client(ada: User) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


def queries(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(PATH).status_code == 200
    return len(captured)


def sections(client: Client) -> dict[str, str]:
    """What stands in each section, by its key, in the order of the page."""
    context = client.get(PATH).context
    return {part.key: part.html for part in [*context["parts"], *context["asides"]]}


def everything(user: User, count: int) -> None:
    """``count`` of each: stays ahead, past and called off, trips, places in a waitlist, alerts, messages."""
    full = hotel(rooms=1, nights=4)
    held(full, hold_minutes=1440)
    for number in range(count):
        house = hotel(rooms=3, nights=4)
        booking = held(house, user=user).booking
        trip_create(user=user, booking_ids=[booking.pk], title=f"Trip {number}")
        lived(house, user=user)
        booking_cancel(booking_id=held(house, user=user).booking.pk, actor=None)
        mine = hotel(rooms=1, nights=4)
        held(mine, hold_minutes=1440)
        waiting(mine, user=user)
        watch(house, user=user)
        notification(user=user)


@pytest.mark.parametrize("count", [1, 20])
def test_it_costs_the_same_however_much_there_is(ada: User, client: Client, count: int) -> None:
    """Warm: session, user, trips, spaces, waitlist, alerts and inbox; cold, stays, houses and what is unread too."""
    everything(ada, count)
    forget_all()

    cold, warm = queries(client), queries(client)

    assert (cold, warm) == (12, 7)
    assert list(sections(client)) == [
        "upcoming",
        "trips",
        "waitlist",
        "past",
        "cancelled",
        "inbox",
        "price_alerts",
    ]


def forget_all() -> None:
    cache_server().redis.flushdb()
    read.local.clear()


def test_who_has_nothing_is_shown_where_to_begin(client: Client) -> None:
    assert list(sections(client)) == ["upcoming"]
    page = client.get(PATH)
    assert "No stay ahead" in page.content.decode()
    assert "Welcome, Ada Lovelace" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_sections_say_what_they_are_about(ada: User, client: Client) -> None:
    house = hotel(rooms=3, nights=4, name="Adlon", city="Berlin")
    full = hotel(rooms=1, nights=4, name="Bristol")
    held(full, hold_minutes=1440)
    ahead = held(house, user=ada).booking
    trip_create(user=ada, booking_ids=[ahead.pk], title="Summer in Berlin")
    over = lived(house, user=ada)
    off = held(house, user=ada).booking
    booking_cancel(booking_id=off.pk, actor=None)
    waiting(full, user=ada)
    watch(house, user=ada)
    notification(user=ada)

    shown = sections(client)

    assert ahead.reference in shown["upcoming"]
    assert over.reference in shown["past"]
    assert off.reference in shown["cancelled"]
    assert "Summer in Berlin" in shown["trips"]
    assert "Bristol" in shown["waitlist"]
    assert "Adlon" in shown["price_alerts"]
    assert "Casa do Cais" in shown["inbox"]


def test_nobody_sees_what_is_somebody_elses(ada: User) -> None:
    everything(ada, 1)
    stranger = Client()
    stranger.force_login(UserFactory.create())

    assert list(sections(stranger)) == ["upcoming"]
    assert Booking.objects.filter(user=ada).exists()


def test_it_is_for_who_is_logged_in() -> None:
    answer = Client().get(PATH)

    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={PATH}")


def test_stays_without_a_trip_can_be_put_into_one(ada: User, client: Client) -> None:
    house = hotel(rooms=3, nights=4)
    one = held(house, user=ada).booking
    assert "trips" not in sections(client)
    two = held(house, user=ada).booking

    assert f'value="{one.reference}"' in sections(client)["trips"]
    trip_create(user=ada, booking_ids=[one.pk, two.pk])
    assert f'value="{one.reference}"' not in sections(client)["trips"]


def test_more_than_there_is_room_for_is_linked(ada: User, client: Client) -> None:
    house = hotel(rooms=7, nights=4)
    for _number in range(6):
        held(house, user=ada)
    assert "/my/bookings/?show=upcoming" not in client.get(PATH).content.decode()

    held(house, user=ada)

    assert "/my/bookings/?show=upcoming" in client.get(PATH).content.decode()


def test_the_next_step_is_a_link(ada: User, client: Client) -> None:
    today = property_today("Europe/Berlin")
    house = hotel(rooms=2, nights=4, first=today + timedelta(days=2))
    hold = held(house, user=ada).booking
    assert f"/booking/{hold.reference}/pay/" in sections(client)["upcoming"]
    confirmed(house, user=ada)
    assert "Check-in details" in sections(client)["upcoming"]

    owing = hotel(rooms=1, nights=4, deposit="percent", deposit_value=30)
    confirmed(owing, user=ada, purpose="deposit")

    assert "€140.00 still to pay" in sections(client)["upcoming"]


def test_a_review_is_asked_for_until_it_is_written(ada: User, client: Client) -> None:
    house = hotel(rooms=1, nights=4, first=property_today("Europe/Berlin"))
    booking = lived(house, user=ada)
    link = f"/booking/{booking.reference}/review/"
    assert link in sections(client)["past"]

    written(house, booking=booking)

    assert link not in sections(client)["past"]


@pytest.mark.parametrize(
    ("make", "days", "step"),
    [
        (held, 0, "pay"),
        (held, 2, ""),
        (confirmed, 0, ""),
        (confirmed, 4, "check_in"),
        (confirmed, 7, "check_in"),
        (confirmed, 8, ""),
        (lived, 9, "review"),
        (lived, 9 + 180, "review"),
        (lived, 9 + 181, ""),
    ],
)
def test_what_comes_next(ada: User, make: Any, days: int, step: str) -> None:
    """``days`` from today by the house's clock; the stay is the seventh and eighth night."""
    house = hotel(rooms=1, nights=4)
    at = timezone.localtime(timezone=ZoneInfo("Europe/Berlin"))
    make(house, user=ada)
    (stay,) = (stay for found in stays_glance(user=ada, at=at).items.values() for stay in found)

    assert next_step(stay, at + timedelta(days=days)) == step
