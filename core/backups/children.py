"""Commands of this project run against another database, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from .errors import BackupError
from .servers import DatabaseServer, one_line

NOWHERE = "unix:///nonexistent/vacancy.sock?db=0"
"""No cache and no broker: what is read from an old database must not reach the pages of the site."""
COMMAND_SECONDS_MAX = 3_600
LEFT_OUT = ("BACKUP_DATABASE_URL", "REPLICA_URLS", "DATABASE_POOLER", "EMAIL_BACKEND", "SENTRY_DSN")


def command_run(server: DatabaseServer, *arguments: str) -> str:
    """Run `manage.py` with the arguments against a database; what it printed.

    It has no cache, no broker and no mail. Raises `BackupError` with what it said if it fails.
    """
    given = {
        "DATABASE_URL": server.url,
        "REDIS_URL": NOWHERE,
        "BROKER_URL": NOWHERE,
        "PAGE_CACHE_URL": NOWHERE,
        "EMAIL_URL": "dummymail://",
        "BACKUP_SCHEDULED": "false",
    }
    left_out = {*LEFT_OUT, *given}
    left_out |= {f"{name}_FILE" for name in left_out}
    environment = {name: value for name, value in os.environ.items() if name not in left_out} | given
    manage = Path(settings.BASE_DIR) / "manage.py"
    what = " ".join(arguments)
    try:
        done = subprocess.run(
            [sys.executable, str(manage), *arguments],
            env=environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{what} did not end within an hour.") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise BackupError(
            f"{what} failed: {one_line(said[-1]) if said else f'it ended with {done.returncode}'}"
        )
    return done.stdout
