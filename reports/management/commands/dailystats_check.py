"""Prove that the figures of days equal the bookings."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from core.exceptions import DomainError
from core.observability.queries import bulk_work
from core.schedule import job_recorded
from inventory.models import Property
from reports.selectors.daily import DailyDifference, daily_differences, daily_stats_count
from reports.services import DailyStatsDiffer, daily_stats_refresh, difference_line


class Command(BaseCommand):
    help = (
        "Compare the figures of every day with what the bookings come to. Exit code 1 if one differs, with its "
        "property, room type, day and figure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--property", dest="slug", metavar="SLUG", help="only this property")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, slug: str | None, as_json: bool, **_options: Any) -> None:
        property_id = self._property_id(slug)
        try:
            with bulk_work():
                daily_stats_refresh(property_ids=None if property_id is None else [property_id])
                rows, differences = (
                    daily_stats_count(property_id=property_id),
                    daily_differences(property_id=property_id),
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        if as_json:
            report = {"rows": rows, "differences": [asdict(difference) for difference in differences]}
            self.stdout.write(json.dumps(report, cls=DjangoJSONEncoder))
        elif not differences:
            self.stdout.write(f"{rows} rows of figures, no difference: they equal the bookings.")
        else:
            for difference in differences:
                self.stdout.write(difference_line(difference))
            self.stderr.write(
                f"{len(differences)} figures differ. `manage.py dailystats_rebuild` adds them up anew."
            )
        if property_id is None:
            self._record(rows, differences)
        elif differences:
            sys.exit(1)

    def _record(self, rows: int, differences: list[DailyDifference]) -> None:
        """Write the run down as the nightly job's. Exits with 1 if there are differences."""
        try:
            with job_recorded("reports.dailystats_check") as record:
                record.result = rows
                if differences:
                    raise DailyStatsDiffer(data={"figures": len(differences)})
        except DailyStatsDiffer:
            sys.exit(1)

    def _property_id(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        property_id = Property.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if property_id is None:
            raise CommandError(f"There is no property called {slug}.")
        return property_id
