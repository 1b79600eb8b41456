"""Put a backup back."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from core.backups.catalog import Backup, backup_get
from core.backups.errors import RestoreRefused
from core.backups.restoring import RestorePlan, backup_restore, files_check, files_restore, restore_plan
from core.backups.wal.command import point_arguments, point_restore_work
from core.management.backup_command import BackupCommand, size_text


class Command(BackupCommand):
    help = (
        "Verify a backup, restore it into a new database, compare every table, and then give that database the name of "
        "the site's; the former one is kept under another name. Shows what it will do and asks for the database's name "
        "to be typed. With --into another database, new or empty, is filled, and the site's is left alone. With --to a "
        "whole cluster as it was at a moment is made in a new folder, from a base backup and the log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", nargs="?", default="", help="a backup as backup_list names it, or latest")
        parser.add_argument("--into", default="", metavar="DATABASE", help="a database that is new or empty")
        parser.add_argument(
            "--yes-really", default="", metavar="DATABASE", help="the name that would be typed, for scripts"
        )
        files = parser.add_mutually_exclusive_group()
        files.add_argument("--no-media", action="store_true", help="leave the uploaded files as they are")
        files.add_argument("--media-only", action="store_true", help="restore the uploaded files alone")
        parser.add_argument("--dry-run", action="store_true", help="verify and say what would be done")
        point_arguments(parser)

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        if bool(options["to"]) == bool(options["name"]):
            raise RestoreRefused("Name a backup (backup_list has them), or a moment with --to.")
        if options["to"]:
            return point_restore_work(options)
        backup = backup_get(options["name"])
        if options["media_only"]:
            return self._files(backup, dry_run=options["dry_run"])
        plan = restore_plan(backup, into=options["into"], progress=self.progress)
        if options["dry_run"]:
            facts = {"backup": backup.name, "database": plan.target.name, "host": plan.target.place}
            replaces = plan.replaces.name if plan.replaces else None
            return facts | {"replaces": replaces, "dry_run": True}, [*_words(plan), "Nothing was done."]
        self._ask(plan, options["yes_really"])
        restored = backup_restore(plan, media=False if options["no_media"] else None, progress=self.progress)
        lines = [f"{backup.name} is restored into {restored.database}, in {restored.seconds:.1f} s."]
        if restored.files:
            lines.append(f"{restored.files} files were written to their places.")
        if restored.aside:
            lines += [
                f"The former database is {restored.aside}. When nobody needs it any more:",
                f"  psql -d postgres -c 'DROP DATABASE \"{restored.aside}\"'",
            ]
        if restored.migrations_missing:
            lines.append("Its schema is older than this code: run manage.py migrate.")
        if plan.replaces and not restored.cache_outdated:
            lines.append(
                "The cache server did not answer: restart it, or it shows what was in the former database."
            )
        return asdict(restored), lines

    def _files(self, backup: Backup, *, dry_run: bool) -> tuple[Any, list[str]]:
        files_check(backup, progress=self.progress)
        files = 0 if dry_run else files_restore(backup, progress=self.progress)
        line = (
            "The files are good; nothing was done."
            if dry_run
            else f"{files} files were written to their places."
        )
        return {"backup": backup.name, "files": files, "dry_run": dry_run}, [line]

    def _ask(self, plan: RestorePlan, answer: str) -> None:
        """Have the name of the database typed that will be filled or replaced."""
        name = plan.replaces.name if plan.replaces else plan.target.name
        if not answer:
            for line in _words(plan):
                self.stderr.write(line)
            if not sys.stdin.isatty():
                raise RestoreRefused(f"Nobody can be asked: say --yes-really {name}. Nothing was done.")
            self.stderr.write(f"Type the name of the database, {name}, to go on: ", ending="")
            self.stderr.flush()
            answer = sys.stdin.readline().strip()
        if answer != name:
            raise RestoreRefused(f"The database is {name}, not {answer or 'nothing'}: nothing was done.")


def _words(plan: RestorePlan) -> list[str]:
    manifest = plan.backup.manifest
    rows = manifest.rows if manifest else 0
    lines = [
        f"Backup:   {plan.backup.name}, {size_text(plan.backup.size)}, {rows} rows",
        f"Server:   {plan.target.place}",
    ]
    if plan.replaces:
        return [
            *lines,
            f"Database: {plan.replaces.name}, which will be REPLACED; everything since the backup is no longer in it.",
            "          It is kept under another name. Everybody who is connected is sent away.",
        ]
    return [*lines, f"Database: {plan.target.name}, {'empty' if plan.is_there else 'which will be made'}"]
