"""What pages and answers about houses are made from: the writes that outdate them."""

from __future__ import annotations

from django.http import Http404

from core.cache.generations import MadeFrom
from core.cache.keys import AVAILABILITY, CATALOGUE, NIGHTS, SPECIAL_DAYS
from core.exceptions import NotFound

from .cache import EVERY_PROPERTY, EVERY_WEEK
from .selectors.catalogue import property_id_by_slug


def every_house() -> list[MadeFrom]:
    """Any change of any catalogue."""
    return [(CATALOGUE, EVERY_PROPERTY)]


def house_terms(slug: str) -> list[MadeFrom]:
    """The catalogue of a published property. No query if cached, else one. Raises `NotFound`."""
    return [(CATALOGUE, property_id_by_slug(slug=slug))]


def house_offers(slug: str) -> list[MadeFrom]:
    """The catalogue of a published property, its free rooms and prices. As `house_terms`."""
    property_id = property_id_by_slug(slug=slug)
    return [
        *((namespace, property_id) for namespace in (CATALOGUE, AVAILABILITY, SPECIAL_DAYS)),
        (NIGHTS, (property_id, EVERY_WEEK)),
    ]


def house_page(slug: str) -> list[MadeFrom]:
    """As `house_offers`, for a page. Raises `Http404`."""
    try:
        return house_offers(slug)
    except NotFound as error:
        raise Http404 from error
