"""Back up the database and the uploaded files."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from core.backups.alerts import backup_alert
from core.backups.catalog import Backup
from core.backups.creating import backup_create
from core.backups.destinations import destination_is_set
from core.backups.errors import BackupBusy, BackupError
from core.backups.layout import BackupKind
from core.backups.pushing import backup_push, destination_prune
from core.management.backup_command import BackupCommand, backup_facts, size_text


class Command(BackupCommand):
    help = (
        "Back up the database and the uploaded files into BACKUP_ROOT, read the backup back to its end, and only then "
        "remove the backups that are not to be kept. Exit code 1 if any of this fails; the operators are told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", choices=BackupKind.values, default=BackupKind.MANUAL.value)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--no-media", action="store_true", help="the database alone")
        what.add_argument("--media-only", action="store_true", help="the uploaded files alone")
        parser.add_argument("--no-prune", action="store_true", help="remove no old backups")
        parser.add_argument("--no-push", action="store_true", help="leave the second place alone")
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="wait for others that work on the backups",
        )

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        try:
            backup = backup_create(
                kind=options["kind"],
                database=not options["media_only"],
                media=not options["no_media"],
                prune=not options["no_prune"],
                wait_seconds=options["wait"],
                progress=self.progress,
            )
        except BackupBusy:
            raise
        except BackupError as error:
            backup_alert("backup_failed", str(error))
            raise
        facts, lines = backup_facts(backup), [self._line(backup)]
        if destination_is_set() and not options["no_push"]:
            facts["pushed"] = self._push(backup)
            lines.append(f"A copy is at {settings.BACKUP_DESTINATION}.")
        return facts, lines

    def _push(self, backup: Backup) -> bool:
        """Copy it to the second place, and remove there what is not to be kept."""
        try:
            pushed = backup_push(backup, progress=self.progress)
            destination_prune()
        except BackupError as error:
            backup_alert("backup_not_copied", str(error))
            raise
        return pushed

    def _line(self, backup: Backup) -> str:
        rows = f", {backup.manifest.rows} rows" if backup.manifest and backup.has_database else ""
        return f"{backup.folder}: {size_text(backup.size)}{rows}, read back to its end."
