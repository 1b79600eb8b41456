"""`manage.py upgrade`: bring the schema to this version's, or back."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.upgrades.checks import Verdict
from core.upgrades.errors import UpgradeError
from core.upgrades.limits import Limits
from core.upgrades.locking import upgrade_running
from core.upgrades.running import Report, upgrade_back, upgrade_check, upgrade_run
from core.upgrades.telling import interruption_told


class Command(BaseCommand):
    """Checks, backs up, migrates, verifies, warms the caches, and reports; on failure it says what is left."""

    help = (
        "Check, back up, apply the migrations with limits on locks and statements, verify, and warm "
        "the caches. One at a time; what fails says how the database is left and prints the command that goes back."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="look at everything and change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")
        parser.add_argument(
            "--no-backup", action="store_true", help="make no backup before the schema is changed"
        )
        parser.add_argument("--back", type=int, metavar="NUMBER", help="take the upgrade of that number back")
        parser.add_argument(
            "--discard-new",
            action="store_true",
            help="with --back: give up what was written since into what goes",
        )

    def handle(self, *_args: Any, dry_run: bool, as_json: bool, **options: Any) -> None:
        if options["discard_new"] and options["back"] is None:
            raise CommandError("--discard-new goes with --back.")
        report = Report()
        limits = Limits.from_settings()
        self.is_quiet = as_json
        try:
            if options["back"] is not None:
                discard = options["discard_new"]
                upgrade_back(
                    report, options["back"], dry_run=dry_run, discard=discard, limits=limits, tell=self._tell
                )
            elif dry_run:
                self._look(report, backup=not options["no_backup"])
            else:
                upgrade_run(report, backup=not options["no_backup"], limits=limits, tell=self._tell)
        except UpgradeError as error:
            report.told.append(str(error))
            self._report(report, as_json=as_json)
            raise CommandError(str(error)) from error
        self._report(report, as_json=as_json)

    def _look(self, report: Report, *, backup: bool) -> None:
        if who := upgrade_running(connection):
            raise UpgradeError(f"An upgrade is running{who}: look again when it is over.")
        schema = upgrade_check(report, connection=connection, backup=backup)
        told = interruption_told(connection, schema.entry)
        if told is not None:
            report.told.append(str(told))
            report.back = told.command

    def _tell(self, text: str) -> None:
        if not self.is_quiet:
            self.stdout.write(f"{text} ...")
            self.stdout.flush()

    def _report(self, report: Report, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_dict()))
            return
        styles = {
            Verdict.OK: self.style.SUCCESS,
            Verdict.WARNING: self.style.WARNING,
            Verdict.FAILED: self.style.ERROR,
        }
        for check in report.checks:
            self.stdout.write(
                f"{styles[check.verdict](f'{check.verdict.value:<8}')}{check.name}: {check.text}"
            )
        for applied in report.applied:
            self.stdout.write(f"        {applied.migration}: {applied.seconds:g} s")
        if report.backup:
            self.stdout.write(f"Backup: {report.backup}")
        if report.state not in ("failed", "refused"):
            for text in report.told:
                self.stdout.write(self.style.WARNING(text))
            self.stdout.write(
                f"Upgrade: {report.state}." + (f" Caches: {report.warmed} warmed." if report.warmed else "")
            )
            if report.back:
                self.stdout.write(f"To go back: {report.back}")
