"""Telling the apps above that nightly rates have changed."""

from __future__ import annotations

from django.db import connection

from inventory.models import Rate
from inventory.signals import rates_changed

CHANGED_SQL = """
SELECT changed_at, context_id FROM inventory_pricechange
WHERE changed_at = now() AND room_type_id = ANY(ARRAY(
  SELECT id FROM inventory_roomtype WHERE property_id = %s))
LIMIT 1
"""


def rates_announce(*, property_id: int) -> bool:
    """Send `rates_changed` if this transaction has changed a nightly rate of the property; whether it has.

    Receivers are called inside the transaction. One query, besides theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_SQL, [property_id])
        row = cursor.fetchone()
    if row is None:
        return False
    rates_changed.send(sender=Rate, property_id=property_id, changed_at=row[0], context_id=row[1])
    return True
