"""The proof that the inventory says what bookings, changes that wait for payment, and blocks say."""

from __future__ import annotations

from django.db import connection

from bookings.transitions import HOLDING_STATUSES, SOLD_STATUSES
from bookings.types import InventoryDifference
from core.locks import patient_statements

DIFFERENCES_SQL = """
WITH occupied AS (
    SELECT booking.room_type_id,
           booking.arrival + night AS date,
           CASE WHEN booking.status = ANY(%(holding)s::text[]) THEN booking.rooms ELSE 0 END AS held,
           CASE WHEN booking.status = ANY(%(sold)s::text[]) THEN booking.rooms ELSE 0 END AS sold,
           0 AS blocked
      FROM bookings_booking booking
     CROSS JOIN LATERAL generate_series(0, booking.departure - booking.arrival - 1) AS night
     WHERE booking.status = ANY(%(holding)s::text[] || %(sold)s::text[])
       AND (%(property)s::bigint IS NULL OR booking.property_id = %(property)s::bigint)
    UNION ALL
    SELECT kept.room_type_id, kept.date, kept.rooms, 0, 0
      FROM bookings_bookingchange change
      JOIN bookings_bookingchangehold kept ON kept.change_id = change.id
      JOIN inventory_roomtype room_type ON room_type.id = kept.room_type_id
     WHERE change.status = 'pending'
       AND (%(property)s::bigint IS NULL OR room_type.property_id = %(property)s::bigint)
    UNION ALL
    SELECT block.room_type_id, block.start + night, 0, 0, block.rooms
      FROM inventory_inventoryblock block
      JOIN inventory_roomtype room_type ON room_type.id = block.room_type_id
     CROSS JOIN LATERAL generate_series(0, block."end" - block.start - 1) AS night
     WHERE (%(property)s::bigint IS NULL OR room_type.property_id = %(property)s::bigint)
       AND block.start + night <= (
           SELECT max(known.date) FROM inventory_roominventory known
            WHERE known.room_type_id = block.room_type_id)
    UNION ALL
    SELECT kept.room_type_id, kept.date, 0, 0, kept.rooms - kept.picked_up - kept.released
      FROM bookings_groupblock kept
      JOIN inventory_roomtype room_type ON room_type.id = kept.room_type_id
     WHERE kept.rooms > kept.picked_up + kept.released
       AND (%(property)s::bigint IS NULL OR room_type.property_id = %(property)s::bigint)
), expected AS (
    SELECT room_type_id, date, sum(held) AS held, sum(sold) AS sold, sum(blocked) AS blocked
      FROM occupied
     GROUP BY room_type_id, date
), recorded AS (
    SELECT night.room_type_id, night.date, night.held, night.sold, night.blocked
      FROM inventory_roominventory night
      JOIN inventory_roomtype room_type ON room_type.id = night.room_type_id
     WHERE %(property)s::bigint IS NULL OR room_type.property_id = %(property)s::bigint
)
SELECT property.name, room_type.id, room_type.code, date,
       recorded.held, COALESCE(expected.held, 0),
       recorded.sold, COALESCE(expected.sold, 0),
       recorded.blocked, COALESCE(expected.blocked, 0)
  FROM recorded
  FULL JOIN expected USING (room_type_id, date)
  JOIN inventory_roomtype room_type ON room_type.id = room_type_id
  JOIN inventory_property property ON property.id = room_type.property_id
 WHERE (recorded.held, recorded.sold, recorded.blocked)
       IS DISTINCT FROM (COALESCE(expected.held, 0), COALESCE(expected.sold, 0), COALESCE(expected.blocked, 0))
 ORDER BY property.name, room_type.id, date
"""


def inventory_differences(*, property_id: int | None = None) -> list[InventoryDifference]:
    """Every night whose held, sold or blocked rooms are not what bookings and blocks add up to.

    One statement, so it sees one moment and may run while others book; it may take minutes. Blocks may reach beyond
    the last night of the inventory: nights that come later begin with them.
    """
    with patient_statements(), connection.cursor() as cursor:
        cursor.execute(
            DIFFERENCES_SQL,
            {
                "holding": [str(status) for status in HOLDING_STATUSES],
                "sold": [str(status) for status in SOLD_STATUSES],
                "property": property_id,
            },
        )
        return [InventoryDifference(*row) for row in cursor.fetchall()]


def inventory_nights_count(*, property_id: int | None = None) -> int:
    """How many nights the inventory has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*)
              FROM inventory_roominventory night
              JOIN inventory_roomtype room_type ON room_type.id = night.room_type_id
             WHERE %(property)s::bigint IS NULL OR room_type.property_id = %(property)s::bigint
            """,
            {"property": property_id},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
