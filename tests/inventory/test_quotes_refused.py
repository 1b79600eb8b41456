"""Stays that may not be sold, and the reason that `quote_get` gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.dates import StayDates
from inventory.exceptions import SoldOut, UnknownRatePlan, UnknownRoomType
from inventory.models import Rate, RoomInventory
from inventory.types import Party
from tests.factories.inventory import (
    BookingRuleFactory,
    DerivedRatePlanFactory,
    Hotel,
    RatePlanFactory,
    RestrictionFactory,
    RoomTypeFactory,
    SpecialDayFactory,
    hotel,
)
from tests.inventory.quoting import FIRST, quote, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=30, rooms=3)


def test_sold_out_names_the_nights(house: Hotel) -> None:
    RoomInventory.objects.filter(date=FIRST + timedelta(days=1)).update(sold=2)

    assert quote(house, party=Party(1)).total == Decimal(200)
    with pytest.raises(SoldOut) as error:
        quote(house, party=Party(2, (), rooms=2))
    assert error.value.data == {"nights": ["2027-03-02"], "rooms": 2}


def test_nights_without_inventory_or_rate(house: Hotel) -> None:
    assert refusal(house, offset=29, nights=2) == ("not_on_sale", {"nights": ["2027-03-31"]})

    Rate.objects.filter(date=FIRST).delete()
    assert refusal(house) == ("no_rate", {"nights": ["2027-03-01"]})


def test_yesterday_is_past_by_the_clock_of_the_property() -> None:
    house = hotel(first=FIRST, nights=3, time_zone="Pacific/Auckland")  # 13 hours ahead

    assert quote(house, at=datetime(2027, 3, 1, 10, 59, tzinfo=UTC)).total == Decimal(200)
    late = datetime(2027, 3, 1, 11, 1, tzinfo=UTC)
    assert refusal(house, at=late)[0] == "in_the_past"
    assert refusal(house, at=late, for_staff=True)[0] == "in_the_past"


@pytest.mark.parametrize("party", [Party(3), Party(2, (3, 4)), Party(2, (15,))])
def test_too_many_guests(house: Hotel, party: Party) -> None:
    assert refusal(house, party=party) == (
        "too_many_guests",
        {"max_adults": 2, "max_children": 1, "max_occupancy": 3},
    )


def test_stays_too_short_and_too_long_on_the_arrival_date(house: Hotel) -> None:
    RestrictionFactory.create(property=house.property, first_date=FIRST, min_stay=3, max_stay=4)

    assert refusal(house, nights=2) == ("min_stay", {"min_stay": 3})
    assert refusal(house, nights=5) == ("max_stay", {"max_stay": 4})
    assert quote(house, nights=4).total == Decimal(400)
    assert quote(house, offset=1, nights=1).total == Decimal(100)


def test_closed_to_arrival_to_departure_and_closed(house: Hotel) -> None:
    second = FIRST + timedelta(days=1)
    RestrictionFactory.create(property=house.property, first_date=FIRST, closed_to_arrival=True)
    RestrictionFactory.create(property=house.property, first_date=second, closed_to_departure=True)
    RestrictionFactory.create(property=house.property, first_date=FIRST + timedelta(days=5), closed=True)

    assert refusal(house, nights=2) == ("closed_to_arrival", {"date": "2027-03-01"})
    house_in_february = StayDates(second, second + timedelta(days=2))
    assert quote(house, stay=house_in_february).total == Decimal(200)
    assert refusal(house, offset=4, nights=3) == ("closed", {"date": "2027-03-06"})
    assert quote(house, offset=4, nights=1).total == Decimal(100)  # departs on the closed night
    RestrictionFactory.create(
        property=house.property, first_date=FIRST + timedelta(days=4), closed_to_departure=True
    )
    assert refusal(house, offset=2, nights=2) == ("closed_to_departure", {"date": "2027-03-05"})


def test_weekdays_of_a_restriction(house: Hotel) -> None:
    RestrictionFactory.create(
        property=house.property,
        first_date=FIRST,
        last_date=FIRST + timedelta(days=20),
        weekdays=0b0100000,
        min_stay=2,
    )

    assert refusal(house, offset=5, nights=1) == ("min_stay", {"min_stay": 2})  # Saturday
    assert quote(house, offset=6, nights=1).total == Decimal(100)


def test_scopes_of_a_restriction(house: Hotel) -> None:
    other = RoomTypeFactory.create(property=house.property)
    other_plan = RatePlanFactory.create(property=house.property)
    derived = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    RestrictionFactory.create(property=house.property, room_type=other, first_date=FIRST, closed=True)
    RestrictionFactory.create(property=house.property, rate_plan=other_plan, first_date=FIRST, closed=True)
    assert quote(house).total == Decimal(200)

    on_parent = RestrictionFactory.create(
        property=house.property, rate_plan=house.plan, first_date=FIRST, closed=True
    )
    assert refusal(house)[0] == "closed"
    assert refusal(house, rate_plan_id=derived.pk)[0] == "closed"

    on_parent.rate_plan = derived
    on_parent.save()
    assert quote(house).total == Decimal(200)
    assert refusal(house, rate_plan_id=derived.pk)[0] == "closed"


def test_a_special_day_asks_for_a_stay_around_it(house: Hotel) -> None:
    SpecialDayFactory.create(property=house.property, date=FIRST + timedelta(days=3), min_stay=3)

    assert refusal(house, offset=3, nights=1) == ("min_stay", {"min_stay": 3})
    assert refusal(house, offset=2, nights=2) == ("min_stay", {"min_stay": 3})
    assert quote(house, offset=1, nights=2).total == Decimal(200)  # departs on it
    assert quote(house, offset=2, nights=3).total == Decimal(325)


def test_booking_rules_of_rooms_and_nights_the_strictest_counts(house: Hotel) -> None:
    BookingRuleFactory.create(property=house.property, max_nights=5, max_rooms=2)
    BookingRuleFactory.create(property=house.property, room_type=house.room_type, max_nights=7, max_rooms=1)

    assert refusal(house, nights=6) == ("too_long", {"max_stay": 5})
    assert refusal(house, party=Party(2, (), rooms=2)) == ("too_many_rooms", {"max_rooms": 1})
    assert quote(house, nights=5).total == Decimal(500)


def test_the_window_in_which_guests_may_book(house: Hotel) -> None:
    BookingRuleFactory.create(property=house.property, earliest_days_before=30, latest_hours_before=24)
    BookingRuleFactory.create(
        property=house.property, rate_plan=house.plan, earliest_days_before=60, latest_hours_before=2
    )

    # 30 days before, when the day begins in Berlin
    early = datetime(2027, 1, 29, 22, 59, tzinfo=UTC)
    assert refusal(house, at=early) == ("too_early", {"opens": "2027-01-30"})
    assert quote(house, at=early + timedelta(minutes=1)).total == Decimal(200)
    # 24 hours before 15:00 in Berlin
    last = datetime(2027, 2, 28, 14, 0, tzinfo=UTC)
    assert quote(house, at=last).total == Decimal(200)
    too_late = last + timedelta(seconds=1)
    assert refusal(house, at=too_late) == (
        "too_late",
        {"closed_at": "2027-02-28T14:00:00+00:00", "time_zone": "Europe/Berlin"},
    )
    assert quote(house, at=too_late, for_staff=True).total == Decimal(200)
    assert quote(house, at=early, for_staff=True).total == Decimal(200)


def test_without_a_rule_guests_may_book_until_the_end_of_the_arrival_day(house: Hotel) -> None:
    assert quote(house, at=datetime(2027, 3, 1, 22, 59, tzinfo=UTC)).total == Decimal(200)
    assert refusal(house, at=datetime(2027, 3, 1, 23, 0, tzinfo=UTC))[0] == "in_the_past"


def test_what_is_not_sold_at_all(house: Hotel) -> None:
    foreign = hotel(first=FIRST, nights=3)
    elsewhere = RatePlanFactory.create(property=house.property)
    elsewhere.room_types.add(RoomTypeFactory.create(property=house.property))

    for plan_id in (foreign.plan.pk, elsewhere.pk, 0, 2**70):
        with pytest.raises(UnknownRatePlan):
            quote(house, rate_plan_id=plan_id)
    for room_type_id in (0, -1, 2**70):
        with pytest.raises(UnknownRoomType):
            quote(house, room_type_id=room_type_id)


def test_unpublished_houses_and_inactive_rooms_and_plans(house: Hotel) -> None:
    house.property.is_published = False
    house.property.save()
    with pytest.raises(UnknownRoomType):
        quote(house)
    assert quote(house, for_staff=True).total == Decimal(200)

    house.plan.is_active = False
    house.plan.save()
    with pytest.raises(UnknownRatePlan):
        quote(house, for_staff=True)

    house.room_type.is_active = False
    house.room_type.save()
    with pytest.raises(UnknownRoomType):
        quote(house, for_staff=True)
