"""`manage.py calendars_import`: fetch calendars of other channels now, here, one after another."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.exceptions import DomainError
from core.schedule import job_recorded
from inventory.selectors.channels import calendars_due
from inventory.services.calendars import ImportReport, calendar_fetch

JOB = "inventory.calendars_import"


class Command(BaseCommand):
    """Without options what the schedule does every quarter of an hour, but for all calendars and at once."""

    help = (
        "Fetch the calendars of other channels and block what they sold. Exit code 1 if one could not be fetched; "
        "the others are done all the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--calendar", type=int, metavar="ID", help="only this one, even if it is switched off"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(
        self, *_args: Any, calendar: int | None, dry_run: bool, as_json: bool, **_options: Any
    ) -> None:
        reports: dict[int, ImportReport] = {}
        errors: dict[int, str] = {}
        if calendar is not None or dry_run:
            self._fetch([calendar] if calendar is not None else _all(), reports, errors, dry_run=dry_run)
            if calendar in errors and not as_json:
                raise CommandError(errors[calendar])
        else:
            with job_recorded(JOB) as record:
                self._fetch(_all(), reports, errors, dry_run=False)
                record.result = {"calendars": len(reports), "failed": len(errors)}
        if as_json:
            told = {pk: report.as_json() for pk, report in reports.items()}
            self.stdout.write(json.dumps({"dry_run": dry_run, "calendars": told, "errors": errors}))
        else:
            self._print(reports, errors, dry_run=dry_run)
        if errors:
            sys.exit(1)

    def _fetch(
        self, ids: list[int], reports: dict[int, ImportReport], errors: dict[int, str], *, dry_run: bool
    ) -> None:
        for calendar_id in ids:
            try:
                reports[calendar_id] = calendar_fetch(calendar_id=calendar_id, dry_run=dry_run)
            except DomainError as error:
                errors[calendar_id] = str(error)

    def _print(self, reports: dict[int, ImportReport], errors: dict[int, str], *, dry_run: bool) -> None:
        for calendar_id, report in reports.items():
            would = "would be " if dry_run else ""
            self.stdout.write(
                f"calendar {calendar_id}: {report.nights_blocked} nights {would}blocked, "
                f"{report.nights_released} {would}released, {report.conflicts_open} conflicts open"
            )
            for sign, events in (
                ("+", report.added),
                ("~", report.changed),
                ("-", report.removed),
                ("? kept:", report.kept),
                ("! not understood:", report.unreadable),
            ):
                for event in events:
                    self.stdout.write(f"  {sign} {event}")
        for calendar_id, text in errors.items():
            self.stderr.write(f"calendar {calendar_id}: {text}")
        self.stdout.write(f"{len(reports)} calendars read, {len(errors)} failed.")


def _all() -> list[int]:
    """Every calendar that is switched on, however lately it was fetched."""
    return calendars_due(at=timezone.now() + timedelta(days=1), every_seconds=0)
