"""Spaces with everything that is needed to say when they are open and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from core.cache.keys import CATALOGUE
from core.cache.read import get_or_compute
from core.exceptions import NotFound
from inventory.hourly import Period, SpaceQuote, space_quote
from inventory.models import Equipment, Space, SpaceFeed


class UnknownSpace(NotFound):
    """There is no such space, or it is not on offer (404)."""

    code = "unknown_space"


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """A space as the page of its property names it. ``hourly_price`` is the lowest."""

    slug: str
    name: str
    description: str
    capacity: int
    hourly_price: Decimal
    has_other_prices: bool
    needs_approval: bool
    equipment: tuple[str, ...]
    image_url: str
    image_alt: str


def spaces_full(*, include_inactive: bool = False) -> QuerySet[Space]:
    """Spaces with property, tax, hours, closures, prices, equipment and photos: six queries when read.

    Without those that are not active or whose property is not published, unless asked for.
    """
    rows = Space.objects.select_related("property", "tax").prefetch_related(
        "hours", "closures", "prices", "equipment", "photos"
    )
    if not include_inactive:
        rows = rows.filter(is_active=True, property__is_published=True)
    return rows.order_by("position", "name", "pk")


def spaces_of_property(*, property_id: int, include_inactive: bool = False) -> list[Space]:
    """The spaces of a property in their order, complete. Six queries, one where there is none."""
    return list(spaces_full(include_inactive=include_inactive).filter(property_id=property_id))


def space_by_slug(*, property_slug: str, slug: str) -> Space:
    """A space on offer, complete. Six queries. Raises `UnknownSpace`."""
    found = spaces_full().filter(property__slug=property_slug, slug=slug).first()
    if found is None:
        raise UnknownSpace
    return found


def space_get(*, space_id: int, include_inactive: bool = True) -> Space:
    """A space, complete. Six queries. Raises `UnknownSpace`."""
    found = spaces_full(include_inactive=include_inactive).filter(pk=space_id).first()
    if found is None:
        raise UnknownSpace
    return found


def space_price(space: Space, period: Period) -> SpaceQuote:
    """What a period of a complete space costs. No query."""
    return space_quote(
        space=space,
        prices=list(space.prices.all()),
        tax=space.tax,
        currency=space.property.currency,
        time_zone=space.property.time_zone,
        period=period,
    )


def space_cards(*, property_id: int) -> tuple[SpaceCard, ...]:
    """The active spaces of a property as its page names them. No query if cached, else six."""

    def compute() -> tuple[SpaceCard, ...]:
        return tuple(
            _card(space)
            for space in spaces_of_property(property_id=property_id, include_inactive=True)
            if space.is_active
        )

    cards: tuple[SpaceCard, ...] = get_or_compute(CATALOGUE, property_id, ("spaces",), compute)
    return cards


def equipment_of_property(*, property_id: int) -> list[Equipment]:
    """What the spaces of a property may be fitted with. One query."""
    return list(Equipment.objects.filter(property_id=property_id).order_by("name"))


def space_feed_by_token(token_hash: str) -> SpaceFeed | None:
    """The calendar with this hash of an address, its space and property. One query."""
    return SpaceFeed.objects.select_related("space__property").filter(token_hash=token_hash).first()


def _card(space: Space) -> SpaceCard:
    prices = [space.hourly_price, *(price.hourly_price for price in space.prices.all())]
    photo = next(iter(space.photos.all()), None)
    return SpaceCard(
        slug=space.slug,
        name=space.name,
        description=space.description,
        capacity=space.capacity,
        hourly_price=min(prices),
        has_other_prices=len(set(prices)) > 1,
        needs_approval=space.needs_approval,
        equipment=tuple(piece.name for piece in space.equipment.all()),
        image_url=photo.image.url if photo else "",
        image_alt=photo.alt if photo else "",
    )
