"""Backups at set times. Each is a process of its own, because it may take longer than any task of a worker."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import structlog
from celery.schedules import crontab
from django.conf import settings

from .errors import BackupError
from .monitoring import backups_watch
from .servers import one_line

DAILY, WEEKLY, MONTHLY = "core.backup_daily", "core.backup_weekly", "core.backup_monthly"
DRILL, MONITOR = "core.backup_drill", "core.backup_monitor"
TIMES = {
    DAILY: crontab(hour="2", minute="0"),
    WEEKLY: crontab(hour="3", minute="0", day_of_week="sunday"),
    MONTHLY: crontab(hour="4", minute="0", day_of_month="1"),
    DRILL: crontab(hour="5", minute="0", day_of_week="sunday"),
    MONITOR: crontab(minute="10"),
}
"""In UTC."""
WATCHED_SECONDS = 480
"""How long a worker looks on; what takes longer goes on without it, and the backups' own history tells the end."""
WAIT_SECONDS = 3_600
"""How long a backup waits for another one to end."""

logger = structlog.get_logger(__name__)


def backup_scheduled(kind: str, *, always: bool = False) -> dict[str, Any]:
    """Make a backup of a kind; what became of it as far as is known. Raises `BackupError` if it failed.

    Where others make the backups (`BACKUP_SCHEDULED`) nothing is done, unless `always`.
    """
    if not (always or settings.BACKUP_SCHEDULED):
        return {"left_to": "others"}
    return command_run("backup_create", "--kind", kind, "--wait", str(WAIT_SECONDS), "--json")


def drill_scheduled() -> dict[str, Any]:
    """Hold a restore drill with the newest backup, whoever makes the backups. Raises `BackupError` if it failed."""
    return command_run("backup_verify", "latest", "--level", "restore", "--wait", str(WAIT_SECONDS), "--json")


def monitor_scheduled() -> dict[str, Any]:
    """Look at the backups and tell the operators. Raises `BackupError` where something is wrong."""
    state = backups_watch()
    if not state.ok:
        raise BackupError(" ".join(problem.text for problem in state.problems))
    return {"newest": state.newest_verified.name if state.newest_verified else None}


def command_run(*arguments: str) -> dict[str, Any]:
    """Run `manage.py` with these arguments and look on for a while. Raises `BackupError` if it failed."""
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, manage, *arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,  # a worker that is told to stop does not take the backup with it
        )
        try:
            code = process.wait(WATCHED_SECONDS)
        except subprocess.TimeoutExpired:
            logger.info("backup_goes_on", command=arguments[0], pid=process.pid)
            return {"goes_on": process.pid}
        if code != 0:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise BackupError(one_line(lines[-1]) if lines else f"{arguments[0]} ended with {code}")
    return {"done": arguments[0]}
