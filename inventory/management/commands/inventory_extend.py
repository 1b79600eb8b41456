"""Add the nights and rates that are missing."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from core.exceptions import DomainError
from core.schedule import JobRecord, job_recorded
from inventory.models import Property
from inventory.services import inventory_extend


class Command(BaseCommand):
    """`manage.py inventory_extend`: may run as often as one likes, also twice at once."""

    help = "Add the nights and rates that are missing, as far ahead as the settings say."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the options."""
        parser.add_argument("--days", type=int, help="days ahead, instead of INVENTORY_DAYS_AHEAD")
        parser.add_argument("--property", dest="slug", help="only the property with this slug")
        parser.add_argument("--dry-run", action="store_true", help="say what would be added, and add nothing")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Extend, and report."""
        property_id = self._property_id(options["slug"])
        total = 1 if property_id else Property.objects.count()
        is_whole = property_id is None and options["days"] is None and not options["dry_run"]
        recorded = job_recorded("inventory.inventory_extend") if is_whole else nullcontext(JobRecord())
        try:
            with (
                recorded as record,
                tqdm(total=total, unit="property", disable=options["json"] or None, file=self.stderr) as bar,
            ):
                report = inventory_extend(
                    property_id=property_id,
                    days_ahead=options["days"],
                    dry_run=options["dry_run"],
                    on_property=lambda _house: bar.update(),
                )
                record.result = asdict(report)
        except DomainError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report) | {"dry_run": options["dry_run"]}))
            return
        verb = "would be added" if options["dry_run"] else "added"
        self.stdout.write(
            f"{report.nights} nights and {report.rates} rates {verb} at {report.properties} properties."
        )

    def _property_id(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        property_id = Property.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if property_id is None:
            raise CommandError(f"There is no property with the slug {slug!r}.")
        return property_id
