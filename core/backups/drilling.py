"""The restore drill: a backup is restored beside the site, compared, checked and booked in, and the time is taken."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from .catalog import Backup, Checked, Level, check_record, manifest_of
from .children import command_run
from .databases import database_create, database_drop, name_for
from .drills import DrillRecord, drill_record
from .errors import BackupDamaged, BackupError
from .loading import database_compare, database_load, fit_check
from .migrations import migrations_missing
from .progress import Progress, silent
from .servers import DatabaseServer, database_server
from .signals import backup_restored
from .verifying import decode_check, hashes_check


def backup_drill(
    backup: Backup, *, server: DatabaseServer | None = None, progress: Progress = silent
) -> Backup:
    """Restore a backup into a scratch database, prove that it is whole and works, and drop it again.

    Every table's digest is as it was in the snapshot; an older schema is migrated; inventory, ledger and the log of
    changes add up; and a booking is made. What every step took is written down: together they are the recovery time.
    Raises `BackupDamaged` where the backup is at fault, `BackupError` where the drill could not be held.
    """
    server = server or database_server()
    began, started = timezone.now(), time.monotonic()
    scratch = server.named(name_for(server, "drill", began))
    steps: dict[str, float] = {}
    error = ""
    try:
        _rehearse(backup, scratch, steps, progress)
    except BackupError as failure:
        error = str(failure)
        if isinstance(failure, BackupDamaged):
            check_record(backup, Level.RESTORE, Checked(began.isoformat(timespec="seconds"), 0, error))
        raise
    except BaseException as failure:
        error = f"{type(failure).__name__}: {failure}"
        raise
    finally:
        seconds = round(time.monotonic() - started, 3)
        drill_record(DrillRecord(backup.name, began.isoformat(timespec="seconds"), seconds, steps, error))
    checked = Checked(timezone.now().isoformat(timespec="seconds"), seconds, steps=steps)
    return check_record(backup, Level.RESTORE, checked)


def _rehearse(backup: Backup, scratch: DatabaseServer, steps: dict[str, float], progress: Progress) -> None:
    with _timed(steps, "hash"):
        hashes_check(backup, progress=progress)
    with _timed(steps, "decode"):
        decode_check(backup, progress=progress)
    program = fit_check(backup, scratch)
    database_create(scratch)
    try:
        with _timed(steps, "restore"):
            database_load(backup, scratch, program, progress=progress)
        with _timed(steps, "compare"):
            database_compare(backup, scratch, progress=progress)
        with _timed(steps, "reapply"):
            backup_restored.send(sender=Backup, server=scratch, backup=backup, previous=None, is_drill=True)
        _prove(backup, scratch, steps, progress)
    finally:
        database_drop(scratch)


def _prove(backup: Backup, scratch: DatabaseServer, steps: dict[str, float], progress: Progress) -> None:
    """Have the commands of the house look at what was restored, in a process of their own."""
    older = migrations_missing(manifest_of(backup).migrations)
    with progress("prove", total=1, unit=" checks") as advance, _timed(steps, "start"):
        answer = command_run(
            scratch, "backup_proof", "--scratch", scratch.name, *(["--migrate"] if older else [])
        )
        advance(1)
    found = json.loads(answer)
    steps["start"] = round(steps["start"] - sum(found["steps"].values()), 3)
    steps.update(found["steps"])
    if found["error"]:
        raise BackupDamaged(f"{backup.name} was restored, but {found['error']}")


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    steps[name] = round(time.monotonic() - started, 3)
