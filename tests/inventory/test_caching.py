"""What is read through the cache, what outdates it, and that nothing is sold from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from core.cache.client import cache_server
from core.cache.read import local
from core.dates import StayDates, property_today
from inventory.models import Amenity, Rate, RoomInventory
from inventory.selectors import (
    RoomTypeOffer,
    availability_for_room_types,
    calendar_for_property,
    catalogue_by_slug,
    catalogue_get,
    cities_list,
    offers_for_property,
    property_search,
    quote_get,
    special_days_for_property,
)
from inventory.services import block_create, inventory_extend, rate_set
from inventory.services.nights import nights_hold
from inventory.types import Party
from tests.clock import clock_at
from tests.factories.inventory import (
    AmenityFactory,
    Hotel,
    RestrictionFactory,
    RoomTypeFactory,
    SpecialDayFactory,
    TaxFactory,
    hotel,
)

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2027, 3, 1)
then = clock_at(datetime(2027, 2, 1, 12, tzinfo=UTC))
STAY = StayDates(FIRST, FIRST + timedelta(days=2))


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Start with nothing cached and leave nothing behind."""

    def forget() -> None:
        local.clear()
        cache_server().call(lambda redis: redis.flushdb(), default=True)

    forget()
    yield
    forget()


@pytest.fixture
def house() -> Hotel:
    return hotel(first=FIRST, nights=10, rooms=3)


def search() -> list[str]:
    results = property_search(destination="Berlin", stay=STAY, party=Party(2))
    return [str(offer.total) for offer in results.offers]


def offers(house: Hotel) -> list[str]:
    found = offers_for_property(property_id=house.property.pk, stay=STAY, party=Party(2))
    return [str(offer.from_total) for offer in found]


def calendar(house: Hotel) -> list[str]:
    nights = calendar_for_property(property_id=house.property.pk, first=FIRST, days=2, party=Party(2))
    return [str(night.price_from) for night in nights]


def free(house: Hotel) -> list[int]:
    return [
        entry.available for entry in availability_for_room_types(property_id=house.property.pk, stay=STAY)
    ]


def test_what_was_read_once_is_read_without_a_query(
    house: Hotel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    readers: list[Callable[[], Any]] = [
        lambda: offers(house),
        lambda: calendar(house),
        lambda: free(house),
        lambda: catalogue_by_slug(slug=house.property.slug),
        lambda: special_days_for_property(property_id=house.property.pk),
        cities_list,
    ]
    before = [reader() for reader in readers]
    assert search() == ["200.00"]

    with django_assert_num_queries(0):
        after = [reader() for reader in readers]

    assert after == before
    with django_assert_num_queries(2):  # free rooms and rates are always read afresh
        search()


@pytest.mark.parametrize(
    "write",
    [
        lambda house: TaxFactory.create(property=house.property, value=Decimal(10), is_included=False),
        lambda house: RestrictionFactory.create(property=house.property, first_date=FIRST, min_stay=3),
        lambda house: SpecialDayFactory.create(property=house.property, date=FIRST),
        lambda house: RoomTypeFactory.create(property=house.property),
        lambda house: house.plan.room_types.add(RoomTypeFactory.create(property=house.property)),
    ],
    ids=["tax", "restriction", "special day", "room type", "room types of a plan"],
)
def test_a_write_to_the_catalogue_is_seen_at_once(house: Hotel, write: Callable[[Hotel], Any]) -> None:
    before = (search(), offers(house))

    write(house)

    assert (search(), offers(house)) != before


def test_amenities_are_seen_from_either_side(house: Hotel) -> None:
    def shown() -> list[str]:
        return [str(amenity) for amenity in catalogue_get(property_id=house.property.pk).property.amenities]

    pool = AmenityFactory.create(name="Pool")
    assert shown() == []
    pool.properties.add(house.property)
    assert shown() == ["Pool"]
    Amenity.objects.get().delete()
    assert shown() == []
    sauna = AmenityFactory.create(name="Sauna")
    house.property.amenities.add(sauna)
    sauna.name = "Spa"
    sauna.save()
    assert shown() == ["Spa"]
    sauna.properties.clear()
    assert shown() == []


@pytest.mark.parametrize(
    "write",
    [
        lambda house: RoomInventory.objects.get(date=FIRST).delete(),
        lambda house: Rate.objects.get(date=FIRST).delete(),
        lambda house: block_create(
            room_type_id=house.room_type.pk, start=FIRST, end=STAY.departure, rooms=3, reason="Painting"
        ),
    ],
    ids=["night", "rate", "block"],
)
def test_a_write_to_nights_and_rates_is_seen_at_once(house: Hotel, write: Callable[[Hotel], Any]) -> None:
    assert (offers(house), calendar(house)) == (["200.00"], ["100.00", "100.00"])

    write(house)

    assert offers(house) == ["None"]
    assert calendar(house)[0] == "None"


def test_services_that_write_in_bulk_outdate_what_they_wrote(house: Hotel) -> None:
    assert (free(house), calendar(house)) == ([3], ["100.00", "100.00"])
    beyond = StayDates(FIRST + timedelta(days=9), FIRST + timedelta(days=11))
    assert availability_for_room_types(property_id=house.property.pk, stay=beyond)[0].available == 0

    with transaction.atomic():
        nights_hold(room_type_id=house.room_type.pk, stay=STAY, rooms=1)
        assert free(house) == [2]
    assert free(house) == [2]

    rate_set(rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=FIRST, price=Decimal(50))
    assert calendar(house) == ["50.00", "100.00"]

    horizon = (FIRST - property_today(house.property.time_zone)).days + 30
    inventory_extend(property_id=house.property.pk, days_ahead=horizon)
    assert availability_for_room_types(property_id=house.property.pk, stay=beyond)[0].available == 3


def test_rooms_sold_in_one_week_leave_the_others_cached(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monday = date(2027, 3, 22)
    house = hotel(first=monday - timedelta(days=2), nights=40, rooms=3)
    before, across, after = (
        StayDates(day, day + timedelta(days=2))
        for day in (monday, monday + timedelta(days=6), monday + timedelta(days=11))
    )

    def free(stay: StayDates) -> int:
        (offer,) = offers_for_property(property_id=house.property.pk, stay=stay, party=Party(2))
        return offer.available

    assert [free(stay) for stay in (before, across, after)] == [3, 3, 3]
    sold = monday + timedelta(days=7)
    with transaction.atomic():
        nights_hold(stay=StayDates(sold, sold + timedelta(days=1)), room_type_id=house.room_type.pk, rooms=1)

    with django_assert_num_queries(0):
        assert free(before) == 3
    with django_assert_num_queries(2):
        assert free(across) == 2
    with django_assert_num_queries(2):
        assert free(after) == 3


def test_other_nights_of_a_week_that_somebody_asked_for_are_cached(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monday = date(2027, 3, 22)
    house = hotel(first=monday, nights=5, rooms=3)

    def offer(first: int, last: int) -> RoomTypeOffer:
        stay = StayDates(monday + timedelta(days=first), monday + timedelta(days=last))
        (found,) = offers_for_property(property_id=house.property.pk, stay=stay, party=Party(2))
        return found

    assert offer(0, 1).from_total == 100

    with django_assert_num_queries(0):
        assert offer(1, 4).from_total == 300
        assert (offer(4, 6).available, offer(4, 6).from_total) == (0, None)


def test_a_write_that_is_rolled_back_outdates_nothing_and_is_not_cached(house: Hotel) -> None:
    assert free(house) == [3]

    with transaction.atomic():
        nights_hold(room_type_id=house.room_type.pk, stay=STAY, rooms=1)
        assert free(house) == [2]
        transaction.set_rollback(True)

    assert free(house) == [3]


def test_a_quote_never_comes_from_the_cache(house: Hotel) -> None:
    assert offers(house) == ["200.00"]

    Rate.objects.update(price=1)  # a bulk write that nobody announced

    assert offers(house) == ["200.00"]
    quote = quote_get(room_type_id=house.room_type.pk, rate_plan_id=house.plan.pk, stay=STAY, party=Party(2))
    assert quote.total == 2
