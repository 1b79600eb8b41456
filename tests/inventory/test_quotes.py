"""What a stay costs, to the cent, through `quote_get`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from inventory.models import Rate
from inventory.types import Party
from tests.factories.inventory import (
    DerivedRatePlanFactory,
    Hotel,
    OccupancyPriceFactory,
    RatePlanFactory,
    RestrictionFactory,
    SpecialDayFactory,
    TaxFactory,
    hotel,
)
from tests.inventory.quoting import FIRST, lines, quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=30, rooms=3)


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
        "changes": {
            "guest": "if_refundable",
            "hours_before": 0,
            "fee": "0.000",
            "early_departure_percent": "100.00",
        },
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
