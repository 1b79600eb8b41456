"""Removing the backups that the rule does not keep."""

from __future__ import annotations

import shutil

import structlog
from django.conf import settings

from core.models import BackupAction

from .catalog import Backup, backups_list
from .history import run_recorded
from .layout import MANIFEST, PARTIAL_SUFFIX, folder_sync
from .locking import backups_lock
from .retention import Kept, retained

logger = structlog.get_logger(__name__)


def backups_surplus() -> list[Backup]:
    """Those that the rule does not keep, the oldest first. One that cannot be read counts as not verified."""
    backups = backups_list()
    facts = [Kept(one.name, one.kind, one.at, one.is_verified and one.has_database) for one in backups]
    keep = retained(facts, keep=settings.BACKUP_KEEP)
    return [one for one in reversed(backups) if one.name not in keep]


def backups_prune(*, wait_seconds: float = 0) -> list[Backup]:
    """Remove them; which they were. Raises `BackupBusy`."""
    with backups_lock("old backups are being removed", wait_seconds=wait_seconds):
        return backups_prune_held()


def backups_prune_held() -> list[Backup]:
    """The same by whoever holds the lock."""
    surplus = backups_surplus()
    if surplus:
        with run_recorded(BackupAction.PRUNE) as record:
            for backup in surplus:
                _remove(backup)
            record.message = ", ".join(backup.name for backup in surplus)
    return surplus


def _remove(backup: Backup) -> None:
    """Take its name from it first, so that half of a backup never looks like one."""
    going = backup.folder.with_name(f"{backup.name}{PARTIAL_SUFFIX}")
    backup.folder.rename(going)
    folder_sync(going.parent)
    (going / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(going)
    logger.info("backup_removed", name=backup.name)
