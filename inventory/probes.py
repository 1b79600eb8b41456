"""The main reads of the catalogue and of what is free, for perf_check."""

from __future__ import annotations

from datetime import timedelta

from core.dates import StayDates, property_today
from core.observability.page_probes import page
from core.observability.probes import Budget, Run, probe
from inventory.models import Property
from inventory.selectors import (
    AvailabilityRequest,
    availability_batch,
    availability_for_room_types,
    calendar_for_property,
    catalogue_get,
    price_history,
    property_search,
    room_types_for_property,
)
from inventory.types import Party

AHEAD_DAYS = 14
NIGHTS = 3


def _house() -> Property | None:
    """The published house with most room types."""
    houses = Property.objects.published().order_by("pk")[:200]
    return max(houses, key=lambda house: house.room_types.count(), default=None)


def _stay(house: Property) -> StayDates:
    arrival = property_today(house.time_zone) + timedelta(days=AHEAD_DAYS)
    return StayDates(arrival, arrival + timedelta(days=NIGHTS))


@probe(
    "room types of a property",
    selector="inventory.selectors.room_types_for_property",
    cold=Budget(5, 9),
    cached=Budget(1.5, 0),
)
def _room_types() -> Run | None:
    house = _house()
    return None if house is None else lambda: room_types_for_property(property_id=house.pk)


@probe(
    "availability of a property, 3 nights",
    selector="inventory.selectors.availability_for_room_types",
    cold=Budget(6, 1),
    cached=Budget(1.5, 0),
)
def _availability() -> Run | None:
    house = _house()
    return (
        None
        if house is None
        else lambda: availability_for_room_types(property_id=house.pk, stay=_stay(house))
    )


@probe(
    "availability of 50 stays",
    selector="inventory.selectors.availability_batch",
    cold=Budget(25, 1),
)
def _batch() -> Run | None:
    house = _house()
    if house is None:
        return None
    stay = _stay(house)
    asked = [
        AvailabilityRequest(
            property_id=house.pk,
            stay=StayDates(stay.arrival + timedelta(days=day), stay.departure + timedelta(days=day)),
            rooms=1,
        )
        for day in range(50)
    ]
    return lambda: availability_batch(requests=asked)


@probe(
    "availability of a city",
    selector="inventory.selectors.property_search",
    cold=Budget(15, 11),
)
def _city() -> Run | None:
    house = _house()
    if house is None:
        return None
    stay = _stay(house)
    return lambda: property_search(destination=house.city, stay=stay, party=Party(adults=2))


@probe(
    "calendar of a property, 60 days",
    selector="inventory.selectors.calendar_for_property",
    cold=Budget(40, 11),
    cached=Budget(2, 0),
)
def _calendar() -> Run | None:
    house = _house()
    if house is None:
        return None
    first = property_today(house.time_zone)
    return lambda: calendar_for_property(property_id=house.pk, first=first, days=60, party=Party(adults=2))


@probe(
    "price history of a room type",
    selector="inventory.selectors.price_history",
    cold=Budget(4, 4),
    cached=Budget(1.5, 0),
)
def _prices() -> Run | None:
    house = _house()
    catalogue = catalogue_get(property_id=house.pk) if house else None
    room_type_id = next(iter(catalogue.room_types), None) if catalogue else None
    if house is None or catalogue is None or room_type_id is None:
        return None
    stay = _stay(house)
    return lambda: price_history(
        catalogue=catalogue, room_type_id=room_type_id, stay=stay, party=Party(adults=2)
    )


@probe("page: home", selector="inventory.views.home", cold=Budget(40, 25), cached=Budget(20, 4))
def _home_page() -> Run | None:
    return page("/")


@probe("page: search", selector="inventory.views.search", cold=Budget(60, 25), cached=Budget(30, 6))
def _search_page() -> Run | None:
    house = _house()
    if house is None:
        return None
    stay = _stay(house)
    asked = {"destination": house.city, "arrival": str(stay.arrival), "departure": str(stay.departure)}
    return page("/search/", asked | {"adults": "2"})


@probe(
    "page: property", selector="inventory.views.property_detail", cold=Budget(60, 30), cached=Budget(30, 6)
)
def _property_page() -> Run | None:
    house = _house()
    return None if house is None else page(f"/hotels/{house.slug}/")


@probe(
    "API: availability",
    selector="inventory.api.views.AvailabilityView",
    cold=Budget(20, 20),
    cached=Budget(6, 2),
)
def _availability_api() -> Run | None:
    house = _house()
    if house is None:
        return None
    stay = _stay(house)
    asked = {"arrival": str(stay.arrival), "departure": str(stay.departure)}
    return page(f"/api/v1/properties/{house.slug}/availability/", asked)
