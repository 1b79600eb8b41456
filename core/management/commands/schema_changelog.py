"""`manage.py schema_changelog`: keep docs/schema-changelog.md."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.upgrades.changelog import changelog_text


class Command(BaseCommand):
    """Writes the document from the migrations; `--check` only compares."""

    help = "Write docs/schema-changelog.md from the migrations: what each does, in words."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit code 1 if it is out of date"
        )
        parser.add_argument("--output", help="another file")

    def handle(self, *_args: Any, check: bool, output: str | None, **_options: Any) -> None:
        path = Path(output) if output else Path(settings.BASE_DIR) / "docs" / "schema-changelog.md"
        text = changelog_text()
        if path.is_file() and path.read_text() == text:
            self.stdout.write(f"{path.name} is up to date.")
        elif check:
            raise CommandError(
                f"{path.name} does not say what the migrations do: run manage.py schema_changelog."
            )
        else:
            path.write_text(text)
            self.stdout.write(f"Wrote {path}.")
