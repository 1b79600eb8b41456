"""Reads of the waitlist: how many queries they take, and that they use their indexes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import StaffRole
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistEntry
from waitlist.selectors import (
    entries_over,
    entries_visible,
    entries_waiting,
    entry_place,
    market_get,
    property_of_freed_nights,
    waiting_property_ids,
)
from waitlist.selectors.queue import market_for_queue, stays_offered
from waitlist.services import offers_make

pytestmark = pytest.mark.django_db(transaction=True)


def queries(read: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


@pytest.fixture
def full_house() -> Hotel:
    house = hotel(rooms=1, nights=10)
    sold_out(house)
    return house


@pytest.mark.parametrize("rows", [1, 20])
def test_query_counts(full_house: Hotel, rows: int) -> None:
    house, at = full_house, timezone.now()
    entries = [waiting(house, user=UserFactory.create()) for _row in range(rows)]
    staff = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)
    key = {"property_id": house.property.pk}
    stay = house.stay()

    assert queries(waiting_property_ids) == 1
    assert queries(lambda: [entry.property.name for entry in entries_waiting(**key)]) == 1
    assert queries(lambda: market_get(**key, first=stay.arrival, last=stay.departure)) == 3
    assert queries(lambda: market_for_queue(**key)) == 4
    assert queries(lambda: stays_offered(entry_ids=[entry.pk for entry in entries])) == 1
    assert queries(lambda: entries_over(at=at, limit=50)) == 1
    assert queries(lambda: entry_place(entry=entries[-1])) == 1
    assert queries(lambda: [entry.property.name for entry in entries_visible(user=staff)]) == 2
    assert (
        queries(lambda: offers_make(**key)) == 8
    )  # two more than for a full house: there are free nights elsewhere


def test_places_count_who_wants_the_same_nights(full_house: Hotel) -> None:
    house = full_house
    sold_out(house, stay=house.stay(4))
    first, _elsewhere, last = (
        waiting(house),
        waiting(house, stay=house.stay(4)),
        waiting(house, any_room=True),
    )

    assert (entry_place(entry=first).before, entry_place(entry=last).before) == (0, 1)
    assert entry_place(entry=last).waiting == 2


@pytest.mark.parametrize(
    ("offset", "nights", "expected"), [(0, 1, True), (1, 1, True), (2, 1, True), (3, 1, False)]
)
def test_freed_nights_concern_who_might_take_them(
    full_house: Hotel, offset: int, nights: int, *, expected: bool
) -> None:
    house = full_house
    waiting(house, flexible_days=1)
    stay = house.stay(offset, nights)

    found = property_of_freed_nights(
        room_type_id=house.room_type.pk, arrival=stay.arrival, departure=stay.departure
    )

    assert found == (house.property.pk if expected else None)


def test_staff_find_who_might_take_a_night(full_house: Hotel) -> None:
    house = full_house
    exact, flexible = waiting(house), waiting(house, flexible_days=3)
    staff = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    night = house.first + timedelta(days=3)

    found = entries_visible(user=staff, night_from=night, night_to=night)

    assert [entry.pk for entry in found] == [flexible.pk]
    assert set(entries_visible(user=staff)) == {exact, flexible}
    assert list(entries_visible(user=StaffFactory.create(role=StaffRole.MANAGER))) == []


@pytest.fixture
def crowd(full_house: Hotel) -> Hotel:
    """Ten thousand entries of two houses, one in a hundred still waiting: what an old list looks like."""
    house, now = full_house, timezone.now()
    other = hotel(rooms=1, nights=1)
    WaitlistEntry.objects.bulk_create(
        WaitlistEntry(
            reference=f"R{number:07}",
            access_token_hash="",
            property=(house if number % 2 else other).property,
            room_type=(house if number % 2 else other).room_type,
            guest_name="Guest",
            guest_email=f"g{number}@example.com",
            arrival=house.first - timedelta(days=number % 300 + 30),
            departure=house.first - timedelta(days=number % 300 + 28),
            adults=2,
            currency="EUR",
            status="waiting" if number % 200 < 2 else "expired",
            ended_at=None if number % 200 < 2 else now,
            queued_at=now,
        )
        for number in range(10_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE waitlist_waitlistentry")
        cursor.execute("ANALYZE waitlist_waitlistoffer")
    return house


@pytest.mark.performance
def test_reads_use_their_indexes(crowd: Hotel) -> None:
    property_id, room_type_id = crowd.property.pk, crowd.room_type.pk
    waiting_now = WaitlistEntry.objects.waiting()
    over = waiting_now.filter(arrival__lte=timezone.now().date()).order_by("arrival", "pk")[:50]

    assert "waitlist_status_dates" in over.explain()
    with transaction.atomic(), connection.cursor() as cursor:
        # So few rows are sorted as quickly as they are read in order.
        cursor.execute("SET LOCAL enable_sort = off")
        assert "waitlist_queue" in waiting_now.filter(property_id=property_id).in_turn().explain()
        by_room = WaitlistEntry.objects.filter(room_type_id=room_type_id, status="waiting")
        assert "waitlist_room_type_status" in by_room.order_by("created_at").explain()
