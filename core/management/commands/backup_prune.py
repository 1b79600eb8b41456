"""Remove the backups that are not to be kept."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from core.backups.destinations import destination_is_set
from core.backups.pruning import backups_prune, backups_surplus
from core.backups.pushing import destination_prune
from core.management.backup_command import BackupCommand


class Command(BackupCommand):
    help = (
        "Remove the backups that are not to be kept (BACKUP_KEEP_DAILY and so on). Those made by hand stay, and the "
        "newest verified one stays whatever the numbers say. With a second place, the same is done there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="say which, and remove none")

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        dry_run = options["dry_run"]
        here = [one.name for one in (backups_surplus() if dry_run else backups_prune())]
        there = destination_prune(dry_run=dry_run) if destination_is_set() else []
        verb = "would be removed" if dry_run else "removed"
        lines = [f"{name} {verb}" for name in here] + [f"{name} {verb} at the second place" for name in there]
        return {"removed": here, "removed_there": there, "dry_run": dry_run}, lines or ["Nothing to remove."]
