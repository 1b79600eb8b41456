"""`manage.py backup_base`: a copy of all files of the database server, from which any later moment can be reached."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.backups.errors import BackupError
from core.backups.wal.bases import BaseBackup, bases_list
from core.backups.wal.creating import archiving_is_on, base_create
from core.backups.wal.retention import Pruned, recovery_prune


class Command(BaseCommand):
    help = (
        "Copy the files of the database server into BACKUP_ROOT/base, verify the copy, then remove base backups and "
        "segments of the log that no moment within RECOVERY_KEEP_DAYS needs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="Show the base backups, and make none.")
        parser.add_argument("--no-prune", action="store_true", help="Remove nothing afterwards.")
        parser.add_argument("--prune-only", action="store_true", help="Make none; remove what is not needed.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Make and remove nothing; say what would be removed."
        )
        parser.add_argument("--json", action="store_true", help="Write one line of JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list(as_json=options["json"])
                return
            is_made = not (options["prune_only"] or options["dry_run"])
            base = self._make() if is_made else None
            pruned = None if options["no_prune"] else recovery_prune(dry_run=options["dry_run"])
            archives = archiving_is_on() if base else True
        except BackupError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"base": base.as_json() if base else None, "pruned": _json(pruned)}))
        else:
            self._tell(base, pruned, would=options["dry_run"])
        if not archives:
            self.stderr.write(
                "The server's archive_mode is off: without pg_receivewal this base backup leads to its own end only."
            )

    def _make(self) -> BaseBackup:
        with tqdm(unit="kB", unit_scale=True, file=self.stderr, disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            return base_create(progress=progress)

    def _list(self, *, as_json: bool) -> None:
        bases = bases_list()
        if as_json:
            self.stdout.write(json.dumps([base.as_json() for base in bases]))
            return
        for base in bases:
            self.stdout.write(
                f"{base.name}  {base.bytes >> 20:,} MB  any moment from {base.ended_at.isoformat(' ')}  "
                f"log from {base.first_segment.name}"
            )
        if not bases:
            self.stdout.write("There is no base backup.")

    def _tell(self, base: BaseBackup | None, pruned: Pruned | None, *, would: bool) -> None:
        if base is not None:
            self.stdout.write(
                f"{base.folder}: {base.bytes >> 20:,} MB in {base.seconds:g} s, verified. "
                f"Any moment from {base.ended_at.isoformat(' ')} can be reached."
            )
        if pruned is not None:
            named = ", ".join(pruned.bases) or "no base backup"
            what = "Would remove" if would else "Removed"
            self.stdout.write(
                f"{what} {named} and {pruned.segments} files of the log, {pruned.bytes >> 20:,} MB."
            )


def _json(pruned: Pruned | None) -> dict[str, object] | None:
    if pruned is None:
        return None
    return {"bases": list(pruned.bases), "segments": pruned.segments, "bytes": pruned.bytes}
