"""Telling the apps above that nightly rates have changed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import connection

from inventory.models import Rate
from inventory.signals import rates_changed

CHANGED_SQL = """
SELECT room_type_id, rate_plan_id, min(nights[1]), max(nights[cardinality(nights)])
FROM inventory_pricechange
WHERE changed_at = now()
  AND room_type_id = ANY(ARRAY(SELECT id FROM inventory_roomtype WHERE property_id = %(property_id)s))
  AND (%(room_type_id)s::bigint IS NULL OR room_type_id = %(room_type_id)s)
  AND (%(rate_plan_id)s::bigint IS NULL OR rate_plan_id = %(rate_plan_id)s)
GROUP BY room_type_id, rate_plan_id
ORDER BY room_type_id, rate_plan_id
"""


class RatesChange(NamedTuple):
    """Nights of a room type at a plan with prices of its own whose rate changed; both ends included."""

    room_type_id: int
    rate_plan_id: int
    first_night: date
    last_night: date


def rates_announce(
    *, property_id: int, room_type_id: int | None = None, rate_plan_id: int | None = None
) -> list[RatesChange]:
    """Send `rates_changed` for what this transaction has changed of the property's nightly rates, if anything.

    ``room_type_id`` and ``rate_plan_id`` narrow it down to what the caller wrote. Returns what was sent. Receivers are
    called inside the transaction. One query, besides theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGED_SQL,
            {"property_id": property_id, "room_type_id": room_type_id, "rate_plan_id": rate_plan_id},
        )
        changes = [RatesChange(*row) for row in cursor.fetchall()]
    if changes:
        rates_changed.send(sender=Rate, property_id=property_id, changes=changes)
    return changes
