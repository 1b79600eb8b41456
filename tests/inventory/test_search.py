"""Search over properties and the offers of one: what is shown can be sold, and the reason where it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from core.dates import StayDates
from core.exceptions import NotFound
from inventory.models import Rate, RoomInventory
from inventory.selectors import (
    SearchResults,
    cities_list,
    offers_for_property,
    properties_featured,
    property_by_slug,
    property_search,
    quote_get,
)
from inventory.services import rate_set
from inventory.types import Party
from tests.clock import clock_at
from tests.factories.inventory import (
    AmenityFactory,
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

FIRST = date(2027, 3, 1)
AT = datetime(2027, 2, 1, 12, tzinfo=UTC)
then = clock_at(AT)
STAY = StayDates(FIRST, FIRST + timedelta(days=2))


def search(destination: str = "Berlin", party: Party | None = None, **kwargs: Any) -> SearchResults:
    arguments: dict[str, Any] = {"stay": STAY, "party": party or Party(2), "at": AT}
    return property_search(destination=destination, **arguments | kwargs)


def found(results: SearchResults) -> list[tuple[str, str]]:
    return [(offer.property.name, str(offer.total)) for offer in results.offers]


def dropped(results: SearchResults) -> dict[str, str]:
    return {summary.name: reason.code for summary, reason in results.unavailable}


def test_cheapest_total_first_and_the_total_is_the_quotes() -> None:
    dear = hotel(first=FIRST, nights=5, price=120, name="Dear")
    cheap = hotel(first=FIRST, nights=5, price=80, name="Cheap")
    TaxFactory.create(property=cheap.property, value=Decimal(10), is_included=False)
    hotel(first=FIRST, nights=5, price=1, in_property=dear.property, room_type={"is_active": False})

    results = search(discount_percent=Decimal(5))

    assert found(results) == [("Cheap", "167.20"), ("Dear", "228.00")]
    offer = results.offers[0]
    fresh = quote_get(
        room_type_id=cheap.room_type.pk,
        rate_plan_id=cheap.plan.pk,
        stay=STAY,
        party=Party(2),
        discount_percent=Decimal(5),
        at=AT,
    )
    assert offer.cheapest_quote == fresh
    assert (offer.available, offer.refundable, offer.free_until) == (
        5,
        True,
        datetime(2027, 2, 27, 14, tzinfo=UTC),
    )
    assert offer.room_type.name == cheap.room_type.name
    assert offer.rate_plan.get_board_display() == "room only"


def test_the_cheapest_of_room_types_and_derived_plans_counts() -> None:
    house = hotel(first=FIRST, nights=5, price=100)
    hotel(first=FIRST, nights=5, price=90, in_property=house.property, plan=house.plan)
    DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan, name="Saver")

    offer = search().offers[0]

    assert (str(offer.total), offer.rate_plan.name) == ("162.00", "Saver")


def test_the_cheapest_is_found_where_a_tax_begins_during_the_stay() -> None:
    """Before taxes the second plan is cheaper; its dear night is the taxed one."""
    house = hotel(first=FIRST, nights=2, price=100)
    other = RatePlanFactory.create(property=house.property, name="Weekday saver")
    TaxFactory.create(
        property=house.property,
        value=Decimal(50),
        is_included=False,
        valid_from=FIRST + timedelta(days=1),
    )
    for night, price in ((FIRST, 40), (FIRST + timedelta(days=1), 150)):
        rate_set(rate_plan_id=other.pk, room_type_id=house.room_type.pk, date=night, price=Decimal(price))

    offer = search().offers[0]

    assert (str(offer.total), offer.rate_plan.name) == ("250.00", house.plan.name)


def test_why_properties_drop_out() -> None:
    sold_out = hotel(first=FIRST, nights=5, name="Sold out")
    RoomInventory.objects.filter(room_type=sold_out.room_type, date=FIRST).update(sold=5)
    minimum = hotel(first=FIRST, nights=5, name="Minimum")
    RestrictionFactory.create(property=minimum.property, first_date=FIRST, min_stay=4)
    no_arrival = hotel(first=FIRST, nights=5, name="No arrival")
    RestrictionFactory.create(property=no_arrival.property, first_date=FIRST, closed_to_arrival=True)
    hotel(first=FIRST, nights=1, name="Later")
    hotel(
        first=FIRST,
        nights=5,
        name="Small",
        room_type={"standard_occupancy": 1, "max_adults": 1, "max_children": 0},
    )
    unpriced = hotel(first=FIRST, nights=5, name="Unpriced")
    Rate.objects.filter(rate_plan=unpriced.plan, date=FIRST).delete()
    early = hotel(first=FIRST, nights=5, name="Early")
    BookingRuleFactory.create(property=early.property, earliest_days_before=3)
    hotel(first=FIRST, nights=5, name="Hidden", is_published=False)
    hotel(first=FIRST, nights=5, name="Fine")

    results = search()

    assert found(results) == [("Fine", "200.00")]
    assert dropped(results) == {
        "Sold out": "sold_out",
        "Minimum": "min_stay",
        "No arrival": "closed_to_arrival",
        "Later": "not_on_sale",
        "Small": "too_many_guests",
        "Unpriced": "no_rate",
        "Early": "too_early",
    }
    assert all(str(reason) for _summary, reason in results.unavailable)
    assert results.total_count == 8


def test_the_most_useful_reason_of_a_property() -> None:
    house = hotel(first=FIRST, nights=5)
    other = hotel(first=FIRST, nights=5, in_property=house.property, plan=house.plan)
    RestrictionFactory.create(
        property=house.property, room_type=other.room_type, first_date=FIRST, min_stay=3
    )
    derived = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    RestrictionFactory.create(property=house.property, rate_plan=derived, first_date=FIRST, min_stay=5)
    RoomInventory.objects.filter(room_type=house.room_type).update(sold=5)

    [(_summary, reason)] = search().unavailable

    assert (reason.code, reason.data) == ("min_stay", {"min_stay": 3})


def test_rooms_and_children_with_ages() -> None:
    house = hotel(first=FIRST, nights=5, rooms=2)
    OccupancyPriceFactory.create(room_type=house.room_type, guests="children", count=1, value=Decimal(15))

    assert found(search(party=Party(3, (4,), rooms=2))) == [(house.property.name, "430.00")]
    assert dropped(search(party=Party(3, (), rooms=3))) == {house.property.name: "sold_out"}


def test_dates_in_the_past() -> None:
    house = hotel(first=FIRST, nights=5)

    assert dropped(search(at=datetime(2027, 3, 2, tzinfo=UTC))) == {house.property.name: "in_the_past"}


@pytest.mark.parametrize(
    ("destination", "names"),
    [
        ("", ["A", "B", "C"]),
        ("zurich", ["B"]),
        ("  ZÜR ", ["B"]),
        ("germany", ["A", "C"]),
        ("Allemagne", ["A", "C"]),
        ("de", ["A", "C"]),
        ("Berlin, Deutschland", ["A"]),
        ("Berlin, France", []),
        ("nowhere", []),
    ],
)
def test_destinations(destination: str, names: list[str]) -> None:
    hotel(first=FIRST, nights=2, name="A", city="Berlin")
    hotel(first=FIRST, nights=2, name="B", city="Zürich", country="CH")
    hotel(first=FIRST, nights=2, name="C", city="München")

    assert sorted(name for name, _total in found(search(destination))) == names


def test_properties_by_a_part_of_their_name() -> None:
    hotel(first=FIRST, nights=2, name="Café Élysée", city="Paris", country="FR")

    assert [name for name, _total in found(search("elys"))] == ["Café Élysée"]


def test_filters_and_orders() -> None:
    pool, wifi = AmenityFactory.create(code="pool"), AmenityFactory.create(code="wifi")
    plain = hotel(first=FIRST, nights=2, name="Plain", stars=3, price=50)
    grand = hotel(first=FIRST, nights=2, name="Grand", stars=5, price=300)
    middle = hotel(first=FIRST, nights=2, name="Middle", stars=4, price=100)
    plain.plan.cancellation_policy.tiers.update(penalty_value=1)
    grand.property.amenities.add(pool, wifi)
    middle.property.amenities.add(wifi)
    breakfast = RatePlanFactory.create(property=plain.property, board="BB")
    Rate.objects.create(rate_plan=breakfast, room_type=plain.room_type, date=FIRST, price=70)
    Rate.objects.create(
        rate_plan=breakfast, room_type=plain.room_type, date=FIRST + timedelta(days=1), price=70
    )

    def names(**kwargs: Any) -> list[str]:
        return [name for name, _total in found(search(**kwargs))]

    assert names() == ["Plain", "Middle", "Grand"]
    assert names(order="stars") == ["Grand", "Middle", "Plain"]
    assert names(order="name") == ["Grand", "Middle", "Plain"]
    assert names(stars=4) == ["Middle", "Grand"]
    assert names(refundable=True) == ["Middle", "Grand"]
    assert names(amenities=["wifi"]) == ["Middle", "Grand"]
    assert names(amenities=["wifi", "pool"]) == ["Grand"]
    assert names(max_total=Decimal(200)) == ["Plain", "Middle"]
    assert found(search(board="BB")) == [("Plain", "140.00")]
    with pytest.raises(ValueError, match="order"):
        search(order="random")


def test_totals_of_different_currencies_are_not_compared() -> None:
    hotel(first=FIRST, nights=2, name="Euro A", price=100)
    hotel(first=FIRST, nights=2, name="Euro B", price=90)
    hotel(first=FIRST, nights=2, name="Franc", price=10, currency="CHF")

    assert [name for name, _total in found(search())] == ["Euro B", "Euro A", "Franc"]


@pytest.mark.parametrize("count", [1, 20])
def test_search_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(count):
        house = hotel(first=FIRST, nights=2, rooms=1)
        RestrictionFactory.create(property=house.property, first_date=FIRST, min_stay=1 + number % 3)
        house.property.amenities.add(AmenityFactory.create())

    with django_assert_num_queries(5):  # nothing is cached in a transaction that has written
        results = search()
        assert [offer.cheapest_quote for offer in results.offers]


# --- offers of one property -------------------------------------------------------------------------------------


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=5, rooms=3)


def offers(house: Hotel, party: Party | None = None, stay: StayDates = STAY, **kwargs: Any) -> list[Any]:
    return offers_for_property(
        property_id=house.property.pk, stay=stay, party=party or Party(2), at=AT, **kwargs
    )


def test_offers_are_room_types_and_plans_cheapest_first(house: Hotel) -> None:
    saver = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    suite = hotel(first=FIRST, nights=5, rooms=1, price=50, in_property=house.property, plan=house.plan)
    full = hotel(first=FIRST, nights=5, rooms=1, price=10, in_property=house.property, plan=house.plan)
    RoomInventory.objects.filter(room_type=full.room_type).update(held=1)

    found_offers = offers(house)

    assert [
        (offer.room_type.id, offer.available, offer.from_total, offer.reason and offer.reason.code)
        for offer in found_offers
    ] == [
        (suite.room_type.pk, 1, Decimal(90), None),
        (house.room_type.pk, 3, Decimal(180), None),
        (full.room_type.pk, 0, None, "sold_out"),
    ]
    assert [(plan.rate_plan.id, plan.total, plan.refundable) for plan in found_offers[1].plans] == [
        (saver.pk, Decimal(180), False),
        (house.plan.pk, Decimal(200), True),
    ]
    quote = found_offers[1].plans[1].quote
    assert quote == quote_get(
        room_type_id=house.room_type.pk, rate_plan_id=house.plan.pk, stay=STAY, party=Party(2), at=AT
    )


def test_a_plan_that_cannot_be_sold_has_its_reason(house: Hotel) -> None:
    saver = DerivedRatePlanFactory.create(property=house.property, derived_from=house.plan)
    RestrictionFactory.create(property=house.property, rate_plan=saver, first_date=FIRST, min_stay=3)

    [offer] = offers(house)

    assert [(plan.total, plan.reason and plan.reason.code) for plan in offer.plans] == [
        (Decimal(200), None),
        (None, "min_stay"),
    ]
    assert offer.plans[1].quote is None
    assert offer.reason is None


def test_a_special_day_counts_in_offers(house: Hotel) -> None:
    SpecialDayFactory.create(property=house.property, date=FIRST, min_stay=2)

    assert offers(house)[0].from_total == Decimal(225)
    assert offers(house, stay=StayDates(FIRST, FIRST + timedelta(days=1)))[0].reason.code == "min_stay"


@pytest.mark.parametrize("count", [1, 20])
def test_offers_queries(house: Hotel, count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _number in range(count):
        hotel(first=FIRST, nights=2, rooms=1, in_property=house.property)

    with django_assert_num_queries(4):
        assert all(plan.quote for offer in offers(house) for plan in offer.plans if plan.reason is None)


def test_offers_of_nothing() -> None:
    with pytest.raises(NotFound):
        offers_for_property(property_id=2**62, stay=STAY, party=Party(2))


# --- catalogue --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 20])
def test_property_by_slug(
    house: Hotel, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        RoomTypeFactory.create(property=house.property).amenities.add(AmenityFactory.create())

    with django_assert_num_queries(7):
        found_property = property_by_slug(house.property.slug)
        assert [list(entry.amenities.all()) for entry in found_property.room_types.all()]
        assert list(found_property.photos.all()) == []

    house.property.is_published = False
    house.property.save()
    with pytest.raises(NotFound):
        property_by_slug(house.property.slug)
    assert property_by_slug(house.property.slug, include_unpublished=True) == house.property


def test_cities_and_featured(house: Hotel) -> None:
    hotel(first=FIRST, nights=1, city="Aachen", stars=5, name="Best")
    hotel(first=FIRST, nights=1, city="Aachen", stars=1)

    assert [(city.city, city.properties) for city in cities_list()] == [("Aachen", 2), ("Berlin", 1)]
    assert [summary.name for summary in properties_featured(limit=2)] == ["Best", house.property.name]
