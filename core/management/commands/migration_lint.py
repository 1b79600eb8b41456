"""`manage.py migration_lint`: may the new migrations run while the site is open?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.upgrades.linting import migrations_lint, released_read
from core.upgrades.linting.linting import release_now
from core.upgrades.linting.released import released_write


class Command(BaseCommand):
    """Reads the migrations after the released version; `--release` records what is there as released."""

    help = "Refuse migrations that lock a large table, break the version that still runs, or cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")
        parser.add_argument(
            "--release",
            action="store_true",
            help="record the present migrations as those of a released version",
        )

    def handle(self, *_args: Any, as_json: bool, release: bool, **_options: Any) -> None:
        if release:
            released = release_now(connection=connection)
            released_write(released)
            self.stdout.write(f"Recorded {len(released.heads)} apps up to their newest migrations.")
            return
        found = migrations_lint(connection=connection, released=released_read())
        if as_json:
            self.stdout.write(json.dumps([asdict(finding) for finding in found]))
        else:
            self.stdout.write("\n".join(map(str, found)) or "Every migration may run while the site is open.")
        if found:
            raise CommandError(f"{len(found)} things in the migrations must be done otherwise.")
