"""What the days come to by the bookings themselves, and where the recorded figures differ from that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from bookings.transitions import HOLDING_STATUSES, SOLD_STATUSES, BookingStatus
from core.locks import patient_statements
from reports.models.days import COUNTS
from reports.types import FIRST_DAY, LAST_DAY

MONEYS = ("revenue_gross", "revenue")
FIGURES = (*COUNTS, *MONEYS)

SOLD = ", ".join(f"'{status.value}'" for status in SOLD_STATUSES)
"""As SQL: the states in which rooms are sold."""

UNCOUNTED = ", ".join(f"'{status.value}'" for status in (*HOLDING_STATUSES, BookingStatus.EXPIRED))

COUNTED = f"""
(booking.status NOT IN ({UNCOUNTED}) AND (booking.status <> 'cancelled' OR booking.confirmed_at IS NOT NULL))
"""
"""As SQL: bookings that were sold once, whatever became of them. A hold that was called off never was one."""

NIGHT_NET = """
(night.price - CASE WHEN booking.room_total = 0 THEN 0
                    ELSE night.price * booking.tax_included / booking.room_total END)
"""
"""As SQL: a night's price without the taxes that prices include, in proportion to the price."""

EXPECTED = f"""
stay AS MATERIALIZED (
    SELECT dirty.start AS first_day, dirty."end" AS end_day, room_type.property_id, booking.room_type_id,
           booking.currency, booking.id, booking.arrival, booking.departure, booking.rooms, booking.status,
           booking.adults + cardinality(booking.children_ages) AS guests,
           booking.status IN ({SOLD}) AS is_sold, booking.room_total, booking.tax_included
      FROM dirty
      JOIN inventory_roomtype room_type ON room_type.id = dirty.room_type_id
     CROSS JOIN LATERAL (
           -- Room type by room type through its index: the planner cannot know how few days are asked for.
           SELECT * FROM bookings_booking booking
            WHERE booking.room_type_id = dirty.room_type_id
              AND booking.arrival < dirty."end" AND booking.departure >= dirty.start AND {COUNTED}
           OFFSET 0) booking
), fact AS (
    SELECT property_id, room_type_id, currency, arrival + night AS date, rooms AS sold, guests,
           0 AS arrivals, 0 AS departures, 0 AS bookings, 0 AS cancellations, 0 AS no_shows,
           0::numeric AS revenue_gross, 0::numeric AS revenue
      FROM stay
     CROSS JOIN LATERAL generate_series(GREATEST(arrival, first_day) - arrival,
                                        LEAST(departure, end_day) - arrival - 1) AS night
     WHERE is_sold
    UNION ALL
    SELECT property_id, room_type_id, currency, arrival, 0, 0, CASE WHEN is_sold THEN rooms ELSE 0 END, 0,
           1, (status = 'cancelled')::int, (status = 'no_show')::int, 0, 0
      FROM stay
     WHERE arrival >= first_day AND arrival < end_day
    UNION ALL
    SELECT property_id, room_type_id, currency, departure, 0, 0, 0, rooms, 0, 0, 0, 0, 0
      FROM stay
     WHERE is_sold AND departure >= first_day AND departure < end_day
    UNION ALL
    SELECT booking.property_id, booking.room_type_id, booking.currency, night.date, 0, 0, 0, 0, 0, 0, 0,
           night.price, {NIGHT_NET}
      FROM stay booking
     CROSS JOIN LATERAL (
           SELECT * FROM bookings_bookingnight night
            WHERE night.booking_id = booking.id
              AND night.date >= GREATEST(booking.arrival, booking.first_day)
              AND night.date < LEAST(booking.departure, booking.end_day)
           OFFSET 0) night
     WHERE booking.is_sold
), expected AS MATERIALIZED (
    SELECT property_id, room_type_id, date, currency, {", ".join(f"sum({name}) AS {name}" for name in COUNTS)},
           sum(revenue_gross) AS revenue_gross, round(sum(revenue), 12) AS revenue
      FROM fact
     GROUP BY property_id, room_type_id, date, currency
)
"""  # noqa: S608 - made of our own names
"""As SQL: the figures of the days of ``dirty`` (room_type_id, start, end), which must not overlap in a room type."""

_RECORDED = ", ".join(f"recorded.{name}" for name in FIGURES)
_EXPECTED = ", ".join(f"COALESCE(expected.{name}, 0)" for name in FIGURES)

DIFFERENCES_SQL = f"""
WITH dirty AS (
    SELECT id AS room_type_id, %(start)s::date AS start, %(end)s::date AS "end"
      FROM inventory_roomtype
     WHERE property_id = %(property)s
), {EXPECTED}, recorded AS (
    SELECT stat.*
      FROM reports_dailystat stat
      JOIN dirty ON dirty.room_type_id = stat.room_type_id AND stat.date >= dirty.start AND stat.date < dirty."end"
)
SELECT property.name, room_type.code, difference.date, difference.currency,
       difference.recorded, difference.expected
  FROM (SELECT room_type_id, date, currency,
               ARRAY[{", ".join(f"recorded.{name}::numeric" for name in FIGURES)}] AS recorded,
               ARRAY[{_EXPECTED}] AS expected
          FROM recorded
          FULL JOIN expected USING (room_type_id, date, currency)
         WHERE ({_RECORDED}) IS DISTINCT FROM ({_EXPECTED})) difference
  JOIN inventory_roomtype room_type ON room_type.id = difference.room_type_id
  JOIN inventory_property property ON property.id = room_type.property_id
 WHERE NOT EXISTS (SELECT FROM reports_dailystatmark mark
                    WHERE mark.room_type_id = room_type.id
                      AND difference.date >= mark.start AND difference.date < mark."end")
 ORDER BY property.name, room_type.code, difference.date, difference.currency
"""  # noqa: S608 - made of our own names

CHECK_SECONDS = 300
"""How long all the years of one house may take."""


@dataclass(frozen=True, slots=True)
class DailyDifference:
    """A figure of a day that is not what the bookings come to; ``recorded`` is None where there is no row."""

    property_name: str
    room_type_code: str
    date: date
    currency: str
    figure: str
    recorded: Decimal | None
    expected: Decimal


def daily_differences(
    *, property_id: int | None = None, start: date = FIRST_DAY, end: date = LAST_DAY
) -> list[DailyDifference]:
    """Every recorded figure of the days ``[start, end)`` that is not what the bookings come to.

    One statement for each property, so it sees one moment of it and may run while others book. Days that are marked as
    changed at that moment are left out: they are added up before anybody reads them. One query, and two more for
    each property.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM inventory_property WHERE %(only)s::bigint IS NULL OR id = %(only)s ORDER BY name, id",
            {"only": property_id},
        )
        houses = [house_id for (house_id,) in cursor.fetchall()]
    return [difference for house_id in houses for difference in _differences_of(house_id, start, end)]


def _differences_of(property_id: int, start: date, end: date) -> list[DailyDifference]:
    with patient_statements(CHECK_SECONDS), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES_SQL, {"property": property_id, "start": start, "end": end})
        rows = cursor.fetchall()
    return [
        DailyDifference(name, code, day, currency, figure, was, should_be)
        for name, code, day, currency, recorded, expected in rows
        for figure, was, should_be in zip(FIGURES, recorded, expected, strict=True)
        if (was or 0) != should_be
    ]


def daily_stats_count(*, property_id: int | None = None) -> int:
    """How many rows of figures there are. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM reports_dailystat
             WHERE %(property)s::bigint IS NULL OR property_id = %(property)s::bigint
            """,
            {"property": property_id},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def marked_property_ids(property_ids: Collection[int] | None = None) -> list[int]:
    """The properties (of these) some of whose days have to be added up. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT property_id FROM reports_dailystatmark
             WHERE %(all)s OR property_id = ANY(%(properties)s::bigint[])
             ORDER BY property_id
            """,
            {"all": property_ids is None, "properties": list(property_ids or ())},
        )
        return [property_id for (property_id,) in cursor.fetchall()]
