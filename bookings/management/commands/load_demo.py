"""Fill the database with the demo."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.demo.loading import LOGINS_FILE, data_path, demo_is_wanted, demo_load
from core.exceptions import DomainError
from core.observability.queries import bulk_work

from .import_bookings import progress_bar


class Command(BaseCommand):
    help = (
        "Loads the demo: real bookings of two hotels moved by whole weeks so that today lies inside them, a dozen more "
        "houses, guests and staff. May be killed and repeated: another run completes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing when there is a property already, unless it is a demo that was not finished",
        )
        parser.add_argument(
            "--data",
            type=Path,
            metavar="PATH",
            help="the hotel booking demand datasets (default: $VACANCY_DEMO_DATA, ../shared/data, or a small sample)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and not demo_is_wanted():
            return
        if not settings.DEMO_PAGES:
            raise CommandError(
                "The demo has log-ins that everybody knows, so it is not loaded with these settings."
            )
        started = time.monotonic()
        self.stdout.write("Loading the demo ...")
        try:
            with bulk_work():
                result = demo_load(
                    path=data_path(options["data"]), say=self.stdout.write, progress=progress_bar
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        taken = result.taken.total() + result.already_there
        self.stdout.write(
            f"The demo is there: {taken:,} imported bookings, {time.monotonic() - started:.0f} s."
        )
        self.stdout.write(f"Log-ins: {LOGINS_FILE}")
