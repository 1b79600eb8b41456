"""The day at the front desk: who is where in it, and what it costs to know."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.selectors.today import DayAtDesk, day_at_desk
from bookings.services import booking_no_show
from core.dates import property_today
from inventory.models import Room
from payments.models import EntryKind
from payments.services import folio_post
from payments.types import EntryData
from tests.desk.conftest import checked_in, checked_out, on_day, stay_of
from tests.factories.bookings import held
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)


def owe(booking: Booking, amount: str) -> None:
    """Charge something to a stay."""
    from django.db import transaction

    with transaction.atomic():
        folio_post(
            folio_id=booking.folio_id,
            entries=[EntryData(kind=EntryKind.CHARGE, description="Minibar", amount=Decimal(amount))],
        )


def names(rows: Any) -> list[str]:
    return [row.guest_name for row in rows]


def day_of(house: Hotel, offset: int = 0, hour: str = "18:00") -> DayAtDesk:
    today = property_today(house.property.time_zone)
    return day_at_desk(house=house.property, day=today + timedelta(days=offset), at=on_day(house, 0, hour))


def test_everybody_stands_where_they_belong(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    stay_of(house, 0, 2, name="Comes today", special_requests="A cot, please")
    missed = stay_of(house, 0, 1, name="Does not come")
    booking_no_show(booking_id=missed.pk, actor=clerk, at=on_day(house, 0, "17:00"))
    here = checked_in(house, clerk, rooms[0], 0, 3, name="Came today")
    leaves = checked_in(house, clerk, rooms[1], -2, 0, name="Leaves today")
    checked_out(house, clerk, rooms[2], -2, 0, name="Has left")
    gone = checked_out(house, clerk, rooms[3], -3, -1, name="Left and owes")
    checked_out(house, clerk, rooms[4], -3, -1, name="Left and paid")
    stay_of(house, -1, 2, name="Missing since yesterday")
    stay_of(house, 1, 2, name="Comes tomorrow")
    owe(gone, "12.50")
    owe(here, "7.00")

    day = day_of(house)

    assert names(day.arrivals) == ["Comes today", "Came today", "Does not come"]
    assert names(day.departures) == ["Leaves today", "Has left"]
    assert names(day.in_house) == ["Came today"]
    assert sorted(names(day.unpaid)) == ["Came today", "Left and owes"]
    assert names(day.requests) == ["Comes today"]
    assert names(day.late) == ["Missing since yesterday"]
    assert (day.arrived, day.left) == (1, 1)
    assert {row.guest_name: row.balance for row in day.unpaid} == {
        "Came today": Decimal("7.00"),
        "Left and owes": Decimal("12.50"),
    }
    [chip] = day.departures[0].chips
    assert (chip.number, chip.room_id) == ("102", rooms[1].pk)
    assert leaves.pk == day.departures[0].id


def test_a_guest_who_should_have_left_is_still_a_departure(house: Hotel, clerk: User) -> None:
    checked_in(house, clerk, None, -2, -1, name="Overstays")

    assert names(day_of(house).departures) == ["Overstays"]
    assert names(day_of(house, -1).departures) == ["Overstays"]
    assert names(day_of(house, 1).departures) == []


def test_other_days_are_seen_as_they_will_be_and_were(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    stay_of(house, 1, 3, name="Expected")
    checked_out(house, clerk, rooms[0], -3, -1, name="Was here")

    tomorrow, before = day_of(house, 1), day_of(house, -2)

    assert (names(tomorrow.arrivals), names(tomorrow.in_house)) == (["Expected"], ["Expected"])
    assert names(day_of(house, 3).departures) == ["Expected"]
    assert (names(before.arrivals), names(before.in_house)) == ([], ["Was here"])
    assert names(day_of(house, -1).departures) == ["Was here"]


@pytest.mark.parametrize(
    ("expected", "clock", "is_late"),
    [("21:30", "12:00", True), ("15:00", "15:30", False), ("15:00", "16:30", True), (None, "23:00", False)],
)
def test_who_is_late(house: Hotel, expected: str | None, clock: str, is_late: bool) -> None:
    booking = stay_of(house, 0, 2)
    Booking.objects.filter(pk=booking.pk).update(
        arrival_time=time.fromisoformat(expected) if expected else None
    )

    assert bool(day_of(house, hour=clock).late) == is_late


def test_the_clock_of_the_property_says_which_day_it_is(house: Hotel) -> None:
    stay_of(house, 0, 2)
    after_midnight = on_day(house, 0, "00:30")
    assert after_midnight.date() != property_today(house.property.time_zone, after_midnight)

    assert len(day_at_desk(house=house.property, at=after_midnight).arrivals) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", ["Ada King"]),
        ("KING ada", ["Ada King"]),
        ("10", ["Ada King"]),
        ("grace", ["Grace Hopper"]),
        ("ada hopper", []),
        ("", ["Ada King", "Grace Hopper"]),
    ],
)
def test_a_search_finds_names_rooms_and_references(
    house: Hotel, clerk: User, rooms: list[Room], text: str, found: list[str]
) -> None:
    checked_in(house, clerk, rooms[0], 0, 2, name="Ada King")
    grace = stay_of(house, 0, 2, name="Grace Hopper")
    day = day_of(house)

    assert sorted(names(day.matching(text).arrivals)) == found
    assert names(day.matching(grace.reference[:6].lower()).arrivals) == ["Grace Hopper"]


@pytest.mark.parametrize("guests", [1, 6])
def test_a_day_takes_four_queries(
    house: Hotel, clerk: User, rooms: list[Room], guests: int, django_assert_num_queries: Any
) -> None:
    for number in range(guests):
        checked_in(house, clerk, rooms[number], 0, 2, name=f"Guest {number}")

    with django_assert_num_queries(4):
        day = day_at_desk(house=house.property, at=timezone.now())

    assert len(day.in_house) == guests


def test_another_house_is_not_in_it(house: Hotel) -> None:
    from tests.factories.inventory import hotel

    other = hotel(rooms=1, nights=5, first=property_today("Europe/Berlin"))
    held(other)

    assert day_of(house).arrivals == []
