"""`manage.py wal_check`: is the log whole from the oldest base backup to now, and is it still being put away?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.backups.errors import BackupError
from core.backups.wal.checking import BACKLOG_MAX, WalReport, wal_check


class Command(BaseCommand):
    help = (
        "Look for gaps in the archive of the write-ahead log, from the oldest base backup to the newest segment, and "
        "ask the server whether it still puts its log away. Exit code 1 if something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--files-only", action="store_true", help="Do not ask the server: right while it is lost."
        )
        parser.add_argument(
            "--deep", action="store_true", help="Open every segment: is it what its name says?"
        )
        parser.add_argument(
            "--backlog-max", type=int, default=BACKLOG_MAX, metavar="N", help="So many segments may wait."
        )
        parser.add_argument("--json", action="store_true", help="Write one line of JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = wal_check(
                ask_server=not options["files_only"], deep=options["deep"], backlog_max=options["backlog_max"]
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        else:
            self._tell(report)
        if report.problems:
            raise CommandError(" ".join(report.problems))

    def _tell(self, report: WalReport) -> None:
        self.stdout.write(
            f"{report.segments} segments from {report.oldest} to {report.newest or 'none'} on timeline "
            f"{report.timeline}, {report.gap_count or 'none'} missing; base backups: {report.bases}."
        )
        if report.archiver is not None:
            archiver = report.archiver
            self.stdout.write(
                f"The server has put away {archiver.archived} files, last {archiver.last_archived or 'none'} at "
                f"{archiver.last_archived_at or '-'}; {archiver.backlog or 'none'} waiting; "
                f"receivers connected: {archiver.receivers}."
            )
