"""Add up the figures of days anew."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bookings.management.commands.import_bookings import date_read
from core.exceptions import DomainError
from core.observability.queries import bulk_work
from inventory.models import Property
from reports.selectors.daily import daily_differences, daily_stats_count
from reports.services import daily_stats_rebuild
from reports.types import FIRST_DAY, LAST_DAY


class Command(BaseCommand):
    help = (
        "Add up the figures of days (occupancy, revenue, arrivals) from the bookings, whatever is recorded. Not needed "
        "in daily life: changes of bookings are added up by themselves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date_read, metavar="DATE", help="first day")
        parser.add_argument("--to", dest="last", type=date_read, metavar="DATE", help="last day, included")
        parser.add_argument("--property", dest="slug", metavar="SLUG", help="only this property")
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many figures are wrong, change nothing"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if first and last and last < first:
            raise CommandError("The last day is before the first one.")
        end = min(last, LAST_DAY) + timedelta(days=1) if last else None
        houses = self._houses(options["slug"])
        differences = 0
        try:
            with bulk_work(), tqdm(houses, unit=" properties", disable=options["as_json"] or None) as bar:
                for property_id in bar:
                    if options["dry_run"]:
                        found = daily_differences(
                            property_id=property_id, start=first or FIRST_DAY, end=end or LAST_DAY
                        )
                        differences += len(found)
                    else:
                        daily_stats_rebuild(property_id=property_id, start=first, end=end)
        except DomainError as error:
            raise CommandError(str(error)) from error
        rows = daily_stats_count(property_id=houses[0] if len(houses) == 1 else None)
        report = {"properties": len(houses), "rows": rows, "dry_run": options["dry_run"]}
        if options["as_json"]:
            self.stdout.write(json.dumps({**report, "wrong": differences if options["dry_run"] else None}))
        elif options["dry_run"]:
            self.stdout.write(f"{differences} figures of {len(houses)} properties would change.")
        else:
            self.stdout.write(f"{len(houses)} properties added up, {rows} rows of figures.")

    def _houses(self, slug: str | None) -> list[int]:
        houses = Property.objects.order_by("pk").values_list("pk", flat=True)
        if slug is None:
            return list(houses)
        found = list(houses.filter(slug=slug))
        if not found:
            raise CommandError(f"There is no property called {slug}.")
        return found
