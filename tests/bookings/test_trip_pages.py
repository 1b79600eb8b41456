"""The trip's pages: who sees them, what is handed on, and what belongs to it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, Trip
from bookings.selectors.trips import trip_calendar_url, trip_share_url
from bookings.services.trips import (
    trip_calendar_set,
    trip_create,
    trip_share_set,
    trips_claim,
)
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> User:
    return UserFactory.create(full_name="Ada Lovelace")


@pytest.fixture
def client(ada: User) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


def path(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def trip_with(user: User, house: Hotel, count: int = 2) -> Trip:
    bookings = [held(house, user=user).booking.pk for _ in range(count)]
    return trip_create(user=user, booking_ids=bookings)


def test_a_guest_makes_a_trip_of_bookings_and_pays_once(client: Client, ada: User, house: Hotel) -> None:
    one, two = held(house, user=ada).booking, held(house, user=ada).booking

    made = client.post(reverse("bookings:trip_new"), {"booking": [one.reference, two.reference]})

    trip = Trip.objects.get()
    assert made.headers["Location"] == reverse("bookings:trip", args=[trip.reference])
    page = client.get(made.headers["Location"]).content.decode()
    assert "€400.00" in page
    assert one.reference in page
    answer = client.post(
        reverse("bookings:trip_pay", args=[trip.reference]),
        {"option": "sandbox:total", "card": "success", "key": uuid4().hex},
    )
    assert answer.status_code == 302
    assert set(trip.bookings.values_list("status", flat=True)) == {"confirmed"}


def test_a_trip_is_its_owners(client: Client, ada: User, house: Hotel) -> None:
    trip = trip_with(ada, house)
    stranger = Client()
    stranger.force_login(UserFactory.create())
    url = reverse("bookings:trip", args=[trip.reference])

    assert client.get(url).status_code == 200
    assert stranger.get(url).status_code == 404
    assert Client().get(url).status_code == 404
    do = reverse("bookings:trip_do", args=[trip.reference])
    assert stranger.post(do, {"do": "delete"}).status_code == 404
    assert Trip.objects.count() == 1


def test_nobody_puts_a_foreign_booking_into_a_trip(client: Client, house: Hotel) -> None:
    foreign = held(house, user=UserFactory.create()).booking
    staff = Client()
    staff.force_login(StaffFactory.create(property=house.property, role="manager"))

    for browser in (client, staff):
        answer = browser.post(reverse("bookings:trip_new"), {"booking": foreign.reference})
        assert answer.status_code == 404
    assert Trip.objects.count() == 0


def test_the_session_adds_what_is_booked_next(house: Hotel) -> None:
    """Without an account: the booking's token and the trip's stand in the session."""
    first = held(house).booking
    browser = Client()
    from bookings.access import access_token_of

    browser.get(reverse("bookings:detail", args=[first.reference]), {"token": access_token_of(first)})
    search = browser.post(reverse("bookings:trip_new"), {"booking": first.reference, "next": "search"})
    assert search.headers["Location"].startswith("/search/?arrival=")
    assert "What you book now belongs to" in browser.get(search.headers["Location"]).content.decode()
    start = reverse("bookings:start", args=[house.room_type.pk, house.plan.pk])
    query = search.headers["Location"].partition("?")[2]
    answer = browser.post(f"{start}?{query}", {"expected_total": "200.00", "key": uuid4().hex})
    assert answer.status_code == 302
    trip = Trip.objects.get()
    assert trip.bookings.count() == 2
    assert browser.get(reverse("bookings:trip", args=[trip.reference])).status_code == 200
    second = Booking.objects.latest("pk")
    page = browser.get(reverse("bookings:guest", args=[second.reference])).content.decode()
    assert "Ada Lovelace" in page  # who comes is known from the first


def test_a_shared_page_tells_no_more_than_was_chosen(ada: User, house: Hotel) -> None:
    trip = trip_with(ada, house)
    booking = trip.bookings.first()
    assert booking is not None
    trip = trip_share_set(trip_id=trip.pk, is_shared=True)
    url = path(trip_share_url(trip))

    page = Client().get(url)

    text = page.content.decode()
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert house.property.name in text
    for secret in ("€", "Lovelace", booking.reference):
        assert secret not in text.partition("<main")[2]
    trip_share_set(trip_id=trip.pk, is_shared=True, shares_prices=True, shares_guests=True)
    told = Client().get(url).content.decode()
    assert "€400.00" in told
    assert "Lovelace" in told
    trip_share_set(trip_id=trip.pk, is_shared=False)
    assert Client().get(url).status_code == 404
    trip = trip_share_set(trip_id=trip.pk, is_shared=True)
    assert path(trip_share_url(trip)) != url


def test_the_calendar_has_every_stay_until_it_is_taken_back(ada: User, house: Hotel) -> None:
    trip = trip_with(ada, house)
    confirmed_one = confirmed(hotel(rooms=1), user=ada)
    Booking.objects.filter(pk=confirmed_one.pk).update(trip=trip)
    trip = trip_calendar_set(trip_id=trip.pk, is_published=True)
    url = path(trip_calendar_url(trip))

    feed = Client().get(url)

    text = feed.content.decode()
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.count("BEGIN:VEVENT") == 3
    assert text.count("STATUS:TENTATIVE") == 2
    assert text.count("STATUS:CONFIRMED") == 1
    assert confirmed_one.reference not in text
    assert Client().get(url.replace(".ics", "x.ics")).status_code == 404
    trip_calendar_set(trip_id=trip.pk, is_published=False)
    assert Client().get(url).status_code == 404


def test_different_currencies_are_paid_for_one_by_one(client: Client, ada: User, house: Hotel) -> None:
    franc = hotel(rooms=1, currency="CHF")
    bookings = [held(house, user=ada).booking.pk, held(franc, user=ada).booking.pk]
    trip = trip_create(user=ada, booking_ids=bookings)

    page = client.get(reverse("bookings:trip", args=[trip.reference])).content.decode()

    assert "different currencies" in page
    pay = client.get(reverse("bookings:trip_pay", args=[trip.reference]))
    assert pay.headers["Location"] == reverse("bookings:trip", args=[trip.reference])


def test_buttons_of_the_page(client: Client, ada: User, house: Hotel) -> None:
    trip = trip_with(ada, house)
    do = reverse("bookings:trip_do", args=[trip.reference])
    first = trip.bookings.order_by("pk")[0]

    client.post(do, {"do": "change", "title": "Summer", "notes": "Bring towels"})
    client.post(do, {"do": "remove", "booking": first.reference})
    trip.refresh_from_db()
    assert (trip.title, trip.notes, trip.bookings.count()) == ("Summer", "Bring towels", 1)
    client.post(do, {"do": "add", "booking": first.reference})
    assert trip.bookings.count() == 2
    assert client.post(do, {"do": "something"}).status_code == 404
    client.post(do, {"do": "delete"})
    assert Trip.objects.count() == 0
    assert Booking.objects.filter(user=ada, trip=None).count() == 2


def test_a_trip_without_account_follows_its_bookings(house: Hotel) -> None:
    from accounts.services import user_create
    from bookings.services import bookings_claim

    trip = trip_create(user=None, booking_ids=[held(house).booking.pk])
    user = user_create(email="ada@example.com", is_verified=True)
    bookings_claim(user=user)

    assert trips_claim(user=user) == 1

    trip.refresh_from_db()
    assert trip.user_id == user.pk


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_for_one_stay_and_for_twenty(client: Client, ada: User, count: int) -> None:
    trip = trip_with(ada, hotel(rooms=20), count)
    url = reverse("bookings:trip", args=[trip.reference])

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200

    assert len(queries) == 6  # session, user, trip, bookings, money, and the inbox in the header
