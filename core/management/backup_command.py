"""Commands that work on the backups: their errors are one sentence, their result is also JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.backups.catalog import Backup
from core.backups.errors import BackupError
from core.backups.progress import Progress, bars


class BackupCommand(BaseCommand):
    """Does `work`, which returns the result as JSON and as lines; exit code 1 and one sentence if it fails."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, **options: Any) -> None:
        self.progress: Progress = bars(self.stderr, disable=True if as_json else None)
        self.as_json = as_json
        try:
            facts, lines = self.work(**options)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=130) from None
        if as_json:
            self.stdout.write(json.dumps(facts))
        else:
            for line in lines:
                self.stdout.write(line)

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        """Do it. Raises `BackupError`."""
        raise NotImplementedError


def backup_facts(backup: Backup) -> dict[str, Any]:
    """A backup as JSON."""
    return {
        "name": backup.name,
        "kind": backup.kind.value,
        "at": backup.at.isoformat(),
        "folder": str(backup.folder),
        "size_bytes": backup.size,
        "rows": backup.manifest.rows if backup.manifest else None,
        "database": backup.has_database,
        "encrypted": backup.is_encrypted,
        "verified": backup.level.value if backup.level else None,
        "problem": backup.problem,
    }


def backup_line(backup: Backup) -> str:
    """A backup in one line."""
    parts = [f"{backup.name:<40}", f"{size_text(backup.size):>10}", f"{backup.level or 'not verified':<12}"]
    parts.append("encrypted" if backup.is_encrypted else "plain    ")
    if not backup.has_database and not backup.error:
        parts.append("files only")
    if backup.problem:
        parts.append(backup.problem)
    return "  ".join(parts).rstrip()


def size_text(size: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
