"""Base backups and looks at the log at set times, on a machine that has the archive."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab
from django.conf import settings

from core.backups.errors import BackupError
from core.backups.scheduling import command_run

from .checking import wal_check
from .folders import wal_folders

BASE_JOB, CHECK_JOB = "core.backup_base", "core.wal_check"
TIMES = {BASE_JOB: crontab(hour="1", minute="0"), CHECK_JOB: crontab(minute="25")}
"""In UTC."""
NOTHING_TO_DO = {"archive": None}


def base_scheduled() -> dict[str, Any]:
    """Make a base backup, in a process of its own. Raises `BackupError` if it failed."""
    return command_run("backup_base", "--json") if _is_wanted() else NOTHING_TO_DO


def check_scheduled() -> dict[str, Any]:
    """Look at the archive and at the server. Raises `BackupError` where something is wrong."""
    if not _is_wanted():
        return NOTHING_TO_DO
    report = wal_check()
    if report.problems:
        raise BackupError(" ".join(report.problems))
    return {"newest": report.newest, "segments": report.segments}


def _is_wanted() -> bool:
    return bool(settings.RECOVERY_SCHEDULED) and any(folder.is_dir() for folder in wal_folders())
