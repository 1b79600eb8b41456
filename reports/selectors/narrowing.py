"""Reports of a part of the bookings only: those of one room type, one rate plan or one channel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .building import sql_rows

ONLY = """
((%(room_type)s::bigint = 0 OR booking.room_type_id = %(room_type)s::bigint)
 AND (%(rate_plan)s::bigint = 0 OR booking.rate_plan_id = %(rate_plan)s::bigint)
 AND (%(channel)s::text = '' OR booking.channel = %(channel)s::text))
"""
"""As SQL, with the parameters of `Only`: whether a booking is one of those asked for."""

NAMED = ("room_type", "rate_plan")
"""Parameters that are numbers of things with names."""

NARROWING = (*NAMED, "channel")

_NAMES = """
SELECT 'room_type' AS kind, room_type.id, property.name AS house, room_type.name
  FROM inventory_roomtype room_type JOIN inventory_property property ON property.id = room_type.property_id
 WHERE property.id = ANY(%(properties)s::bigint[])
UNION ALL
SELECT 'rate_plan', plan.id, property.name, plan.name
  FROM inventory_rateplan plan JOIN inventory_property property ON property.id = plan.property_id
 WHERE property.id = ANY(%(properties)s::bigint[])
 ORDER BY kind, house, name, id
"""


@dataclass(frozen=True, slots=True)
class Only:
    """What bookings must have in common; 0 and "" mean that it does not matter."""

    room_type: int = 0
    rate_plan: int = 0
    channel: str = ""

    def parameters(self) -> dict[str, Any]:
        """Return what `ONLY` needs."""
        return {"room_type": self.room_type, "rate_plan": self.rate_plan, "channel": self.channel}

    def drilled(self) -> dict[str, Any]:
        """Return what of a drill picks the same bookings."""
        asked = {"room_type_id": self.room_type, "rate_plan_id": self.rate_plan, "channel": self.channel}
        return {name: value for name, value in asked.items() if value}


def narrowing_names(property_ids: Collection[int]) -> dict[str, list[tuple[int, str]]]:
    """Return the room types and rate plans of properties, as ``room_type`` and ``rate_plan``, by name. One query.

    Of several properties each is named with its own.
    """
    found: dict[str, list[tuple[int, str]]] = {"room_type": [], "rate_plan": []}
    for row in sql_rows(_NAMES, {"properties": list(property_ids)}):
        name = row["name"] if len(property_ids) == 1 else f"{row['house']}: {row['name']}"
        found[row["kind"]].append((row["id"], name))
    return found
