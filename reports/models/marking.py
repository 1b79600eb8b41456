"""The triggers that mark days whose figures a statement has changed.

They look at a whole statement at once and append one row for each room type that is concerned: no lock, no key, no
row of anybody else. Holds come to nothing in the figures and are not marked until they are confirmed.
"""

from __future__ import annotations

import pgtrigger

from bookings.models import Booking, BookingNight
from bookings.transitions import BookingStatus

NEVER_COUNTED = (BookingStatus.HELD, BookingStatus.EXPIRED)

_UNCOUNTED = ", ".join(f"'{status.value}'" for status in NEVER_COUNTED)

FIGURES_COLUMNS = (
    "property_id",
    "room_type_id",
    "currency",
    "arrival",
    "departure",
    "rooms",
    "adults",
    "children_ages",
    "status",
    "confirmed_at",
    "room_total",
    "tax_included",
)
"""What of a booking the figures of a day are made of, beside the prices of its nights."""

_MARK = """
INSERT INTO reports_dailystatmark (property_id, room_type_id, start, "end")
SELECT property_id, room_type_id, min(first_day), max(last_day) + 1
  FROM ({rows}) changed
 GROUP BY property_id, room_type_id;
RETURN NULL;
"""

_BOOKINGS = """
SELECT property_id, room_type_id, arrival AS first_day, departure AS last_day
  FROM {table} WHERE status NOT IN ({uncounted})
"""

_BOOKINGS_UPDATED = """
SELECT one.property_id, one.room_type_id, one.arrival AS first_day, one.departure AS last_day
  FROM (SELECT old_row.id FROM old_rows old_row JOIN new_rows new_row ON new_row.id = old_row.id
         WHERE ({old}) IS DISTINCT FROM ({new})) changed
  JOIN (SELECT id, property_id, room_type_id, arrival, departure, status FROM old_rows
         UNION ALL
        SELECT id, property_id, room_type_id, arrival, departure, status FROM new_rows) one ON one.id = changed.id
 WHERE one.status NOT IN ({uncounted})
"""

_NIGHTS = """
SELECT booking.property_id, booking.room_type_id, night.date AS first_day, night.date AS last_day
  FROM {table} night
  JOIN bookings_booking booking ON booking.id = night.booking_id
 WHERE booking.status NOT IN ({uncounted})
"""


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in FIGURES_COLUMNS)


def _marker(name: str, operation: pgtrigger.Operation, rows: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=_MARK.format(rows=rows),
    )


def _bookings(table: str) -> str:
    return _BOOKINGS.format(table=table, uncounted=_UNCOUNTED)


def _nights(table: str) -> str:
    return _NIGHTS.format(table=table, uncounted=_UNCOUNTED)


class BookingMarks(Booking):
    """Bookings, to hang the reports' triggers on: bookings know nothing of reports."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = (
            _marker("mark_insert", pgtrigger.Insert, _bookings("new_rows"), new="new_rows"),
            _marker("mark_delete", pgtrigger.Delete, _bookings("old_rows"), old="old_rows"),
            _marker(
                "mark_update",
                pgtrigger.Update,
                _BOOKINGS_UPDATED.format(
                    old=_columns("old_row"), new=_columns("new_row"), uncounted=_UNCOUNTED
                ),
                old="old_rows",
                new="new_rows",
            ),
        )


class NightMarks(BookingNight):
    """Nights of bookings, to hang the reports' triggers on."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = (
            _marker("mark_insert", pgtrigger.Insert, _nights("new_rows"), new="new_rows"),
            _marker("mark_delete", pgtrigger.Delete, _nights("old_rows"), old="old_rows"),
            _marker(
                "mark_update",
                pgtrigger.Update,
                f"{_nights('old_rows')} UNION ALL {_nights('new_rows')}",
                old="old_rows",
                new="new_rows",
            ),
        )
