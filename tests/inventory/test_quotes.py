"""What a stay costs, to the cent, and whether it may be sold, through `quote_get`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from core.dates import StayDates
from inventory.exceptions import SoldOut, StayNotSellable, UnknownRatePlan, UnknownRoomType
from inventory.models import Rate, RoomInventory
from inventory.selectors import quote_get
from inventory.types import Party, Quote
from tests.factories.inventory import (
    BookingRuleFactory,
    DerivedRatePlanFactory,
    Hotel,
    OccupancyPriceFactory,
    RatePlanFactory,
    RestrictionFactory,
    RoomTypeFactory,
    SpecialDayFactory,
    TaxFactory,
    hotel,
)

pytestmark = pytest.mark.django_db

FIRST = date(2027, 3, 1)  # a Monday
AT = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=30, rooms=3)


def quote(house: Hotel, offset: int = 0, nights: int = 2, party: Party | None = None, **kwargs: Any) -> Quote:
    arguments: dict[str, Any] = {
        "room_type_id": house.room_type.pk,
        "rate_plan_id": house.plan.pk,
        "stay": house.stay(offset, nights),
        "party": party or Party(2),
        "at": AT,
    }
    return quote_get(**arguments | kwargs)


def lines(found: Quote) -> list[tuple[str, str]]:
    return [(str(line.kind), str(line.amount)) for line in found.lines]


def refusal(house: Hotel, *args: Any, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(StayNotSellable) as error:
        quote(house, *args, **kwargs)
    assert str(error.value)
    return error.value.code, error.value.data


def test_nights_at_the_rate(house: Hotel) -> None:
    found = quote(house)

    assert lines(found) == [("room", "100.00"), ("room", "100.00")]
    assert [(night.date, night.room_index, night.price) for night in found.nights] == [
        (FIRST, 1, Decimal("100.00")),
        (FIRST + timedelta(days=1), 1, Decimal("100.00")),
    ]
    assert (found.room_total, found.tax_added, found.tax_included) == (Decimal(200), Decimal(0), Decimal(0))
    assert (str(found.total), str(found.deposit_due)) == ("200.00", "0.00")
    assert found.currency == "EUR"


@pytest.mark.parametrize(
    ("kind", "value", "price"),
    [
        ("percent", "-10", "90.00"),
        ("percent", "12.5", "112.50"),
        ("amount", "15", "115.00"),
        ("amount", "-200", "0.00"),
    ],
)
def test_a_derived_plan_follows_its_parent(house: Hotel, kind: str, value: str, price: str) -> None:
    plan = DerivedRatePlanFactory.create(
        property=house.property, derived_from=house.plan, derived_kind=kind, derived_value=Decimal(value)
    )

    assert lines(quote(house, nights=1, rate_plan_id=plan.pk)) == [("room", price)]


@pytest.mark.parametrize(
    ("adults", "ages", "price"),
    [
        (2, (), "100.00"),
        (1, (), "80.00"),
        (3, (), "130.00"),
        (4, (), "130.00"),  # no price for four: that of three counts
        (2, (5,), "110.00"),
        (2, (5, 3), "115.00"),
        (1, (5,), "90.00"),
        (2, (13,), "130.00"),  # older than the property's limit: an adult
    ],
)
def test_prices_by_occupancy(adults: int, ages: tuple[int, ...], price: str) -> None:
    house = hotel(
        first=FIRST,
        nights=3,
        room_type={"max_adults": 4, "max_children": 2, "max_occupancy": 6},
        child_max_age=12,
    )
    for guests, count, kind, value in (
        ("adults", 1, "amount", "-20"),
        ("adults", 3, "percent", "30"),
        ("children", 1, "amount", "10"),
        ("children", 2, "percent", "15"),
    ):
        OccupancyPriceFactory.create(
            room_type=house.room_type, guests=guests, count=count, kind=kind, value=Decimal(value)
        )

    assert lines(quote(house, nights=1, party=Party(adults, ages))) == [("room", price)]


def test_differences_follow_the_derived_price(house: Hotel) -> None:
    OccupancyPriceFactory.create(room_type=house.room_type, count=1, kind="percent", value=Decimal(-50))
    plan = DerivedRatePlanFactory.create(
        property=house.property, derived_from=house.plan, derived_kind="amount", derived_value=Decimal(20)
    )

    assert lines(quote(house, nights=1, party=Party(1), rate_plan_id=plan.pk)) == [("room", "60.00")]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("multiplier", "1.255", [("room", "100.00"), ("special_day", "25.50")]),
        ("multiplier", "0.5", [("room", "100.00"), ("special_day", "-50.00")]),
        ("multiplier", "1", [("room", "100.00")]),
        ("surcharge", "33.333", [("room", "100.00"), ("special_day", "33.33")]),
    ],
)
def test_special_days(house: Hotel, kind: str, value: str, expected: list[tuple[str, str]]) -> None:
    SpecialDayFactory.create(property=house.property, date=FIRST, kind=kind, value=Decimal(value))

    assert lines(quote(house, nights=1)) == expected
    assert lines(quote(house, offset=1, nights=1)) == [("room", "100.00")]


def test_the_member_discount_is_rounded_every_night(house: Hotel) -> None:
    Rate.objects.update(price=Decimal("99.99"))
    SpecialDayFactory.create(property=house.property, date=FIRST, kind="surcharge", value=Decimal(10))

    found = quote(house, discount_percent=Decimal("7.5"))

    assert lines(found) == [
        ("room", "99.99"),
        ("special_day", "10.00"),
        ("member_discount", "-8.25"),  # 109.99 x 0.075 = 8.24925
        ("room", "99.99"),
        ("member_discount", "-7.50"),  # 7.49925
    ]
    assert found.total == Decimal("194.23")


def test_no_member_discount_on_a_plan_without_it(house: Hotel) -> None:
    plan = RatePlanFactory.create(property=house.property, member_discount=False)
    Rate.objects.update(rate_plan=plan)

    assert quote(house, discount_percent=Decimal(10), rate_plan_id=plan.pk).total == Decimal(200)


def test_included_taxes_inform_and_added_taxes_are_charged(house: Hotel) -> None:
    TaxFactory.create(property=house.property, name="VAT", value=Decimal(7), position=1)
    TaxFactory.create(property=house.property, name="Culture", value=Decimal(3), position=2)
    TaxFactory.create(
        property=house.property, name="Service", value=Decimal("5.5"), is_included=False, position=3
    )

    found = quote(house)

    assert [(line.label, str(line.amount), line.is_included) for line in found.lines[2:]] == [
        ("VAT", "12.73", True),  # 200 x 7 / 110
        ("Culture", "5.45", True),
        ("Service", "11.00", False),
    ]
    assert (found.room_total, found.tax_included, found.tax_added, found.total) == (
        Decimal(200),
        Decimal("18.18"),
        Decimal("11.00"),
        Decimal("211.00"),
    )


def test_city_tax_per_person_has_a_cap_of_nights_and_an_age_limit(house: Hotel) -> None:
    TaxFactory.create(
        property=house.property,
        kind="person_night",
        value=Decimal("2.50"),
        is_included=False,
        max_nights=3,
        min_age=14,
    )

    assert quote(house, nights=5).tax_added == Decimal("15.00")  # 2 guests, 3 of 5 nights
    assert quote(house, nights=2).tax_added == Decimal("10.00")
    assert quote(house, nights=5, party=Party(1, (13,))).tax_added == Decimal("7.50")
    assert quote(house, nights=5, party=Party(1, (14,))).tax_added == Decimal("15.00")
    assert quote(house, nights=1, party=Party(3, (5,), rooms=2)).tax_added == Decimal("7.50")


def test_a_tax_per_room_and_night(house: Hotel) -> None:
    TaxFactory.create(
        property=house.property, kind="room_night", value=Decimal("1.10"), is_included=False, max_nights=2
    )

    assert quote(house, nights=3, party=Party(4, (), rooms=2)).tax_added == Decimal("4.40")


def test_a_tax_counts_on_the_nights_it_is_valid(house: Hotel) -> None:
    TaxFactory.create(
        property=house.property,
        value=Decimal(10),
        is_included=False,
        valid_from=FIRST + timedelta(days=1),
        valid_until=FIRST + timedelta(days=2),
    )

    assert quote(house, nights=1).tax_added == Decimal(0)
    assert quote(house, nights=2).tax_added == Decimal(10)
    assert quote(house, nights=4).tax_added == Decimal(20)
    assert [line.kind for line in quote(house, nights=1).lines] == ["room"]


@pytest.mark.parametrize(
    ("currency", "price", "percent", "expected"),
    [
        ("JPY", "12345", "7.5", ["12345", "-926", "572", "11991"]),
        ("KWD", "31.255", "7.5", ["31.255", "-2.344", "1.447", "30.358"]),
    ],
)
def test_currencies_without_and_with_three_digits(
    currency: str, price: str, percent: str, expected: list[str]
) -> None:
    house = hotel(first=FIRST, nights=2, price=price, currency=currency)
    TaxFactory.create(property=house.property, value=Decimal("5.006"), is_included=False)

    found = quote(house, nights=1, discount_percent=Decimal(percent))

    assert [*(str(line.amount) for line in found.lines), str(found.total)] == expected


@pytest.mark.parametrize(
    ("kind", "value", "due"),
    [
        ("none", "0", "0.00"),
        ("percent", "33.3", "72.59"),  # of 218
        ("first_night", "0", "100.00"),
        ("amount", "40", "40.00"),
        ("amount", "4000", "218.00"),
        ("full", "0", "218.00"),
    ],
)
def test_the_deposit(kind: str, value: str, due: str) -> None:
    house = hotel(first=FIRST, nights=3, deposit=kind, deposit_value=value)
    TaxFactory.create(property=house.property, value=Decimal(9), is_included=False)

    assert str(quote(house).deposit_due) == due


def test_cancellation_terms_are_a_snapshot() -> None:
    house = hotel(first=FIRST, nights=3, tiers=((24, "nights", 1), (72, "percent", "12.5")))

    terms = quote(house).cancellation_terms

    assert terms == {
        "policy": house.plan.cancellation_policy.name,
        "tiers": [
            {"hours_before": 72, "penalty_kind": "percent", "penalty_value": "12.500"},
            {"hours_before": 24, "penalty_kind": "nights", "penalty_value": "1.000"},
        ],
        "no_show_percent": "100.00",
        "arrival_at": "2027-03-01T14:00:00+00:00",  # 15:00 in Berlin
        "time_zone": "Europe/Berlin",
    }


def test_the_fingerprint_changes_with_what_is_sold_and_not_with_its_language(house: Hotel) -> None:
    before = quote(house, discount_percent=Decimal(10))
    with translation.override("de"):
        assert quote(house, discount_percent=Decimal(10)).fingerprint == before.fingerprint
    assert quote(house, discount_percent=Decimal(11)).fingerprint != before.fingerprint
    assert quote(house, offset=1, discount_percent=Decimal(10)).fingerprint != before.fingerprint

    house.plan.name = "Another name"
    house.plan.save()
    assert quote(house, discount_percent=Decimal(10)).fingerprint == before.fingerprint

    house.plan.cancellation_policy.no_show_percent = Decimal(50)
    house.plan.cancellation_policy.save()
    assert quote(house, discount_percent=Decimal(10)).fingerprint != before.fingerprint


def test_the_night_the_clocks_change_is_one_night() -> None:
    house = hotel(first=date(2027, 3, 27), nights=3)

    found = quote(house, nights=2)  # 28 March 2027: 02:00 becomes 03:00 in Berlin

    assert found.total == Decimal(200)
    assert len(found.nights) == 2


@pytest.mark.parametrize("rooms", [1, 20])
def test_two_queries(django_assert_num_queries: DjangoAssertNumQueries, rooms: int) -> None:
    house = hotel(first=FIRST, nights=30, rooms=30)
    for number in range(rooms):
        hotel(first=FIRST, nights=30, rooms=1, in_property=house.property)
        TaxFactory.create(property=house.property, position=number)
        SpecialDayFactory.create(property=house.property, date=FIRST + timedelta(days=number))
        RestrictionFactory.create(
            property=house.property, first_date=FIRST + timedelta(days=number), min_stay=1
        )
        OccupancyPriceFactory.create(room_type=house.room_type, count=number + 3)

    with django_assert_num_queries(2):
        quote(house, nights=rooms)


# --- refusals ---------------------------------------------------------------------------------------------------


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


def test_the_quote_as_json_is_plain(house: Hotel) -> None:
    SpecialDayFactory.create(property=house.property, date=FIRST)
    found = quote(house, nights=1, party=Party(1, (3,))).as_json()

    assert found["party"] == {"adults": 1, "children_ages": [3], "rooms": 1}
    assert found["lines"][1] == {
        "kind": "special_day",
        "label": "Trade fair",
        "amount": "25.00",
        "date": "2027-03-01",
        "room_index": 1,
        "is_included": False,
        "data": {"name": "Trade fair", "kind": "multiplier", "value": "1.250"},
    }
    assert found["nights"] == [{"date": "2027-03-01", "room_index": 1, "price": "125.00"}]
    assert (found["total"], found["arrival"], found["departure"]) == ("125.00", "2027-03-01", "2027-03-02")
