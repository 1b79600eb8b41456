"""How fast this server copies and vacuums, and how full its indexes are: on a table like that of booked nights."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.db import connection

MEGABYTE = 1_000_000
SCRATCH = "benchmark_scratch_nights"
ROWS = 300_000
INDEX_SQL = """
SELECT pg_relation_size(index.indexrelid)::float / greatest(class.reltuples, 1)
  FROM pg_index index JOIN pg_class class ON class.oid = index.indexrelid
 WHERE index.indrelid = 'bookings_bookingnight'::regclass AND index.indisprimary
"""
NIGHTS_SQL = (
    "SELECT (SELECT count(*) FROM bookings_bookingnight)::float / (SELECT count(*) FROM bookings_booking)"
)


@dataclass(frozen=True, slots=True)
class TableRates:
    """What `Costs` says under the same names."""

    index_entry_bytes: float
    night_rows: float
    copy_megabytes_second: float
    vacuum_megabytes_second: float


def table_rates(*, rows: int = ROWS) -> TableRates:
    """Measure on a scratch table of the same columns, which is dropped again."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_bookingnight")
        cursor.execute(INDEX_SQL)
        entry_bytes = float(cursor.fetchone()[0])
        cursor.execute(NIGHTS_SQL)
        nights = float(cursor.fetchone()[0])
        cursor.execute(f"DROP TABLE IF EXISTS {SCRATCH}")
        cursor.execute(
            f"CREATE UNLOGGED TABLE {SCRATCH} AS SELECT night.* FROM bookings_bookingnight night, "
            f"generate_series(1, 1 + {rows} / (SELECT 1 + count(*) FROM bookings_bookingnight)) LIMIT {rows}"
        )
        cursor.execute(f"CREATE INDEX ON {SCRATCH} (booking_id)")
        try:
            cursor.execute(f"SELECT pg_total_relation_size('{SCRATCH}')")
            megabytes = float(cursor.fetchone()[0]) / MEGABYTE
            copied = _seconds(f"COPY {SCRATCH} TO '/dev/null'")
            cursor.execute(f"UPDATE {SCRATCH} SET booking_id = booking_id WHERE booking_id % 5 = 0")
            vacuumed = _seconds(f"VACUUM (INDEX_CLEANUP ON, PARALLEL 0) {SCRATCH}")
        finally:
            cursor.execute(f"DROP TABLE {SCRATCH}")
    return TableRates(entry_bytes, nights, megabytes / copied, megabytes / vacuumed)


def _seconds(statement: str) -> float:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    return time.perf_counter() - began
