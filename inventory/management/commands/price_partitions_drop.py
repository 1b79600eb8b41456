"""Drop old months of the price history."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.exceptions import DomainError
from inventory.services.price_partitions import price_partitions_drop


class Command(BaseCommand):
    """`manage.py price_partitions_drop --older-than 24`."""

    help = "Drop the months of the price history that are older than so many months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument(
            "--older-than", type=int, required=True, metavar="MONTHS", help="whole months that are kept"
        )
        parser.add_argument(
            "--detach", action="store_true", help="keep them as tables of their own, to archive"
        )
        parser.add_argument("--dry-run", action="store_true", help="name them and drop nothing")
        parser.add_argument("--json", action="store_true", help="write one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Drop them, and report."""
        try:
            names = price_partitions_drop(
                older_than_months=options["older_than"],
                detach=options["detach"],
                dry_run=options["dry_run"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            report = {key: options[key] for key in ("detach", "dry_run")} | {"partitions": names}
            self.stdout.write(json.dumps(report))
            return
        verb = "Detached" if options["detach"] else "Dropped"
        verb = f"Would be {verb.lower()}" if options["dry_run"] else verb
        self.stdout.write(f"{verb}: {', '.join(names) if names else 'nothing'}.")
