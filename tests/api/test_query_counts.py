"""Lists cost the same number of queries however long they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from core.cache import read
from core.cache.client import cache_server
from core.dates import StayDates
from tests.api.asking import V1, client, stay_body
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import held, pay
from tests.factories.inventory import (
    AmenityFactory,
    Hotel,
    RatePlanFactory,
    RoomTypeFactory,
    hotel,
)

pytestmark = pytest.mark.django_db

FEW, MANY = 5, 50


def queries(ask: Callable[[], Any], *, rows: int) -> int:
    """How many queries an answer of ``rows`` rows takes, with nothing cached."""
    cache_server().redis.flushdb()
    read.local.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == 200, answer.json()
    assert len(answer.json()["results"]) == rows
    return len(captured)


def at_five_and_fifty(grow: Callable[[int], None], ask: Callable[[], Any]) -> tuple[int, int]:
    grow(FEW)
    few = queries(ask, rows=FEW)
    grow(MANY - FEW)
    return few, queries(ask, rows=MANY)


def test_properties(api: APIClient) -> None:
    wifi = AmenityFactory()

    def grow(count: int) -> None:
        for _number in range(count):
            hotel(rooms=1, nights=1).property.amenities.add(wifi)

    assert at_five_and_fifty(grow, lambda: api.get(f"{V1}properties/?page_size=100")) == (3, 3)


def test_search(api: APIClient) -> None:
    arrival = timezone.now().date() + timedelta(days=30)
    stay = StayDates(arrival, arrival + timedelta(days=2))

    def grow(count: int) -> None:
        for _number in range(count):
            hotel(rooms=1, nights=2, first=arrival)

    url = f"{V1}search/?arrival={stay.arrival}&departure={stay.departure}&page_size=100"
    assert at_five_and_fifty(grow, lambda: api.get(url)) == (5, 5)


def test_room_types_and_rate_plans(api: APIClient, house: Hotel) -> None:
    def grow(count: int) -> None:
        missing = count - 1 if count == FEW else count
        RoomTypeFactory.create_batch(missing, property=house.property)
        RatePlanFactory.create_batch(
            missing,
            property=house.property,
            cancellation_policy=house.plan.cancellation_policy,
            deposit_policy=house.plan.deposit_policy,
        )

    url = f"{V1}properties/{house.property.slug}/"
    room_types = lambda: api.get(f"{url}room-types/?page_size=100")  # noqa: E731
    rate_plans = lambda: api.get(f"{url}rate-plans/?page_size=100")  # noqa: E731
    grow(FEW)
    few = (queries(room_types, rows=FEW), queries(rate_plans, rows=FEW))
    grow(MANY - FEW)
    many = (queries(room_types, rows=MANY), queries(rate_plans, rows=MANY))
    assert few == many == (4, 4)  # the address is looked up twice: who has written reads past the cache


def test_bookings_of_guests_and_staff() -> None:
    house = hotel(rooms=MANY, nights=2)
    guest = UserFactory()
    staff = StaffFactory(property=house.property)

    def grow(count: int) -> None:
        for _number in range(count):
            held(house, user=guest, stay=house.stay(nights=1))

    def ask(user: User) -> Callable[[], Any]:
        return lambda: client(user).get(f"{V1}bookings/?page_size=100")

    grow(FEW)
    few = (queries(ask(guest), rows=FEW), queries(ask(staff), rows=FEW))
    grow(MANY - FEW)
    many = (queries(ask(guest), rows=MANY), queries(ask(staff), rows=MANY))
    assert few == many == (3, 4)


def test_payments_of_a_booking(house: Hotel) -> None:
    guest = UserFactory()
    booking = held(house, user=guest).booking

    def grow(count: int) -> None:
        for _number in range(count):
            pay(booking, card="decline")

    url = f"{V1}bookings/{booking.reference}/payments/?page_size=100"
    assert at_five_and_fifty(grow, lambda: client(guest).get(url)) == (3, 3)


def test_one_booking(house: Hotel, django_assert_num_queries: Any) -> None:
    guest = UserFactory()
    booking = held(house, user=guest).booking

    with django_assert_num_queries(2):
        client(guest).get(f"{V1}bookings/{booking.reference}/")


def test_a_batch_is_one_query(api: APIClient, house: Hotel, django_assert_num_queries: Any) -> None:
    stay = house.stay()
    one = {"property": house.property.pk, "arrival": str(stay.arrival), "departure": str(stay.departure)}

    with django_assert_num_queries(1):
        api.post(f"{V1}availability/batch/", {"stays": [one] * MANY})


def test_a_quote_is_two_queries(api: APIClient, house: Hotel, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        api.post(f"{V1}quotes/", stay_body(house))
