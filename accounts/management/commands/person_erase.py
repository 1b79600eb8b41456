"""`manage.py person_erase`: take a person's data away."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.management.person_command import PersonCommand
from accounts.privacy.erasing import ErasureRefused, ErasureReport, erasure_preview, person_erase

WORD = "erase"


class Command(PersonCommand):
    """Erases somebody for good; what the law wants kept stays for its time."""

    help = "Erase all that is held about a person. Refused with a stay ahead or money open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, change nothing")
        parser.add_argument("--no-input", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, dry_run: bool, no_input: bool, as_json: bool, **options: Any) -> None:
        person = self.person(**options)
        if dry_run:
            report = erasure_preview(person)
            self._say(report, "Would erase", as_json=as_json)
            if report.refusals and not as_json:
                raise CommandError(" ".join(str(refusal.message) for refusal in report.refusals))
            return
        if not (no_input or self._agreed()):
            raise CommandError("Nothing was erased.")
        try:
            report = person_erase(person)
        except ErasureRefused as error:
            raise CommandError(str(error)) from error
        self._say(report, "Erased", as_json=as_json)

    def _agreed(self) -> bool:
        try:
            return input(f"This cannot be undone. Type {WORD} to go on: ").strip() == WORD
        except EOFError:
            raise CommandError("Nobody can be asked: say --no-input. Nothing was erased.") from None

    def _say(self, report: ErasureReport, verb: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_json()))
            return
        for model, count in report.rows.items():
            self.stdout.write(f"{verb} {count} of {model}")
        if report.log_entries:
            self.stdout.write(f"{verb} values in {report.log_entries} entries of the log")
        if report.uid:
            self.stdout.write(f"Written down as {report.uid}")
