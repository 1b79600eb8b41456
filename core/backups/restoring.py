"""Putting a backup back: into a new database beside the old one, compared, and only then in its place."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connections
from django.utils import timezone

from core.cache.clearing import cache_clear
from core.cache.keys import NAMESPACES
from core.exceptions import Unavailable
from core.models import BackupAction

from .archives import PlainReader
from .catalog import Backup, manifest_of
from .databases import (
    database_create,
    database_drop,
    database_exists,
    database_is_empty,
    databases_swap,
    name_for,
    target_check,
)
from .errors import BackupError, RestoreRefused
from .history import run_recorded
from .layout import MEDIA, PRIVATE
from .loading import database_compare, database_load, fit_check
from .locking import backups_lock
from .migrations import migrations_missing
from .programs import Program
from .progress import Progress, silent
from .servers import DatabaseServer, database_server
from .signals import backup_restored
from .uploads import uploads_roots, uploads_unpack
from .verifying import decode_check, hashes_check, plain


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restore would do: into which database, and whose place that takes (None: nobody's)."""

    backup: Backup
    target: DatabaseServer
    replaces: DatabaseServer | None
    program: Program
    is_there: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What it did. `aside` is the name that the former database has now; `files` were written to their places."""

    database: str
    aside: str
    files: int
    migrations_missing: list[str]
    cache_outdated: bool
    seconds: float


def restore_plan(
    backup: Backup,
    *,
    into: str = "",
    server: DatabaseServer | None = None,
    at: datetime | None = None,
    progress: Progress = silent,
) -> RestorePlan:
    """Verify a backup and see whether it can be restored; nothing but the backup is looked into, and nothing changed.

    `into` names a database that is not there or is empty; without it the site's own is replaced. First the files (hash
    and decode), then versions, then the target. Raises `BackupDamaged`, `RestoreRefused`, `BackupError`.
    """
    server = server or database_server()
    hashes_check(backup, progress=progress)
    decode_check(backup, progress=progress)
    program = fit_check(backup, server)
    if into and into != server.name:
        target = server.named(into)
        return RestorePlan(backup, target, None, program, target_check(target))
    if not database_exists(server) or database_is_empty(server):
        return RestorePlan(backup, server, None, program, database_exists(server))
    if into:
        target_check(server)  # which refuses: it was named, and it is not empty
    target = server.named(name_for(server, "restored", at or timezone.now()))
    return RestorePlan(backup, target, server, program, is_there=False)


def backup_restore(
    plan: RestorePlan, *, media: bool | None = None, wait_seconds: float = 0, progress: Progress = silent
) -> Restored:
    """Do what was planned: restore, compare, tell `backup_restored`, then change over.

    The former database is kept under another name. `media` (by default where the site's database is restored) also
    writes the uploaded files to their places; files that are newer than the backup stay. If anything fails before the
    change-over, the new database is dropped and the site's is as it was. Raises `BackupBusy`, `BackupError`.
    """
    started = time.monotonic()
    backup, target, replaces = plan.backup, plan.target, plan.replaces
    is_site = replaces is not None or target.name == database_server().name
    aside = ""
    with (
        backups_lock(f"{backup.name} is being restored", wait_seconds=wait_seconds),
        run_recorded(BackupAction.RESTORE, name=backup.name, kind=backup.kind.value) as record,
    ):
        if not plan.is_there:
            database_create(target)
        try:
            database_load(backup, target, plan.program, progress=progress)
            database_compare(backup, target, progress=progress)
            backup_restored.send(
                sender=Backup, server=target, backup=backup, previous=replaces, is_drill=False
            )
        except BaseException:
            if not plan.is_there:
                database_drop(target)
            raise
        if replaces is not None:
            aside = name_for(replaces, "before", timezone.now())
            connections.close_all()
            databases_swap(replaces, new=target.name, aside=aside)
        files = files_restore(backup, progress=progress) if (is_site if media is None else media) else 0
        name = replaces.name if replaces else target.name
        record.message = f"into {name}" + (f"; the former one is {aside}" if aside else "")
    missing = migrations_missing(manifest_of(backup).migrations)
    outdated = _cache_outdate() if is_site else False
    return Restored(name, aside, files, missing, outdated, round(time.monotonic() - started, 3))


def _cache_outdate() -> bool:
    """Have nothing shown that was read from the former database; False where the cache server does not answer."""
    try:
        for namespace in NAMESPACES:
            cache_clear(namespace=namespace, actor="backup_restore")
    except Unavailable:
        return False
    return True


def files_restore(
    backup: Backup, *, progress: Progress = silent, roots: dict[str, Path] | None = None
) -> int:
    """Write a backup's uploaded and private files to their places, each whole or not at all; how many.

    Raises `BackupError` where a place cannot be written.
    """
    manifest = manifest_of(backup)
    count = 0
    for name, root in (roots or uploads_roots()).items():
        path = backup.file(name)
        if path is None:
            continue
        with progress(name.partition(".")[0], total=manifest.files[path.name].plain_size) as advance:
            try:
                count += uploads_unpack(PlainReader(plain(backup, path), advance=advance), root, name=name)
            except OSError as error:
                raise BackupError(
                    f"The files cannot be written to {root}: {error.strerror}. The database is restored; when this is "
                    f"mended, run backup_restore {backup.name} --media-only."
                ) from error
    return count


def files_check(backup: Backup, *, progress: Progress = silent) -> None:
    """Verify a backup before its files alone are restored. Raises `BackupDamaged`, `RestoreRefused`."""
    if backup.file(MEDIA) is None and backup.file(PRIVATE) is None:
        raise RestoreRefused(f"{backup.name} has no uploaded files, only the database.")
    hashes_check(backup, progress=progress)
    decode_check(backup, progress=progress)
