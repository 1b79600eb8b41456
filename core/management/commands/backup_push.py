"""Copy backups to the second place."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from core.backups.alerts import backup_alert
from core.backups.catalog import backup_get, backups_list
from core.backups.errors import BackupError
from core.backups.pushing import backup_push
from core.management.backup_command import BackupCommand


class Command(BackupCommand):
    help = (
        "Copy a backup to BACKUP_DESTINATION after checking its hashes; one that is there already is left alone. "
        "Exit code 1, and the operators are told, if it does not arrive whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "name", nargs="?", default="latest", help="a backup as backup_list names it (latest)"
        )
        parser.add_argument("--all", action="store_true", dest="everything", help="all verified ones")
        parser.add_argument(
            "--unencrypted-too", action="store_true", help="send plain ones though there is a key"
        )

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        if options["everything"]:
            backups = [backup for backup in backups_list() if backup.is_verified]
        else:
            backups = [backup_get(options["name"])]
        pushed: list[str] = []
        present: list[str] = []
        try:
            for backup in backups:
                is_new = backup_push(
                    backup, unencrypted_too=options["unencrypted_too"], progress=self.progress
                )
                (pushed if is_new else present).append(backup.name)
        except BackupError as error:
            backup_alert("backup_not_copied", str(error))
            raise
        lines = [f"{name} was copied" for name in pushed] + [f"{name} was there already" for name in present]
        return {"pushed": pushed, "present": present}, lines or ["There is nothing to copy."]
