"""Which indexes are used, which could go, and where one is missing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.observability.indexes import IndexReport, index_report
from core.observability.printing import size_text, table_lines
from core.observability.queries import bulk_work


class Command(BaseCommand):
    help = (
        "Show the size and use of every index, those that no query uses, those that another one can stand in for, and "
        "where one is missing: foreign keys without an index, and large tables that are read whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--limit", type=int, default=20, help="how many indexes to list (20)")

    def handle(self, *_args: Any, as_json: bool, limit: int, **_options: Any) -> None:
        if limit < 1:
            raise CommandError("--limit is at least 1.")
        with bulk_work():
            report = index_report()
        if as_json:
            self.stdout.write(json.dumps(asdict(report)))
        else:
            self._print(report, limit)

    def _print(self, report: IndexReport, limit: int) -> None:
        total = size_text(sum(index.bytes for index in report.indexes))
        since = f"since {report.stats_since[:16]}" if report.stats_since else "since the database was made"
        self._title(f"{len(report.indexes)} indexes, {total}; scans {since}")
        self._table(
            ("size", "scans", "table", "index", "columns"),
            [
                (size_text(index.bytes), index.scans, index.table, index.name, ", ".join(index.columns))
                for index in report.indexes[:limit]
            ],
        )
        self._title(f"Not used by any query: {len(report.unused)}", bad=bool(report.unused))
        if report.unused:
            self.stdout.write(
                "Figures of a young or quiet database say little: look again after a busy week."
            )
        self._table(
            ("size", "table", "index"),
            [(size_text(index.bytes), index.table, index.name) for index in report.unused[:limit]],
        )
        self._title(f"Another index does the same: {len(report.duplicates)}", bad=bool(report.duplicates))
        self._table(
            ("size", "table", "index", "stands in"),
            [(size_text(row.bytes), row.table, row.name, row.covered_by) for row in report.duplicates],
        )
        self._title(f"Missing: {len(report.missing)}", bad=bool(report.missing))
        self._table(
            ("rows", "table", "columns", "why"),
            [(row.rows, row.table, ", ".join(row.columns), _why(row)) for row in report.missing],
        )
        if report.unanalyzed:
            self._title(
                f"Large tables without statistics, run ANALYZE: {', '.join(report.unanalyzed)}", bad=True
            )

    def _title(self, text: str, *, bad: bool = False) -> None:
        self.stdout.write("\n" + (self.style.WARNING(text) if bad else self.style.SUCCESS(text)))

    def _table(self, headers: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self.stdout.write("\n".join(table_lines(headers, rows)))


def _why(row: Any) -> str:
    return row.reason if row.scans is None else f"{row.reason} ({row.scans} times)"
