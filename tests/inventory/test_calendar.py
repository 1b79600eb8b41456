"""The calendar of a property, and free rooms without prices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from core.dates import StayDates
from core.exceptions import NotFound, ValidationFailed
from inventory.models import Rate, RoomInventory
from inventory.selectors import (
    AvailabilityRequest,
    CalendarNight,
    availability_batch,
    availability_for_room_types,
    calendar_for_property,
)
from inventory.selectors.availability import TooManyRequests
from inventory.types import Party
from tests.clock import clock_at
from tests.factories.inventory import (
    BookingRuleFactory,
    DerivedRatePlanFactory,
    Hotel,
    RestrictionFactory,
    SpecialDayFactory,
    hotel,
)

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 1)
AT = datetime(2027, 2, 1, 12, tzinfo=UTC)
then = clock_at(AT)


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=10, rooms=3)


def calendar(house: Hotel, days: int = 3, party: Party | None = None, **kwargs: Any) -> list[CalendarNight]:
    arguments: dict[str, Any] = {"first": FIRST, "days": days, "party": party or Party(2), "at": AT}
    return calendar_for_property(property_id=house.property.pk, **arguments | kwargs)


def codes(night: CalendarNight) -> list[str]:
    return [str(reason.code) for reason in night.reasons]


def test_the_cheapest_price_and_free_rooms_of_every_night(house: Hotel) -> None:
    other = hotel(first=FIRST, nights=10, rooms=2, price=90, in_property=house.property, plan=house.plan)
    DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    RoomInventory.objects.filter(room_type=other.room_type, date=FIRST + timedelta(days=1)).update(sold=2)
    SpecialDayFactory.create(property=house.property, date=FIRST + timedelta(days=2))

    nights = calendar(house)

    assert [(str(night.price_from), night.available, night.special_day) for night in nights] == [
        ("81.00", 5, ""),
        ("90.00", 3, ""),
        ("101.25", 5, "Trade fair"),
    ]
    assert [str(night.price_from) for night in calendar(house, party=Party(2, (), rooms=2))] == [
        "162.00",
        "180.00",
        "202.50",
    ]


def test_only_one_room_type_or_rate_plan(house: Hotel) -> None:
    other = hotel(first=FIRST, nights=10, rooms=2, price=90, in_property=house.property, plan=house.plan)
    saver = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)

    assert calendar(house, 1, room_type_id=house.room_type.pk)[0].price_from == Decimal("90.00")
    assert calendar(house, 1, room_type_id=house.room_type.pk)[0].available == 3
    assert calendar(house, 1, rate_plan_id=house.plan.pk)[0].price_from == Decimal("90.00")
    both: dict[str, Any] = {"room_type_id": other.room_type.pk, "rate_plan_id": saver.pk}
    assert calendar(house, 1, **both)[0].price_from == Decimal("81.00")
    assert codes(calendar(house, 1, rate_plan_id=2**62)[0]) == ["no_rate"]


def test_what_a_guest_has_to_know_before_arriving(house: Hotel) -> None:
    day = [FIRST + timedelta(days=offset) for offset in range(7)]
    RestrictionFactory.create(property=house.property, first_date=day[0], min_stay=3, max_stay=5)
    RestrictionFactory.create(property=house.property, first_date=day[1], closed_to_arrival=True)
    RestrictionFactory.create(property=house.property, first_date=day[2], closed_to_departure=True)
    RestrictionFactory.create(property=house.property, first_date=day[3], closed=True)
    SpecialDayFactory.create(property=house.property, date=day[4], min_stay=2)
    RoomInventory.objects.filter(date=day[5]).update(sold=3)
    Rate.objects.filter(date=day[6]).delete()

    nights = calendar(house, days=11)

    assert [codes(night) for night in nights] == [
        ["min_stay"],
        ["closed_to_arrival"],
        [],
        ["closed"],
        ["min_stay"],
        ["sold_out"],
        ["no_rate"],
        [],
        [],
        [],
        ["not_on_sale"],
    ]
    assert (nights[0].min_stay, nights[0].max_stay) == (3, 5)
    assert nights[1].closed_to_arrival
    assert nights[1].price_from == Decimal("100.00")
    assert nights[2].closed_to_departure
    assert nights[3].price_from is None
    assert nights[4].min_stay == 2
    assert [night.price_from for night in nights[5:7]] == [None, None]
    assert nights[0].reason is not None
    assert str(nights[0].reason) == "The minimum stay is 3 nights."


def test_the_most_lenient_plan_counts(house: Hotel) -> None:
    saver = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    RestrictionFactory.create(
        property=house.property, rate_plan=saver, first_date=FIRST, closed_to_arrival=True
    )
    RestrictionFactory.create(
        property=house.property, rate_plan=saver, first_date=FIRST + timedelta(days=1), min_stay=4, max_stay=5
    )

    nights = calendar(house, days=2)

    assert [(codes(night), night.min_stay, night.max_stay) for night in nights] == [
        ([], 1, None),
        ([], 1, None),
    ]


def test_the_window_of_bookings_and_the_past(house: Hotel) -> None:
    BookingRuleFactory.create(property=house.property, earliest_days_before=2)

    nights = calendar(house, days=5, at=datetime(2027, 3, 2, 12, tzinfo=UTC))

    assert [(night.date.day, codes(night)) for night in nights] == [
        (2, []),
        (3, []),
        (4, []),
        (5, ["too_early"]),
    ]
    assert calendar(house, days=1, at=datetime(2027, 3, 2, 12, tzinfo=UTC)) == []


def test_guests_who_fit_nowhere(house: Hotel) -> None:
    [night] = calendar(house, 1, party=Party(4))

    assert (codes(night), night.available, night.price_from) == (["too_many_guests"], 0, None)
    assert str(night.reason) == "At most 3 guests fit into a room."


@pytest.mark.parametrize("days", [0, 401])
def test_calendars_have_limits(house: Hotel, days: int) -> None:
    with pytest.raises(ValidationFailed):
        calendar(house, days)


def test_calendars_of_nothing() -> None:
    with pytest.raises(NotFound):
        calendar_for_property(property_id=2**62, first=FIRST, days=1, party=Party(1))


@pytest.mark.parametrize("count", [1, 20])
def test_calendar_queries(
    house: Hotel, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        hotel(first=FIRST, nights=10, rooms=1, in_property=house.property)
        RestrictionFactory.create(property=house.property, first_date=FIRST + timedelta(days=number))

    with django_assert_num_queries(4):
        calendar(house, days=10)


# --- availability -----------------------------------------------------------------------------------------------


def test_availability_night_by_night(house: Hotel) -> None:
    RoomInventory.objects.filter(date=FIRST).update(sold=2)

    [found] = availability_for_room_types(property_id=house.property.pk, stay=house.stay(0, 2))

    assert (found.room_type_id, found.available) == (house.room_type.pk, 1)
    assert found.nights == ((FIRST, 1), (FIRST + timedelta(days=1), 3))


def test_a_night_beyond_the_inventory_leaves_nothing(house: Hotel) -> None:
    [found] = availability_for_room_types(property_id=house.property.pk, stay=house.stay(9, 2))

    assert (found.available, len(found.nights)) == (0, 1)


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_is_one_query(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    houses = [hotel(first=FIRST, nights=5, rooms=2) for _number in range(count)]
    requests = [
        AvailabilityRequest(
            house.property.pk, StayDates(FIRST, FIRST + timedelta(days=1 + number % 3)), rooms=2
        )
        for number, house in enumerate(houses)
    ]
    unknown = [
        AvailabilityRequest(key, house_stay, 1)
        for key in (2**62, 2**70, 0)
        for house_stay in [requests[0].stay]
    ]

    with django_assert_num_queries(1):
        answers = availability_batch(requests=[*requests, *unknown])

    assert [answer.sellable for answer in answers] == [
        *((house.room_type.pk,) for house in houses),
        (),
        (),
        (),
    ]
    assert [answer.request for answer in answers] == [*requests, *unknown]


def test_a_batch_has_a_limit(house: Hotel) -> None:
    with pytest.raises(TooManyRequests):
        availability_batch(requests=[AvailabilityRequest(house.property.pk, house.stay())] * 51)
