"""How many queries a page needs: the same number however much there is to show, and few once the cache is warm.

Of a guest who is logged in, two are for the session and its user, and one for the unread messages in the head.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import user_create
from core.dates import property_today
from inventory.forms import stay_query
from inventory.types import Party
from tests.factories.bookings import held, pay
from tests.factories.inventory import Hotel, hotel
from tests.factories.reviews import published

pytestmark = pytest.mark.django_db(transaction=True)

FEW, MANY = 5, 50


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def cold_and_warm(path: str, client: Client | None = None) -> tuple[int, int]:
    """Queries of the first visit, when nothing is remembered, and of the second."""
    visitor = client or Client()
    cache.clear()
    return queries(visitor, path), queries(visitor, path)


def stay_of(house: Hotel, *, nights: int = 2) -> str:
    return stay_query(stay=house.stay(offset=1, nights=nights), party=Party(adults=2)).urlencode()


def houses(count: int) -> Hotel:
    today = property_today("Europe/Berlin")
    first = today + timedelta(days=7)
    for number in range(1, count):
        hotel(first=first, nights=4, rooms=1, city=f"City {number}")
    return hotel(first=first, nights=4, rooms=1, city="City 0")


@pytest.mark.parametrize("count", [20, MANY])
def test_home(count: int) -> None:
    """More cities than doorways, so that the houses behind them and the featured ones are read in two turns."""
    houses(count)
    assert cold_and_warm("/") == (5, 0)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_search(count: int) -> None:
    house = houses(count)
    assert cold_and_warm(f"/search/?where=&{stay_of(house)}") == (6, 2)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_property(count: int) -> None:
    """Two of them for each of the two months that the page shows."""
    house = hotel(nights=4, rooms=1)
    for _ in range(count - 1):
        hotel(first=house.first, nights=4, rooms=1, in_property=house.property, plan=house.plan)
    assert cold_and_warm(f"/hotels/{house.property.slug}/?{stay_of(house)}") == (10, 0)


@pytest.mark.parametrize("count", [1, 20])
def test_property_with_reviews(count: int) -> None:
    """The rating comes with the catalogue; the first page of the reviews is one query more than a house without any."""
    house = hotel(nights=4, rooms=count)
    for _ in range(count):
        published(house)
    path = f"/hotels/{house.property.slug}/?{stay_of(house)}"
    assert "Ada" in Client().get(path).content.decode()
    assert cold_and_warm(path) == (11, 0)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_my_bookings(count: int) -> None:
    user = user_create(email="ada@example.com", is_verified=True)
    house = hotel(rooms=count)
    for _ in range(count):
        held(house, user=user)
    client = Client()
    client.force_login(user)
    assert cold_and_warm("/my/bookings/", client) == (6, 2)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_booking(count: int) -> None:
    """``count`` nights, and as many payments that were declined."""
    user = user_create(email="ada@example.com", is_verified=True)
    house = hotel(nights=count + 1)
    booking = held(house, user=user, stay=house.stay(nights=count)).booking
    for _ in range(count):
        pay(booking, card="decline")
    client = Client()
    client.force_login(user)
    assert cold_and_warm(f"/booking/{booking.reference}/", client) == (14, 11)
