"""A database of a test's own with added migrations, and `manage.py upgrade` as a program on it."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.concurrency.crowd import ROOT, database_url
from tests.reliability.servers import wait_until
from tests.upgrades.added import Added
from tests.upgrades.databases import connect

PATIENCE_SECONDS = 300
SCHEMA_SQL = """
SELECT 'column', column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'
   AND table_name IN ('waitlist_pricealert', 'django_session')
UNION ALL SELECT 'index', i.relname, x.indisvalid::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
   WHERE x.indrelid = 'waitlist_pricealert'::regclass
UNION ALL SELECT 'migration', name, '' FROM django_migrations WHERE app = 'waitlist' ORDER BY 1, 2
"""


class Place:
    """A database with added migrations, and programs that work on it."""

    def __init__(self, database: str, added: Added, folder: Path) -> None:
        self.database = database
        self.added = added
        self.environment = os.environ | {
            "DATABASE_URL": database_url(database),
            "DJANGO_SETTINGS_MODULE": "tests.upgrades.added_settings",
            "ADDED_MIGRATIONS": json.dumps(added.modules),
            "PYTHONPATH": str(added.place),
            "BACKUP_ROOT": str(folder / "backups"),
            "UPGRADE_FREE_MEGABYTES": "1",
            "UPGRADE_TRANSACTION_SECONDS": "3600",
        }

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run `manage.py upgrade --json`."""
        done = subprocess.run(
            [sys.executable, "manage.py", "upgrade", "--json", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.stdout, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report | {"status": done.returncode, "errors": done.stderr}

    def killed_when(self, true: Callable[[], bool], *arguments: str, number: int = signal.SIGKILL) -> str:
        """Start an upgrade and send it a signal as soon as something is true; what it said of it."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "upgrade", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert wait_until(lambda: true() or process.poll() is not None, seconds=PATIENCE_SECONDS)
            assert process.poll() is None, "it ended before it could be killed"
            process.send_signal(number)
            return process.communicate(timeout=PATIENCE_SECONDS)[1]
        finally:
            process.kill()
            process.wait()

    def run_printed(self, command: str, *, typed: str = "") -> None:
        """Execute a command as it was printed, in a terminal where somebody types."""
        python, *arguments = shlex.split(command)
        assert python == "python"
        ours, theirs = pty.openpty()
        try:
            os.write(ours, typed.encode())
            done = subprocess.run(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=theirs,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(theirs)
        assert done.returncode == 0, done.stderr

    def is_deserted(self) -> bool:
        """Whether the server has noticed that whoever worked on the database was killed."""
        sessions = (
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return not self.rows(sessions)

    def rows(self, sql: str) -> list[Any]:
        """What a query gives."""
        with connect(self.database) as session:
            return session.execute(sql).fetchall()
