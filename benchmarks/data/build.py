"""`python -m benchmarks.data.build SIZE`: fill the migrated, empty database of `DATABASE_URL`, as a restore would.

Triggers and foreign keys are off, so nothing is audited, marked or checked row by row; indexes that no constraint
needs are made at the end. What is independent runs beside each other. Prints the seconds of each step as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import django
from django.apps import apps
from django.db import connection, connections

if not apps.ready:
    django.setup()

from benchmarks.data import rows
from benchmarks.data.houses import houses_build
from benchmarks.data.sizes import SIZES, Size
from core.observability.queries import bulk_work
from reports.services import daily_stats_refresh

OPTIONS = (
    "-c session_replication_role=replica -c synchronous_commit=off -c jit=off -c statement_timeout=0 "
    "-c maintenance_work_mem=256MB -c work_mem=128MB -c client_min_messages=warning"
)
WORKERS = 2
INDEXES_SQL = """
SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
  FROM pg_index index
 WHERE index.indrelid = ANY (SELECT unnest(%s::text[])::regclass)
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
"""
SEQUENCES_SQL = """
SELECT format('SELECT setval(%L, coalesce((SELECT max(%I) FROM %s), 0) + 1, false)',
              pg_get_serial_sequence(attrelid::regclass::text, attname), attname, attrelid::regclass)
  FROM pg_attribute
  JOIN pg_class ON pg_class.oid = attrelid
 WHERE attidentity <> '' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
MARKS_SQL = """
INSERT INTO reports_dailystatmark (property_id, room_type_id, start, "end")
SELECT property_id, room_type_id, min(arrival), max(departure) + 1 FROM bench_stay GROUP BY 1, 2
"""

TABLES = (
    "bookings_booking",
    "bookings_bookingnight",
    "bookings_review",
    "inventory_rate",
    "inventory_roominventory",
    "payments_folio",
    "bookings_guest",
    "payments_folioentry",
    "payments_payment",
    "reports_dailystat",
)
"""Their indexes are made when all their rows are there."""

Step = Callable[[], object]


@dataclass
class Build:
    """The stages of one build, in order; the steps of a stage run at the same time."""

    size: Size
    indexes: list[tuple[str, str]] = field(default_factory=list)

    def stages(self) -> list[tuple[str, Sequence[Step]]]:
        """What is done one after another, with a title."""
        size = self.size
        return [
            ("houses, room types, rooms", [partial(houses_build, size), self.indexes_drop]),
            ("what a night costs", [partial(_execute, rows.FUNCTIONS)]),
            ("stays drawn up, rates", [partial(_execute, rows.stays(size)), rows.rates(size).run]),
            (
                "bookings, nights, folios, payments",
                [
                    rows.guests(size).run,
                    rows.bookings(size).run,
                    rows.booking_nights(size).run,
                    rows.users(size).run,
                    rows.folios(size).run,
                    rows.payments(size).run,
                    rows.price_changes(size).run,
                ],
            ),
            (
                "inventory, ledger, reviews",
                [
                    rows.nights(size).run,
                    rows.charges(size).run,
                    rows.money_entries(size).run,
                    self.reviews_write,
                    partial(_execute, MARKS_SQL),
                ],
            ),
            ("indexes", [partial(self.indexes_make, worker) for worker in range(WORKERS)]),
            (
                "statistics of the planner",
                [partial(_execute, f"VACUUM (ANALYZE) {table}") for table in TABLES],
            ),
            ("figures of days", [partial(self.days_add_up, worker) for worker in range(WORKERS)]),
            ("the rest", [self.finish, partial(_execute, "VACUUM (ANALYZE) reports_dailystat")]),
            ("statistics of the other tables", [partial(_execute, "ANALYZE")]),
        ]

    def reviews_write(self) -> None:
        """Write the reviews, and what they come to for each house."""
        rows.reviews(self.size).run()
        _execute(rows.RATINGS)

    def indexes_drop(self) -> None:
        """Drop the indexes that no constraint needs, and remember them."""
        with connection.cursor() as cursor:
            cursor.execute(INDEXES_SQL, [list(TABLES)])
            self.indexes = cursor.fetchall()
            for name, _definition in self.indexes:
                cursor.execute(f"DROP INDEX {name}")

    def indexes_make(self, worker: int) -> None:
        """Make the indexes in turn with the other workers."""
        for _name, definition in sorted(self.indexes)[worker::WORKERS]:
            _execute(definition)

    def days_add_up(self, worker: int) -> None:
        """Add up what the bookings come to on each day, house by house in turn with the other workers."""
        daily_stats_refresh(property_ids=range(1 + worker, self.size.properties + 1, WORKERS))

    def finish(self) -> None:
        """Remove what only the build needed, and let new rows have numbers behind those of ours."""
        _execute("DROP TABLE bench_stay")
        _execute("DROP FUNCTION bench_price")
        with connection.cursor() as cursor:
            cursor.execute(SEQUENCES_SQL)
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
        _execute("CHECKPOINT")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _beside_each_other(steps: Sequence[Step]) -> None:
    """Run the steps, as many at a time as there are workers, each with a connection of its own."""

    def run(step: Step) -> None:
        try:
            with bulk_work():
                step()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        for outcome in [pool.submit(run, step) for step in steps]:
            outcome.result()


def main(name: str) -> int:
    """Build the data of a size; the exit status is 0."""
    options = connections.settings["default"]["OPTIONS"]
    options.pop("pool", None)
    options["options"] = OPTIONS
    build, timings = Build(SIZES[name]), {}
    for title, steps in build.stages():
        started = time.monotonic()
        _beside_each_other(steps)
        timings[title] = round(time.monotonic() - started, 1)
        print(f"  {title:<40} {timings[title]:6.1f} s", file=sys.stderr, flush=True)
    print(json.dumps(timings))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
