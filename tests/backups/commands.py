"""Commands in a process of their own, on the tests' database and in the test's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.backups.programs import program_find
from core.backups.servers import database_server
from tests.concurrency.crowd import ROOT

from .conftest import Roots


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def environment(roots: Roots, **more: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_server().url,
        "BACKUP_ROOT": str(roots.backups),
        **more,
    }


def start(roots: Roots, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Begin a command, as the head of a group of processes."""
    return subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=environment(roots, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def programs_folder(folder: Path, pg_dump: str) -> Path:
    """A folder with a pg_dump of the test's own (a script that may use $REAL) and the real pg_restore."""
    folder.mkdir()
    real = program_find("pg_dump").path
    script = folder / "pg_dump"
    script.write_text(f"#!/bin/sh\nREAL={real}\n{pg_dump}\n")
    script.chmod(0o755)
    (folder / "pg_restore").symlink_to(program_find("pg_restore").path)
    return folder
