"""Fetch a backup from the second place."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from core.backups.pushing import backup_pull
from core.management.backup_command import BackupCommand, backup_facts, size_text


class Command(BackupCommand):
    help = (
        "Fetch a backup from BACKUP_DESTINATION into BACKUP_ROOT and verify it by its hashes. "
        "backup_list --there names what is there. Needs no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", nargs="?", default="latest", help="a backup's name (latest)")

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        backup = backup_pull(options["name"], progress=self.progress)
        return backup_facts(backup), [f"{backup.folder}: {size_text(backup.size)}, every file has its hash."]
