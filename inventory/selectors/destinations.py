"""Where guests may want to go: published properties by city, country and name, found as people type them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from core.cache.keys import CATALOGUE
from core.cache.read import get_or_compute
from core.formats import country_name
from inventory.cache import EVERY_PROPERTY
from inventory.models import Property

from .catalogue import Catalogue, catalogues_load
from .summaries import PropertySummary


@dataclass(frozen=True, slots=True)
class Destination:
    """What a property is found by."""

    property_id: int
    name: str
    city: str
    country: str
    stars: int | None


@dataclass(frozen=True, slots=True)
class CitySummary:
    """A city with published properties."""

    city: str
    country: str
    properties: int

    @property
    def country_name(self) -> str:
        """Name the country in the active language."""
        return country_name(self.country)

    def __str__(self) -> str:
        return f"{self.city}, {self.country_name}"


def destinations_get() -> tuple[Destination, ...]:
    """Return every published property, by name. No query if cached, else one."""

    def compute() -> tuple[Destination, ...]:
        rows = Property.objects.published().order_by("name", "id")
        return tuple(Destination(*row) for row in rows.values_list("id", "name", "city", "country", "stars"))

    return get_or_compute(CATALOGUE, EVERY_PROPERTY, "destinations", compute)


def destination_ids(destination: str) -> list[int]:
    """Return the published properties that a destination means; all for an empty one. No query if cached, else one.

    Each part between commas must be the beginning of the city, the country (its name in one of the site's languages,
    or its code), or within the name of the property. Case and accents do not count.
    """
    parts = [part for part in map(fold, destination.split(",")) if part]
    return [entry.property_id for entry in destinations_get() if all(_matches(entry, part) for part in parts)]


def cities_list() -> list[CitySummary]:
    """Return the cities with published properties, by name. No query if cached, else one."""
    counts = Counter((entry.city, entry.country) for entry in destinations_get())
    return [CitySummary(city, country, number) for (city, country), number in sorted(counts.items())]


def properties_featured(*, limit: int = 6) -> list[PropertySummary]:
    """Return published properties for the home page, most stars first. No query if cached, else nine."""
    best = sorted(destinations_get(), key=lambda entry: (-(entry.stars or 0), entry.name))[:limit]
    catalogues = catalogues_of(property_ids=[entry.property_id for entry in best])
    return [catalogues[entry.property_id].property for entry in best if entry.property_id in catalogues]


def catalogues_of(*, property_ids: list[int]) -> dict[int, Catalogue]:
    """Return the catalogues of some published properties. No query if cached, else eight, however many."""
    if not property_ids:
        return {}
    key: tuple[str | int, ...] = ("catalogues", *sorted(property_ids))
    return get_or_compute(CATALOGUE, EVERY_PROPERTY, key, lambda: catalogues_load(property_ids=property_ids))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Reduce text to what counts in a comparison: no case, no accents, single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.replace("-", " ").split())


@lru_cache(maxsize=512)
def _country_names(country: str) -> frozenset[str]:
    names = {fold(country_name(country, language)) for language, _name in settings.LANGUAGES}
    return frozenset(names | {fold(country)})


def _matches(entry: Destination, part: str) -> bool:
    return (
        fold(entry.city).startswith(part) or part in _country_names(entry.country) or part in fold(entry.name)
    )
