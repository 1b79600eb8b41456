"""Where guests may want to go: published properties by city, country and name, found as people type them."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q

from core.cache.keys import CATALOGUE
from core.cache.read import get_or_compute
from core.countries import country_choices
from core.formats import country_name
from inventory.cache import EVERY_PROPERTY
from inventory.models import Property
from inventory.words import NAME_AND_CITY, words_match, words_rank

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
    """Return the published properties that a destination means, the best first; all by name for an empty one.

    Each part between commas must be the country (its name in one of the site's languages, or its code), or each of its
    words the beginning of a word in the property's name or city. Only where no property fits so, descriptions count as
    well: who looks for a city does not mean houses elsewhere that mention it. Case and accents do not count. No query
    if cached, else one.
    """
    parts = tuple(part for part in map(fold, destination.split(",")) if part)
    if not parts:
        return [entry.property_id for entry in destinations_get()]
    return get_or_compute(
        CATALOGUE, EVERY_PROPERTY, ("destination", *parts), lambda: _destination_read(parts)
    )


def _destination_read(parts: tuple[str, ...]) -> list[int]:
    found = Property.objects.published()
    near = Q()
    for part in parts:
        countries = _countries_by_name().get(part)
        is_there = Q(country__in=countries) if countries else Q()
        found = found.filter(is_there | Q(words_match(part)))
        near &= is_there | Q(words_match(part, NAME_AND_CITY))
    rows = list(
        found.annotate(is_near=ExpressionWrapper(near, output_field=BooleanField()))
        .order_by(words_rank(" ".join(parts)).desc(), "name", "pk")
        .values_list("pk", "is_near")
    )
    close = [pk for pk, is_near in rows if is_near]
    return close or [pk for pk, _is_near in rows]


def cities_list() -> list[CitySummary]:
    """Return the cities with published properties, by name. No query if cached, else one."""
    counts = Counter((entry.city, entry.country) for entry in destinations_get())
    return [CitySummary(city, country, number) for (city, country), number in sorted(counts.items())]


def properties_featured(*, limit: int = 6) -> list[PropertySummary]:
    """Return published properties for the home page, most stars first. No query if cached, else three."""
    best = sorted(destinations_get(), key=lambda entry: (-(entry.stars or 0), entry.name))[:limit]
    catalogues = catalogues_of(property_ids=[entry.property_id for entry in best])
    return [catalogues[entry.property_id].property for entry in best if entry.property_id in catalogues]


def catalogues_of(*, property_ids: list[int]) -> dict[int, Catalogue]:
    """Return the catalogues of some published properties. No query if cached, else two, however many."""
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


@lru_cache(maxsize=1)
def _countries_by_name() -> dict[str, frozenset[str]]:
    """Codes of countries by their folded codes and names in the site's languages."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, _name in country_choices():
        if code:
            names = {fold(country_name(code, language)) for language, _label in settings.LANGUAGES}
            for name in names | {fold(code)}:
                found[name].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}
