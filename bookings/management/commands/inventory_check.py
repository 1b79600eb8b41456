"""Prove that the inventory equals bookings, holds and blocks, night by night."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from bookings.selectors import inventory_differences, inventory_nights_count
from bookings.services.scheduled.checks import InventoryDiffers
from bookings.types import InventoryDifference
from core.exceptions import NotFound
from core.observability.queries import bulk_work
from core.schedule import job_recorded
from inventory.selectors import property_by_slug

HEADERS = ("property", "room type", "night", "held", "sold", "blocked")


class Command(BaseCommand):
    help = (
        "Compare every night's held, sold and blocked rooms with what bookings and blocks add up to. "
        "Exit code 1 if they differ anywhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--property", metavar="SLUG", help="only this property")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, **options: Any) -> None:
        property_id = self._property_id(options["property"])
        with bulk_work():
            nights = inventory_nights_count(property_id=property_id)
            differences = inventory_differences(property_id=property_id)
        if as_json:
            report = {"nights": nights, "differences": [asdict(difference) for difference in differences]}
            self.stdout.write(json.dumps(report, cls=DjangoJSONEncoder))
        else:
            self._print(nights, differences)
        if property_id is None:
            self._record(nights, differences)
        elif differences:
            sys.exit(1)

    def _record(self, nights: int, differences: list[InventoryDifference]) -> None:
        """Write the run down as the nightly job's. Exits with 1 if there are differences."""
        try:
            with job_recorded("bookings.inventory_check") as record:
                record.result = nights
                if differences:
                    raise InventoryDiffers(data={"nights": len(differences)})
        except InventoryDiffers:
            sys.exit(1)

    def _property_id(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        try:
            return property_by_slug(slug, include_unpublished=True).pk
        except NotFound:
            raise CommandError(f"There is no property called {slug}.") from None

    def _print(self, nights: int, differences: list[InventoryDifference]) -> None:
        if not differences:
            self.stdout.write(
                f"{nights} nights, no difference: the inventory equals bookings, holds and blocks."
            )
            return
        rows = [HEADERS, *(_row(difference) for difference in differences)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS))]
        for row in rows:
            self.stdout.write(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
        self.stderr.write(f"{len(differences)} of {nights} nights differ (recorded/expected).")


def _row(difference: InventoryDifference) -> tuple[str, ...]:
    return (
        difference.property_name,
        difference.room_type_code,
        difference.date.isoformat(),
        _pair(difference.held, difference.held_expected),
        _pair(difference.sold, difference.sold_expected),
        _pair(difference.blocked, difference.blocked_expected),
    )


def _pair(recorded: int | None, expected: int) -> str:
    if recorded is None:
        return f"missing/{expected}"
    return str(recorded) if recorded == expected else f"{recorded}/{expected}"
