"""Prove that a restored database is whole and works; the restore drill runs this against its scratch database."""

from __future__ import annotations

import io
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

MIGRATE = ("migrate", ("migrate", "--no-input", "--verbosity", "0"))
PROOFS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("migrations", ("migrate", "--check", "--verbosity", "0")),
    ("inventory", ("inventory_check",)),
    ("ledger", ("ledger_check",)),
    ("log of changes", ("audit_verify",)),
)
"""What must hold in a restored database, as commands that fail where it does not."""


class ProofFailed(Exception):
    """What does not hold, in one sentence."""


class Command(BaseCommand):
    help = (
        "Check a scratch database: migrations, inventory, ledger and log of changes add up, and a booking can be made. "
        "Prints what each took, as JSON. It changes the database, and refuses every one but the one that is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scratch", required=True, metavar="NAME", help="the database, to be thrown away"
        )
        parser.add_argument("--migrate", action="store_true", help="bring an older schema up to date first")

    def handle(self, *_args: Any, scratch: str, migrate: bool, **_options: Any) -> None:
        name = connection.settings_dict["NAME"]
        if name != scratch:
            raise CommandError(f"This is the database {name}, not {scratch}: nothing was done.")
        steps: dict[str, float] = {}
        error = ""
        try:
            for step, arguments in (*((MIGRATE,) if migrate else ()), *PROOFS, _booking(scratch)):
                started = time.monotonic()
                _prove(*arguments)
                steps[step] = round(time.monotonic() - started, 3)
        except ProofFailed as failure:
            error = str(failure)
        self.stdout.write(json.dumps({"steps": steps, "error": error}))


def _booking(scratch: str) -> tuple[str, tuple[str, ...]]:
    return "booking", ("booking_probe", "--scratch", scratch)


def _prove(*arguments: str) -> None:
    """Run one command. Raises `ProofFailed` with the last thing it said."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as error:
        raise ProofFailed(f"{arguments[0]} says: {error}") from error
    except SystemExit as end:
        if end.code:
            said = (err.getvalue().strip() or out.getvalue().strip() or "no").splitlines()[-1]
            raise ProofFailed(f"{arguments[0]} says: {said}") from end
