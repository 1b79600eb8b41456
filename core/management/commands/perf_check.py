"""Is everything as fast as it should be on this database?

Budgets are written in milliseconds of a quiet machine and held against a floor that is measured in the same run (empty
views and trivial queries, `core.observability.floor`): what is slow here because the machine is, is not red.
"""

from __future__ import annotations

import json
import logging
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from core.exceptions import DomainError
from core.observability.indexes import IndexReport, index_report
from core.observability.page_probes import ProbeFailed
from core.observability.printing import table_lines
from core.observability.probes import Measured, Probe, probe_measure, probes_all
from core.observability.queries import bulk_work

ROUNDS = 10
MISSING_SHOWN = 10
STRETCH_TOLD = 1.2
REQUEST_LOGGER = "django_structlog.middlewares.request"


class Command(BaseCommand):
    help = (
        "Run the main selectors and pages on this database, which is only read, and compare each with its budget of "
        "time and queries. On a slow or busy machine the budgets of time are stretched by as much as empty views and "
        "trivial queries take longer there. Exit code 1 when one is broken. The report is kept in performance-reports/."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each runs ({ROUNDS})")
        parser.add_argument(
            "--factor", type=float, default=1.0, help="stretch the budgets of time further (1)"
        )
        parser.add_argument("--only", metavar="TEXT", default="", help="only those whose name has this text")
        parser.add_argument(
            "--output", type=Path, default=Path(settings.BASE_DIR) / "performance-reports", metavar="FOLDER"
        )

    def handle(self, *_args: Any, as_json: bool, output: Path, **options: Any) -> None:
        if options["rounds"] < 1 or not options["factor"] > 0:
            raise CommandError("--rounds is at least 1, and --factor more than 0.")
        autodiscover_modules("probes")
        probes = [probe for probe in probes_all() if options["only"].lower() in probe.name.lower()]
        if not probes:
            raise CommandError(f"No measurement has a name with {options['only']}.")
        measured, skipped, failed = self._measure(probes, options["rounds"], options["factor"])
        with bulk_work():
            indexes = index_report()
        broken = [figures for figures in measured if figures.broken]
        report = {
            "at": timezone.now().isoformat(timespec="seconds"),
            "factor": options["factor"],
            "measured": [asdict(figures) for figures in measured],
            "skipped": skipped,
            "failed": failed,
            "missing_indexes": [asdict(row) for row in indexes.missing],
            "tables_without_statistics": indexes.unanalyzed,
            "ok": not broken and not failed,
        }
        path = self._save(output, report)
        if as_json:
            self.stdout.write(json.dumps(report | {"saved": str(path)}))
        else:
            self._print(measured, skipped, indexes)
            self.stdout.write(f"\nKept in {path}")
        for name, why in failed.items():
            self.stderr.write(self.style.ERROR(f"{name}: {why}"))
        if broken or failed:
            if not as_json:
                self.stderr.write(
                    self.style.ERROR(
                        f"{len(broken)} budgets are broken, {len(failed)} could not be measured."
                    )
                )
            sys.exit(1)

    def _measure(
        self, probes: list[Probe], rounds: int, factor: float
    ) -> tuple[list[Measured], list[str], dict[str, str]]:
        measured: list[Measured] = []
        skipped: list[str] = []
        failed: dict[str, str] = {}
        connection.ensure_connection()
        for probe in probes:
            try:
                with _requests_unlogged():
                    found = probe_measure(probe, rounds=rounds, factor=factor)
            except (DomainError, DatabaseError, ProbeFailed) as error:
                failed[probe.name] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
                continue
            measured += found
            if not found:
                skipped.append(probe.name)
        return measured, skipped, failed

    def _save(self, folder: Path, report: dict[str, Any]) -> Path:
        path = folder / f"{timezone.now():%Y-%m-%dT%H%M%S}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(report, indent=1) + "\n")
        except OSError as error:
            raise CommandError(f"The report cannot be kept in {folder}: {error.strerror}.") from None
        return path

    def _print(self, measured: list[Measured], skipped: list[str], indexes: IndexReport) -> None:
        headers = ("queries", "slow", "average ms", "max ms", "middle ms", "budget ms", "", "what")
        rows = [
            (row.queries, row.slow, row.average_ms, row.max_ms, row.middle_ms, row.budget.milliseconds, row.mode,
             row.name)
            for row in measured
        ]  # fmt: skip
        for line, figures in zip(table_lines(headers, rows), [None, *measured], strict=True):
            style = str if figures is None else self.style.ERROR if figures.broken else self.style.SUCCESS
            self.stdout.write(style(line))
        stretched = sorted(row.stretch for row in measured)
        if stretched and stretched[-1] >= STRETCH_TOLD:
            self.stdout.write(
                f"\nEmpty views and queries take {stretched[0]:.1f} to {stretched[-1]:.1f} times as long here and now "
                "as where the budgets were written; each is stretched by what was measured beside it."
            )
        for row in measured:
            for text in row.broken:
                self.stdout.write(self.style.ERROR(f"\n{row.name} ({row.mode}): {text}"))
            for text in row.advice:
                self.stdout.write(f"  {text}")
        for missing in indexes.missing[:MISSING_SHOWN]:
            columns = f" ({', '.join(missing.columns)})" if missing.columns else ""
            self.stdout.write(self.style.WARNING(f"Index: {missing.table}{columns}: {missing.reason}"))
        if indexes.unanalyzed:
            self.stdout.write(self.style.WARNING(f"Run ANALYZE: {', '.join(indexes.unanalyzed)}"))
        if skipped:
            self.stdout.write(f"Nothing to read for: {', '.join(skipped)}")


@contextmanager
def _requests_unlogged() -> Iterator[None]:
    """The pages that are measured are no requests that anybody made: what goes wrong with them is still logged."""
    log = logging.getLogger(REQUEST_LOGGER)
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(level)
