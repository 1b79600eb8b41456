"""Which queries take the time."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.observability.printing import table_lines
from core.observability.query_figures import DAYS, ORDERS, ShapeFigures, query_figures, query_figures_reset
from core.observability.statements import statement_figures
from core.observability.tallies import DAYS_KEPT

NO_SERVER = "The cache server, where the figures stand, does not answer."


class Command(BaseCommand):
    help = (
        "Show what all processes have counted of their queries, by shape: count, average, minimum, maximum, p95, slow "
        "(100 ms) and critical (500 ms) ones, and which a request repeats (N+1). Besides, what PostgreSQL counted, "
        "where pg_stat_statements is installed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--limit", type=int, default=20, help="how many shapes to show (20)")
        parser.add_argument(
            "--days", type=int, default=DAYS, help=f"of how many days, today included ({DAYS})"
        )
        parser.add_argument(
            "--order", choices=sorted(ORDERS), default="total", help="greatest first by this (total)"
        )
        parser.add_argument("--reset", action="store_true", help="forget what was counted")

    def handle(self, *_args: Any, reset: bool, as_json: bool, limit: int, **options: Any) -> None:
        if limit < 1 or not 1 <= options["days"] <= DAYS_KEPT:
            raise CommandError(f"--limit is at least 1, --days from 1 to {DAYS_KEPT}.")
        if reset:
            if not query_figures_reset():
                raise CommandError(NO_SERVER)
            self.stdout.write("The figures of all queries were forgotten.")
            return
        figures = query_figures(days=options["days"], order=options["order"])
        if figures is None:
            raise CommandError(NO_SERVER)
        statements = statement_figures(limit=limit)
        if as_json:
            absent, rows = (statements, None) if isinstance(statements, str) else (None, statements)
            self.stdout.write(
                json.dumps(
                    {
                        "days": options["days"],
                        "shapes": [asdict(shape) for shape in figures[:limit]],
                        "pg_stat_statements": None if rows is None else [asdict(row) for row in rows],
                        "pg_stat_statements_absent": absent,
                    }
                )
            )
            return
        self._print(figures, limit)
        self._print_statements(statements)

    def _print(self, figures: list[ShapeFigures], limit: int) -> None:
        self.stdout.write(
            self.style.SUCCESS(
                f"{len(figures)} shapes, {sum(shape.count for shape in figures):,} queries, "
                f"{sum(shape.slow for shape in figures):,} slow"
            )
        )
        headers = ("count", "total ms", "average", "min", "p95", "max", "slow", "critical", "N+1", "shape")
        rows = [
            (shape.count, shape.total_ms, shape.average_ms, shape.min_ms, shape.p95_ms, shape.max_ms, shape.slow,
             shape.critical, shape.repeats, shape.shape)
            for shape in figures[:limit]
        ]  # fmt: skip
        for line, shape in zip(table_lines(headers, rows), [None, *figures[:limit]], strict=True):
            bad = shape is not None and (shape.critical or shape.repeats)
            warn = shape is not None and shape.slow
            self.stdout.write(self.style.ERROR(line) if bad else self.style.WARNING(line) if warn else line)
        for shape in figures[:limit]:
            if shape.repeats:
                self.stdout.write(
                    self.style.ERROR(
                        f"N+1 in {shape.repeats} requests, from {shape.line}: {shape.shape[:80]}"
                    )
                )

    def _print_statements(self, statements: Any) -> None:
        if isinstance(statements, str):
            self.stdout.write(f"\n{statements} What is above was counted by the site itself.")
            return
        self.stdout.write(self.style.SUCCESS("\nAs PostgreSQL counted (pg_stat_statements)"))
        rows = [
            (row.calls, row.total_ms, row.average_ms, row.max_ms, row.rows, row.shape) for row in statements
        ]
        self.stdout.write(
            "\n".join(table_lines(("calls", "total ms", "average", "max", "rows", "shape"), rows))
        )
