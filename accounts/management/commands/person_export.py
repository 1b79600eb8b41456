"""`manage.py person_export`: all that is held about a person."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from accounts.management.person_command import PersonCommand
from accounts.privacy.archives import person_archive
from accounts.privacy.telling import person_json


class Command(PersonCommand):
    """Writes JSON to standard output, or the whole archive into a file."""

    help = "Export all that is held about a person: JSON, or with --output FILE a ZIP to read, with invoices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="write the ZIP there; it must not exist"
        )

    def handle(self, *_args: Any, output: Path | None, **options: Any) -> None:
        person = self.person(**options)
        if output is None:
            self.stdout.write(json.dumps(person_json(person), ensure_ascii=False, indent=2))
            return
        try:
            with output.open("xb") as file:
                output.chmod(0o600)
                file.write(person_archive(person))
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Written to {output}; only you can read it.")
