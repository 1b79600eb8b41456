"""Verifying a backup by any of the three levels, and writing down that it was done."""

from __future__ import annotations

from core.models import BackupAction

from .catalog import Backup, Level
from .drilling import backup_drill
from .history import run_recorded
from .locking import backups_lock
from .progress import Progress, silent
from .verifying import backup_check


def backup_verify(
    backup: Backup, *, level: Level = Level.DECODE, wait_seconds: float = 0, progress: Progress = silent
) -> Backup:
    """Verify one backup; `Level.RESTORE` is the restore drill, which needs a server and the right to create databases.

    Raises `BackupDamaged` where it is not good, `BackupBusy`, and `BackupError` where nothing can be said of it.
    """
    with backups_lock(f"{backup.name} is being verified ({level.value})", wait_seconds=wait_seconds):
        action = BackupAction.DRILL if level is Level.RESTORE else BackupAction.VERIFY
        with run_recorded(action, name=backup.name, kind=backup.kind.value, level=level.value) as record:
            record.size_bytes = backup.size
            if level is Level.RESTORE:
                return backup_drill(backup, progress=progress)
            return backup_check(backup, level=level, progress=progress)
