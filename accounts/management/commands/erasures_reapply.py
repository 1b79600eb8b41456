"""`manage.py erasures_reapply`: after a restore, erase again whom an older backup has brought back."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.privacy.reapplying import erasures_missing, erasures_reapply
from accounts.privacy.records import RecordsUnreadable, records_path


class Command(BaseCommand):
    """Applies what the list of erasures says and this database does not know."""

    help = "Do erasures again that the restored database does not know of, by the list in ERASURES_FILE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", type=Path, metavar="FILE", help="another list than ERASURES_FILE")
        parser.add_argument("--dry-run", action="store_true", help="count them, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, dry_run: bool, as_json: bool, **options: Any) -> None:
        path: Path | None = options["list"]
        if path is not None and not path.exists():
            raise CommandError(f"There is no list {path}.")
        try:
            done = None if dry_run else asdict(erasures_reapply(path=path))
            result = {"missing": len(erasures_missing(path))} if done is None else done
        except RecordsUnreadable as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps(result))
        elif dry_run:
            self.stdout.write(f"{result['missing']} erasures of {path or records_path()} would be done again")
        else:
            self.stdout.write(
                f"{result['erasures']} erasures done again: {result['rows']} rows, "
                f"{result['log_entries']} entries of the log"
            )
