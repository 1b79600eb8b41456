"""`manage.py rooms_assign`: give stays their rooms, as every night."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from bookings.services.scheduled import NightlyAssignment, rooms_assign_nightly
from core.exceptions import NotFound
from core.management.arguments import whole_number
from core.schedule import job_recorded
from inventory.selectors import property_by_slug

DAYS_MOST = 3650


class Command(BaseCommand):
    help = (
        "Assign rooms to the confirmed stays of the coming days. Exit code 1 if a property could not be done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--property", metavar="SLUG", help="only this property")
        parser.add_argument(
            "--days",
            type=whole_number(1, DAYS_MOST),
            help="so many days from today; otherwise what the property says",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, dry_run: bool, **options: Any) -> None:
        done = self._run(options["property"], options["days"], dry_run)
        if as_json:
            self.stdout.write(json.dumps(_as_json(done, dry_run), cls=DjangoJSONEncoder))
        else:
            self._print(done, dry_run)
        if done.errors:
            raise CommandError(
                "Not done: " + ", ".join(f"{slug} ({code})" for slug, code in done.errors.items())
            )

    def _run(self, slug: str | None, days: int | None, dry_run: bool) -> NightlyAssignment:
        if slug is not None:
            try:
                property_by_slug(slug, include_unpublished=True)
            except NotFound:
                raise CommandError(f"There is no property called {slug}.") from None
        if dry_run or slug is not None or days is not None:
            return rooms_assign_nightly(property_slug=slug, days=days, is_preview=dry_run)
        with job_recorded("bookings.rooms_assign") as record:
            done = rooms_assign_nightly()
            record.result = done.figures()
        return done

    def _print(self, done: NightlyAssignment, dry_run: bool) -> None:
        verb = "would get" if dry_run else "got"
        for slug, result in done.results.items():
            self.stdout.write(
                f"{slug}: {result.stays} {verb} a room, {len(result.left)} have none, {result.moves} moves."
            )
            for left in result.left:
                self.stdout.write(f"  {left.reference}, room {left.room_index}: {left.reason}")


def _as_json(done: NightlyAssignment, dry_run: bool) -> dict[str, Any]:
    return {
        "is_preview": dry_run,
        "properties": {
            slug: {
                "assigned": [asdict(row) for row in result.assigned],
                "left": [asdict(row) for row in result.left],
                "moves": result.moves,
            }
            for slug, result in done.results.items()
        },
        "errors": done.errors,
    }
