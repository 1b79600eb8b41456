"""Import the hotel booking demand datasets, or a file with the same columns."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from bookings.imports.refusals import RefusalReport
from bookings.imports.services import ImportResult, bookings_import
from bookings.imports.source import SourceRow
from core.exceptions import DomainError
from core.observability.queries import bulk_work

YEAR_FIRST, YEAR_LAST = 1970, 2199


def date_read(text: str) -> date:
    """A date of the command line. Raises `ArgumentTypeError`, which the parser reports in one sentence."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-20") from error


def day_meant(text: str) -> date:
    """Read a day that bookings can be moved to, with their years before and after it."""
    if not YEAR_FIRST <= (day := date_read(text)).year <= YEAR_LAST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day of the years {YEAR_FIRST} to {YEAR_LAST}")
    return day


def progress_bar(rows: Iterable[SourceRow], doing: str, total: int | None) -> Iterable[SourceRow]:
    """The rows, with a bar on stderr when somebody watches."""
    return tqdm(rows, desc=doing, total=total, unit=" rows", unit_scale=True, file=sys.stderr, disable=None)


class Command(BaseCommand):
    help = (
        "Reads bookings of the hotel booking demand datasets (CSV, plain or compressed with gzip or xz) into two "
        "properties with rooms, inventory, nights and folios. May be repeated or killed: another run adds what is "
        "missing and nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file")
        parser.add_argument("--dry-run", action="store_true", help="read and judge every row, write nothing")
        parser.add_argument(
            "--shift-to",
            type=day_meant,
            metavar="DATE",
            help="move everything by whole weeks so that this day lies inside; what was not booked by then is left out",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="write each refused row's line and reason to this CSV file",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            with bulk_work(), RefusalReport(options["report"]) as report:
                result = bookings_import(
                    path=options["path"],
                    shift_to=options["shift_to"],
                    dry_run=options["dry_run"],
                    report=report,
                    progress=progress_bar,
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - started
        if options["json"]:
            self.stdout.write(json.dumps({**result.as_json(), "seconds": round(seconds, 1)}))
        else:
            self._summary(result, seconds)

    def _summary(self, result: ImportResult, seconds: float) -> None:
        verb = "could be taken" if result.dry_run else "taken"
        self.stdout.write(f"{result.rows:>9,} rows read in {seconds:.1f} s")
        self.stdout.write(f"{result.taken.total():>9,} {verb}")
        for status, count in result.taken.most_common():
            self.stdout.write(f"          {count:>9,} {status.label}")
        self.stdout.write(f"{result.already_there:>9,} were there already")
        self.stdout.write(f"{result.left_out:>9,} left out: not made yet on the day everything was moved to")
        self.stdout.write(f"{result.refused.total():>9,} refused")
        for reason, count in result.refused.most_common():
            self.stdout.write(f"          {count:>9,} {reason.label}")
        if result.shift_weeks:
            kept = " (kept from the first import)" if result.shift_kept else ""
            self.stdout.write(f"Moved by {result.shift_weeks} weeks{kept}.")
