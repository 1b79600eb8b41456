"""What lists and offers show of some houses, in one query: with amenities and pictures, room types and rate plans.

The statement gathers each house's rows as JSON arrays, as that of its terms does: one round trip answers for 1 or 200
houses, and nothing of it is money.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

from core.replicas.reading import read_connection
from inventory.models.ratings import RATING_CATEGORIES

from .summaries import AmenitySummary, PhotoSummary, PropertySummary, RatePlanSummary, RoomTypeSummary

AMENITIES = "json_agg(json_build_array(a.code, a.name) ORDER BY a.name)"
PHOTOS = "json_agg(json_build_array(f.image, f.width, f.height, f.alt) ORDER BY f.position, f.id)"
SHOWN_SQL = f"""
SELECT p.id, p.name, p.slug, p.description, p.stars, p.address, p.postal_code, p.city, p.country, p.latitude,
  p.longitude, p.time_zone, p.currency, p.arrival_from, p.departure_until, p.child_max_age,
  g.review_count, g.score, {", ".join(f"g.{category}_sum" for category in RATING_CATEGORIES)},
  (SELECT {AMENITIES} FROM inventory_property_amenities o JOIN inventory_amenity a ON a.id = o.amenity_id
   WHERE o.property_id = p.id),
  (SELECT {PHOTOS} FROM inventory_propertyphoto f WHERE f.property_id = p.id),
  (SELECT json_agg(json_build_array(t.id, t.property_id, t.code, t.name, t.description, t.beds, t.size_sqm,
                                    t.standard_occupancy, t.max_adults, t.max_children, t.max_occupancy,
     (SELECT {AMENITIES} FROM inventory_roomtype_amenities o JOIN inventory_amenity a ON a.id = o.amenity_id
      WHERE o.roomtype_id = t.id),
     (SELECT {PHOTOS} FROM inventory_roomtypephoto f WHERE f.room_type_id = t.id)) ORDER BY t.position, t.id)
   FROM inventory_roomtype t WHERE t.property_id = p.id AND t.is_active),
  (SELECT json_agg(json_build_array(r.id, r.property_id, r.code, r.name, r.description, r.board, r.member_discount)
                   ORDER BY r.position, r.id)
   FROM inventory_rateplan r WHERE r.property_id = p.id AND r.is_active)
FROM inventory_property p LEFT JOIN inventory_propertyrating g ON g.property_id = p.id
WHERE p.id = ANY(%(property_ids)s)
ORDER BY p.name, p.id
"""  # noqa: S608 - put together from constants

Rows = Sequence[Sequence[Any]] | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A house with its active room types and rate plans by id, in their order."""

    property: PropertySummary
    room_types: dict[int, RoomTypeSummary]
    rate_plans: dict[int, RatePlanSummary]


def shown_get(*, property_ids: Iterable[int]) -> list[Shown]:
    """Return what is shown of houses, ordered by name. One query however many; never cached."""
    with read_connection().cursor() as cursor:
        cursor.execute(SHOWN_SQL, {"property_ids": list(property_ids)})
        return [_shown(row) for row in cursor.fetchall()]


def _shown(row: Sequence[Any]) -> Shown:
    *house, room_types, rate_plans = row
    return Shown(
        PropertySummary(*_with_lists(house)),
        {entry[0]: RoomTypeSummary(*_with_lists(entry)) for entry in room_types or ()},
        {entry[0]: RatePlanSummary(*entry) for entry in rate_plans or ()},
    )


def _with_lists(row: Sequence[Any]) -> list[Any]:
    """A row whose last two columns are amenities and photos."""
    *fields, amenities, photos = row
    return [*fields, _amenities(amenities), _photos(photos)]


def _amenities(rows: Rows) -> tuple[AmenitySummary, ...]:
    return tuple(AmenitySummary(*row) for row in rows or ())


def _photos(rows: Rows) -> tuple[PhotoSummary, ...]:
    return tuple(
        PhotoSummary(default_storage.url(name), width, height, alt) for name, width, height, alt in rows or ()
    )
