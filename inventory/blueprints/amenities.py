"""The amenities houses and rooms are described with. A code is also the name of its icon."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.models import Amenity

AMENITY_NAMES = {
    "access": "Step-free access",
    "bar": "Bar",
    "bath": "Bathtub",
    "coffee": "Breakfast room",
    "desk": "Desk",
    "door": "Balcony or terrace",
    "gym": "Gym",
    "heart": "Quiet location",
    "key": "Reception around the clock",
    "lift": "Lift",
    "lock": "Safe",
    "parking": "Parking",
    "pet": "Pets welcome",
    "pool": "Swimming pool",
    "restaurant": "Restaurant",
    "smoke-free": "Smoke-free",
    "snow": "Air conditioning",
    "spa": "Spa and sauna",
    "tv": "Television",
    "wifi": "Free Wi-Fi",
    "window": "A view",
}


def amenities_get(codes: Iterable[str]) -> list[Amenity]:
    """The amenities with these codes, created where they are missing. Raises `KeyError` for an unknown code."""
    wanted = list(dict.fromkeys(codes))
    Amenity.objects.bulk_create(
        [Amenity(code=code, name=AMENITY_NAMES[code]) for code in wanted], ignore_conflicts=True
    )
    return list(Amenity.objects.filter(code__in=wanted))
