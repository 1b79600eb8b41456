"""Properties, their room types and rate plans: what is the same for every guest and changes rarely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from accounts.selectors import staff_access
from core.cache.keys import CATALOGUE, SPECIAL_DAYS
from core.cache.read import get_or_compute
from core.exceptions import NotFound
from inventory.cache import EVERY_PROPERTY
from inventory.models import Property, RatePlan, RoomType, SpecialDay
from inventory.pricing.data import House, SpecialDayTerms

from .presenting import shown_get
from .summaries import PropertySummary, RatePlanSummary, RoomTypeSummary
from .terms import houses_get

TODAY_SOMEWHERE_DAYS = 2
"""A house may be a day behind UTC, and a cached value an hour old."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A property with its active room types and rate plans by id, in their order, and the terms they are sold at."""

    property: PropertySummary
    room_types: Mapping[int, RoomTypeSummary]
    rate_plans: Mapping[int, RatePlanSummary]
    house: House


def property_by_slug(slug: str, *, include_unpublished: bool = False) -> Property:
    """Return the property with its photos, amenities, active room types (with theirs) and active plans.

    Seven queries, less where there is nothing to prefetch. Raises `NotFound`.
    """
    properties = Property.objects.all() if include_unpublished else Property.objects.published()
    room_types = RoomType.objects.active().prefetch_related("photos", "amenities")
    found = (
        properties.filter(slug=slug)
        .prefetch_related(
            "photos",
            "amenities",
            Prefetch("room_types", room_types),
            Prefetch("rate_plans", RatePlan.objects.filter(is_active=True)),
        )
        .first()
    )
    if found is None:
        raise NotFound
    return found


def catalogue_get(*, property_id: int) -> Catalogue:
    """Return the catalogue of a property, published or not. No query if cached, else two. Raises `NotFound`."""

    def compute() -> Catalogue:
        found = catalogues_load(property_ids=[property_id]).get(property_id)
        if found is None:
            raise NotFound
        return found

    return get_or_compute(CATALOGUE, property_id, ("catalogue-2", _horizon()), compute)


def catalogue_by_slug(*, slug: str) -> Catalogue:
    """Return the catalogue of a published property. No query if cached, else three. Raises `NotFound`."""
    return catalogue_get(property_id=property_id_by_slug(slug=slug))


def property_id_by_slug(*, slug: str) -> int:
    """Return the id of a published property. No query if cached, else one. Raises `NotFound`."""

    def compute() -> int:
        property_id = Property.objects.published().filter(slug=slug).values_list("id", flat=True).first()
        if property_id is None:
            raise NotFound
        return property_id

    return get_or_compute(CATALOGUE, EVERY_PROPERTY, ("slug", slug), compute)


def catalogue_for_reader(*, slug: str, user: User | AnonymousUser) -> tuple[Catalogue, bool]:
    """Return the catalogue of a property, and whether the user works there; only who does sees an unpublished one.

    As many queries as `catalogue_by_slug`, and for staff one or two more. Raises `NotFound`.
    """
    access = staff_access(user)
    if access.is_unlimited or access.roles_by_property:
        property_id = Property.objects.filter(slug=slug).values_list("id", flat=True).first()
        if property_id is not None and access.may(property_id):
            return catalogue_get(property_id=property_id), True
    return catalogue_by_slug(slug=slug), False


def catalogues_load(*, property_ids: Iterable[int]) -> dict[int, Catalogue]:
    """Return catalogues by property id, ordered by name. Two queries however many; never cached."""
    ids = list(property_ids)
    houses = houses_get(property_ids=ids, first=date.fromisoformat(_horizon()), last=date.max)
    return {
        shown.property.id: Catalogue(
            shown.property, shown.room_types, shown.rate_plans, houses[shown.property.id]
        )
        for shown in shown_get(property_ids=ids)
        if shown.property.id in houses
    }


def special_days_for_property(*, property_id: int) -> dict[date, SpecialDayTerms]:
    """Return the special days from now on by date. No query if cached, else one."""

    def compute() -> dict[date, SpecialDayTerms]:
        rows = SpecialDay.objects.filter(property_id=property_id, date__gte=_horizon()).order_by("date")
        return {
            row[0]: SpecialDayTerms(*row)
            for row in rows.values_list("date", "name", "kind", "value", "min_stay")
        }

    return get_or_compute(SPECIAL_DAYS, property_id, ("from", _horizon()), compute)


def room_types_for_property(*, property_id: int) -> list[RoomTypeSummary]:
    """Return the active room types in their order. No query if cached, else two. Raises `NotFound`."""
    return list(catalogue_get(property_id=property_id).room_types.values())


def rate_plans_for_property(*, property_id: int) -> list[RatePlanSummary]:
    """Return the active rate plans in their order. No query if cached, else two. Raises `NotFound`."""
    return list(catalogue_get(property_id=property_id).rate_plans.values())


def _horizon() -> str:
    """The first date that may still be today somewhere, as part of cache keys."""
    return (timezone.now().date() - timedelta(days=TODAY_SOMEWHERE_DAYS)).isoformat()
