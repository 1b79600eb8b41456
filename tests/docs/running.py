"""Doing what a document says, on the throw-away site."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.core.management import CommandError, call_command
from django.db import connection

from tests.concurrency.crowd import database_url

from .commands import Command, Step
from .documents import ROOT
from .site import Site

TIMEOUT_SECONDS = 120
ADDRESS = re.compile(r"(?:http://)?(?:localhost|127\.0\.0\.1):8000\b")
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
YEAR_DAYS = 364
AHEAD_DAYS = 14
FINDS_SOMETHING = ("backup_monitor", "database_role", "perf_check", "system_check", "wal_check")
STATUSES_ACCEPTED: dict[str, set[object]] = {name: {0, 1} for name in FINDS_SOMETHING}
"""Commands whose 1 is an answer here: a throw-away site is slow, has no workers, backups or archive, and no pooler."""


class DocumentIsWrong(AssertionError):
    """What the document says cannot be done, or something else comes of it."""


@cache
def moved_by(first: date, today: date) -> timedelta:
    """How far dates are moved so that the first one lies ahead: whole weeks, and at most a year's season."""
    years = 0
    while first + timedelta(days=YEAR_DAYS * years) < today + timedelta(days=AHEAD_DAYS):
        years += 1
    return timedelta(days=YEAR_DAYS * years)


def as_typed(text: str, *, site: Site, dates_of: str) -> str:
    """A line as somebody would type it today, at this site. `dates_of` is all that is moved together."""
    days = sorted(date.fromisoformat(found) for found in DAY.findall(dates_of))
    by = moved_by(days[0], datetime.now(tz=UTC).date()) if days else timedelta()
    moved = DAY.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)
    return ADDRESS.sub(site.url, moved)


def command_run(command: Command, *, site: Site) -> str:
    """Run it, and return what it printed. Raises `DocumentIsWrong` when it fails."""
    (step,) = command.steps
    if step.kind == "manage":
        return _manage(command, step)
    if step.kind == "module":
        words = [sys.executable, *step.words[1:]]
        return _program(command, words, environment=os.environ | {"PYTHONPATH": str(ROOT)} | step.environment)
    if step.kind == "curl":
        return _curl(command, site)
    return ""  # targets of make and paths of tests are looked up, not run


def _manage(command: Command, step: Step) -> str:
    arguments = step.management or ()
    if step.environment:
        return _manage_apart(command, step)
    printed = io.StringIO()
    status: object = 0
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            call_command(*arguments, stdout=printed, stderr=printed)
    except SystemExit as leaving:
        status = leaving.code or 0
    except CommandError as error:
        status = error.returncode
        printed.write(str(error))
    if status not in STATUSES_ACCEPTED.get(arguments[0], {0}):
        raise DocumentIsWrong(f"{command.block.where}: {command.text}: {status}: {printed.getvalue()}")
    return printed.getvalue()


def _manage_apart(command: Command, step: Step) -> str:
    """In a process of its own, where the line says what its environment is to be."""
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"DATABASE_URL": database_url(name)} | step.environment
    return _program(
        command, [sys.executable, str(ROOT / "manage.py"), *(step.management or ())], environment=environment
    )


def _curl(command: Command, site: Site) -> str:
    program = shutil.which("curl")
    if program is None:
        return ""  # the same requests are made by the tests of the API
    typed = as_typed(command.text, site=site, dates_of=command.block.text)
    (step,) = Command(command.block, typed).steps
    return _program(
        command, [program, "--fail-with-body", "--show-error", *step.words[1:]], environment=dict(os.environ)
    )


def _program(command: Command, words: list[str], *, environment: dict[str, str]) -> str:
    result = subprocess.run(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise DocumentIsWrong(f"{command.block.where}: {command.text}: {result.returncode}: {result.stdout}")
    return result.stdout


def output_differs(command: Command, printed: str) -> list[str]:
    """Lines that the document shows and that were not printed; figures, names of files and `…` may be others."""
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    return [shown for shown in command.shown if not any(_pattern(shown).fullmatch(line) for line in lines)]


def _pattern(shown: str) -> re.Pattern[str]:
    """A shown line as what may have been printed in its place."""
    parts = re.split(r"(…|\.\.\.|\b[0-9a-f]*\d[\w.,:+-]*)", " ".join(shown.split()))
    return re.compile(
        "".join(r".*?" if number % 2 and part in {"…", "..."} else r"[\w.,:+-]+?" if number % 2 else re.escape(part)
                for number, part in enumerate(parts))
    )  # fmt: skip
