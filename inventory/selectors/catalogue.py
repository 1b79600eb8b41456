"""Properties, their room types and rate plans: what is the same for every guest and changes rarely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db.models import Model, Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors import staff_access
from core.cache.keys import CATALOGUE, SPECIAL_DAYS
from core.cache.read import get_or_compute
from core.exceptions import NotFound
from inventory.cache import EVERY_PROPERTY
from inventory.models import Property, PropertyPhoto, RatePlan, RoomType, RoomTypePhoto, SpecialDay
from inventory.models.ratings import RATING_CATEGORIES
from inventory.pricing.data import House, SpecialDayTerms

from .summaries import AmenitySummary, PhotoSummary, PropertySummary, RatePlanSummary, RoomTypeSummary
from .terms import houses_get

TODAY_SOMEWHERE_DAYS = 2
"""A house may be a day behind UTC, and a cached value an hour old."""

PROPERTY_FIELDS = (
    "id",
    "name",
    "slug",
    "description",
    "stars",
    "address",
    "postal_code",
    "city",
    "country",
    "latitude",
    "longitude",
    "time_zone",
    "currency",
    "arrival_from",
    "departure_until",
    "child_max_age",
    "rating__review_count",
    "rating__score",
    *(f"rating__{category}_sum" for category in RATING_CATEGORIES),
)
ROOM_TYPE_FIELDS = (
    "id",
    "property_id",
    "code",
    "name",
    "description",
    "beds",
    "size_sqm",
    "standard_occupancy",
    "max_adults",
    "max_children",
    "max_occupancy",
)
RATE_PLAN_FIELDS = ("id", "property_id", "code", "name", "description", "board", "member_discount")

Summary = TypeVar("Summary")


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
    """Return the catalogue of a property, published or not. No query if cached, else nine. Raises `NotFound`."""

    def compute() -> Catalogue:
        found = catalogues_load(property_ids=[property_id]).get(property_id)
        if found is None:
            raise NotFound
        return found

    return get_or_compute(CATALOGUE, property_id, ("catalogue", _horizon()), compute)


def catalogue_by_slug(*, slug: str) -> Catalogue:
    """Return the catalogue of a published property. No query if cached, else ten. Raises `NotFound`."""

    def compute() -> int:
        property_id = Property.objects.published().filter(slug=slug).values_list("id", flat=True).first()
        if property_id is None:
            raise NotFound
        return property_id

    return catalogue_get(property_id=get_or_compute(CATALOGUE, EVERY_PROPERTY, ("slug", slug), compute))


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
    """Return catalogues by property id, ordered by name. Eight queries however many; never cached."""
    ids = list(property_ids)
    first = date.fromisoformat(_horizon())
    houses = houses_get(property_ids=ids, first=first, last=date.max)
    properties = _summaries(
        PropertySummary,
        Property.objects.filter(id__in=ids).order_by("name", "id").values_list(*PROPERTY_FIELDS),
        amenities=_amenities(Property.amenities.through, "property_id", property_id__in=ids),
        photos=_photos(PropertyPhoto.objects.filter(property_id__in=ids), "property_id"),
    )
    room_types = _summaries(
        RoomTypeSummary,
        RoomType.objects.active().filter(property_id__in=ids).values_list(*ROOM_TYPE_FIELDS),
        amenities=_amenities(RoomType.amenities.through, "roomtype_id", roomtype__property_id__in=ids),
        photos=_photos(RoomTypePhoto.objects.filter(room_type__property_id__in=ids), "room_type_id"),
    )
    plans = RatePlan.objects.filter(property_id__in=ids, is_active=True).values_list(*RATE_PLAN_FIELDS)
    types_of: dict[int, dict[int, RoomTypeSummary]] = defaultdict(dict)
    for room_type in room_types:
        types_of[room_type.property_id][room_type.id] = room_type
    plans_of: dict[int, dict[int, RatePlanSummary]] = defaultdict(dict)
    for plan in (RatePlanSummary(*row) for row in plans):
        plans_of[plan.property_id][plan.id] = plan
    return {
        house.id: Catalogue(house, types_of[house.id], plans_of[house.id], houses[house.id])
        for house in properties
        if house.id in houses
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
    """Return the active room types in their order. No query if cached, else nine. Raises `NotFound`."""
    return list(catalogue_get(property_id=property_id).room_types.values())


def rate_plans_for_property(*, property_id: int) -> list[RatePlanSummary]:
    """Return the active rate plans in their order. No query if cached, else nine. Raises `NotFound`."""
    return list(catalogue_get(property_id=property_id).rate_plans.values())


def _horizon() -> str:
    """The first date that may still be today somewhere, as part of cache keys."""
    return (timezone.now().date() - timedelta(days=TODAY_SOMEWHERE_DAYS)).isoformat()


def _summaries(
    kind: Callable[..., Summary],
    rows: Iterable[tuple[Any, ...]],
    *,
    amenities: Mapping[int, list[AmenitySummary]],
    photos: Mapping[int, list[PhotoSummary]],
) -> list[Summary]:
    return [kind(*row, tuple(amenities.get(row[0], ())), tuple(photos.get(row[0], ()))) for row in rows]


def _amenities(through: type[Model], key: str, **conditions: Any) -> dict[int, list[AmenitySummary]]:
    rows = through._default_manager.filter(**conditions).order_by("amenity__name")
    found: dict[int, list[AmenitySummary]] = defaultdict(list)
    for owner_id, code, name in rows.values_list(key, "amenity__code", "amenity__name"):
        found[owner_id].append(AmenitySummary(code, name))
    return found


def _photos(photos: QuerySet[Any], key: str) -> dict[int, list[PhotoSummary]]:
    found: dict[int, list[PhotoSummary]] = defaultdict(list)
    rows = photos.order_by("position", "id").values_list(key, "image", "width", "height", "alt")
    for owner_id, name, width, height, alt in rows:
        found[owner_id].append(PhotoSummary(default_storage.url(name), width, height, alt))
    return found
