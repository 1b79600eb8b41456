"""Which backups there are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from core.backups.catalog import backups_list
from core.backups.layout import backup_root
from core.backups.pushing import backups_there
from core.management.backup_command import BackupCommand, backup_facts, backup_line, size_text


class Command(BackupCommand):
    help = "List the backups in BACKUP_ROOT, the newest first, with how far each was verified. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--there", action="store_true", help="those at BACKUP_DESTINATION instead, by name"
        )

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        if options["there"]:
            names = backups_there()
            return names, [*names, f"{len(names)} backups."]
        backups = backups_list()
        lines = [backup_line(backup) for backup in backups]
        total = size_text(sum(backup.size for backup in backups))
        lines.append(f"{len(backups)} backups in {backup_root()}, {total}.")
        return [backup_facts(backup) for backup in backups], lines
