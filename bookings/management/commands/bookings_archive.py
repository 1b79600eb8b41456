"""Archive the stays of long ago."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bookings.services.archiving import bookings_archive
from core.exceptions import DomainError


class Command(BaseCommand):
    """`manage.py bookings_archive --older-than 10`."""

    help = "Take guests out of stays, notes, messages and log of so many years ago; every figure stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--older-than", type=int, required=True, metavar="YEARS", help="whole years kept")
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        parser.add_argument("--json", action="store_true", help="write one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Archive them, and report."""
        try:
            report = bookings_archive(years=options["older_than"], dry_run=options["dry_run"]).as_json()
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], **report}))
            return
        verb = "Would be archived" if options["dry_run"] else "Archived"
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.items())
        self.stdout.write(f"{verb}: {counts}.")
