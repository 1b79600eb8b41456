"""Adding up the days that bookings have changed.

Whoever changes a booking leaves a mark in the same transaction (`reports.models.marking`) and waits for nobody. Whoever
reads figures first adds up what is marked. The marks that one statement takes away are exactly those whose bookings it
sees, so a figure that is read after a commit includes it; adding up twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.observability.queries import bulk_work
from reports.selectors.daily import EXPECTED, FIGURES, marked_property_ids

LOCK_SPACE = 0x5641_4453 << 32
"""Keys of the advisory locks under which the days of a property are added up: this, and the property's id."""

LOCK_SECONDS = 20
"""Somebody may be adding up years of a large house."""

ADDING_UP_SECONDS = 300
"""How long one house may take, after an import of years; daily work takes milliseconds."""

_NAMES = ", ".join(FIGURES)
_TAKEN = ", ".join(f"EXCLUDED.{name}" for name in FIGURES)
_STANDING = ", ".join(f"stat.{name}" for name in FIGURES)

REFRESH_SQL = f"""
WITH taken AS (
    DELETE FROM reports_dailystatmark WHERE property_id = %(property)s RETURNING room_type_id, start, "end"
), dirty AS MATERIALIZED (
    SELECT room_type_id, lower(days) AS start, upper(days) AS "end"
      FROM (SELECT room_type_id, unnest(range_agg(daterange(start, "end"))) AS days
              FROM taken GROUP BY room_type_id) merged
), {EXPECTED}, emptied AS (
    DELETE FROM reports_dailystat
     WHERE id = ANY (ARRAY(
           SELECT stat.id
             FROM dirty
            CROSS JOIN LATERAL (
                  SELECT * FROM reports_dailystat stat
                   WHERE stat.room_type_id = dirty.room_type_id
                     AND stat.date >= dirty.start AND stat.date < dirty."end"
                  OFFSET 0) stat
            WHERE NOT EXISTS (
                  SELECT FROM expected
                   WHERE expected.room_type_id = stat.room_type_id AND expected.date = stat.date
                     AND expected.currency = stat.currency)))
)
INSERT INTO reports_dailystat AS stat (property_id, room_type_id, date, currency, {_NAMES})
SELECT property_id, room_type_id, date, currency, {_NAMES} FROM expected
    ON CONFLICT (room_type_id, date, currency) DO UPDATE SET ({_NAMES}) = ROW ({_TAKEN})
 WHERE ({_STANDING}) IS DISTINCT FROM ({_TAKEN})
"""  # noqa: S608 - made of our own names

MARK_SQL = """
INSERT INTO reports_dailystatmark (property_id, room_type_id, start, "end")
SELECT room_type.property_id, room_type.id, known.first_day, known.end_day
  FROM inventory_roomtype room_type
 CROSS JOIN LATERAL (
       SELECT GREATEST(min(first_day), %(start)s::date) AS first_day,
              LEAST(max(end_day), %(end)s::date) AS end_day
         FROM (SELECT min(arrival) AS first_day, max(departure) + 1 AS end_day
                 FROM bookings_booking WHERE room_type_id = room_type.id
               UNION ALL
               SELECT min(date), max(date) + 1 FROM reports_dailystat WHERE room_type_id = room_type.id) days) known
 WHERE room_type.property_id = %(property)s AND known.first_day < known.end_day
"""


def daily_stats_refresh(*, property_ids: Collection[int] | None = None) -> int:
    """Add up the days that bookings of these properties (None: of all) have changed; how many properties that were.

    One query when nothing has changed, else three more for each property, in a transaction of its own unless the
    caller has one. Takes the property's advisory lock and no other: nobody who sells waits for it. Raises
    `Unavailable` ("busy") when somebody has been adding up the same house for longer than 20 s.
    """
    marked = marked_property_ids(property_ids)
    for property_id in marked:
        with translate_integrity_errors(), transaction.atomic(), lock_timeout(LOCK_SECONDS):
            _days_lock(property_id)
            _days_add_up(property_id)
    return len(marked)


def daily_stats_rebuild(*, property_id: int, start: date | None = None, end: date | None = None) -> None:
    """Add up the days ``[start, end)`` of a property anew, by default all there are, whatever is recorded.

    One transaction with four queries under the property's advisory lock. Raises `Unavailable` ("busy").
    """
    with translate_integrity_errors(), transaction.atomic(), lock_timeout(LOCK_SECONDS):
        _days_lock(property_id)
        with connection.cursor() as cursor:
            cursor.execute(MARK_SQL, {"property": property_id, "start": start, "end": end})
        _days_add_up(property_id)


def _days_lock(property_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), pg_advisory_xact_lock(%s)",
            [f"{ADDING_UP_SECONDS}s", LOCK_SPACE + property_id],
        )


def _days_add_up(property_id: int) -> None:
    """Take the property's marks and write what their days come to. Inside a transaction that holds the lock."""
    with bulk_work(), connection.cursor() as cursor:
        cursor.execute(REFRESH_SQL, {"property": property_id})
