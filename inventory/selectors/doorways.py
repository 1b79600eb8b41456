"""What the search pages offer before anybody has searched: places to go, and what a house may have."""

from __future__ import annotations

from dataclasses import dataclass

from core.cache.keys import CATALOGUE
from core.cache.read import get_or_compute
from inventory.cache import EVERY_PROPERTY
from inventory.models import Amenity, RoomType

from .catalogue import Catalogue, catalogue_get
from .destinations import CitySummary, catalogues_of, cities_list, destinations_get
from .summaries import AmenitySummary, PhotoSummary


@dataclass(frozen=True, slots=True)
class CityDoorway:
    """A city with the picture of one of its houses."""

    city: CitySummary
    photo: PhotoSummary | None


def city_doorways(*, limit: int = 12) -> list[CityDoorway]:
    """Return the cities with most houses, each with a picture. No query if cached, else three."""
    cities = sorted(cities_list(), key=lambda entry: (-entry.properties, entry.city))[:limit]
    first_of: dict[tuple[str, str], int] = {}
    for entry in destinations_get():
        first_of.setdefault((entry.city, entry.country), entry.property_id)
    ids = [first_of[entry.city, entry.country] for entry in cities]
    catalogues = catalogues_of(property_ids=ids)
    return [
        CityDoorway(entry, catalogues[key].property.photo if key in catalogues else None)
        for entry, key in zip(cities, ids, strict=True)
    ]


def places_list() -> list[str]:
    """Return what a search may name: cities, then properties. No query if cached, else one."""
    entries = destinations_get()
    return [*sorted({entry.city for entry in entries}), *(entry.name for entry in entries)]


def search_amenities() -> list[AmenitySummary]:
    """Return what any published house offers, by name. No query if cached, else one."""

    def compute() -> list[AmenitySummary]:
        offered = Amenity.objects.filter(properties__is_published=True).order_by("name", "code").distinct()
        return [AmenitySummary(*row) for row in offered.values_list("code", "name")]

    return get_or_compute(CATALOGUE, EVERY_PROPERTY, ("amenities",), compute)


def catalogue_of_room_type(*, room_type_id: int) -> Catalogue | None:
    """Return the catalogue that sells a room type; None if no published house does. No query if cached, else three."""

    def compute() -> int | None:
        selling = RoomType.objects.active().filter(pk=room_type_id, property__is_published=True)
        return selling.values_list("property_id", flat=True).first()

    property_id = get_or_compute(CATALOGUE, EVERY_PROPERTY, ("room-type", room_type_id), compute)
    return catalogue_get(property_id=property_id) if property_id is not None else None
