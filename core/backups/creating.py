"""Making a backup: written beside the others, verified, and only then are old ones removed."""

from __future__ import annotations

import errno
import shutil
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from core.models import BackupAction

from .catalog import Backup, Level, backup_get, backups_list
from .dumping import Dump, database_dump
from .encryption import passphrase
from .errors import BackupError
from .history import RunRecord, run_recorded, runs_interrupt
from .layout import (
    DATABASE,
    ENCRYPTED_SUFFIX,
    PARTIAL_SUFFIX,
    BackupKind,
    backup_root,
    folder_sync,
    name_make,
    name_parse,
)
from .locking import backups_lock
from .manifest import FileFacts, Manifest, manifest_write
from .progress import Progress, silent
from .pruning import backups_prune_held
from .servers import DatabaseServer, database_server
from .uploads import uploads_pack, uploads_roots
from .verifying import backup_check

SPACE_FACTOR = 1.2
"""How much larger than the last one a backup is expected to be at most."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def backup_create(
    *,
    kind: BackupKind | str = BackupKind.MANUAL,
    database: bool = True,
    media: bool = True,
    prune: bool = True,
    at: datetime | None = None,
    wait_seconds: float = 0,
    server: DatabaseServer | None = None,
    progress: Progress = silent,
) -> Backup:
    """Back up the database and the uploaded files, read the backup back to its end, then remove old ones.

    `at` names it. `wait_seconds` is how long to wait for others that work on the backups. Raises `BackupBusy`, or
    `BackupError` which says what to do; then nothing of it is left and no other backup is touched.
    """
    kind = BackupKind(kind)
    server = server or database_server()
    with backups_lock(f"a backup ({kind.value}) is being made", wait_seconds=wait_seconds):
        runs_interrupt()
        with run_recorded(BackupAction.CREATE, kind=kind.value) as record:
            backup = _made(server, kind, database, media, at or timezone.now(), record, progress)
            record.level, record.size_bytes = Level.DECODE.value, backup.size
            if prune:
                backups_prune_held()
    return backup


def _made(
    server: DatabaseServer,
    kind: BackupKind,
    database: bool,
    media: bool,
    at: datetime,
    record: RunRecord,
    progress: Progress,
) -> Backup:
    root = backup_root(create=True)
    partials_remove(root)
    name = record.name = name_make(root=root, kind=kind, at=at)
    partial = root / f"{name}{PARTIAL_SUFFIX}"
    former = next((one for one in backups_list(root) if one.manifest and one.has_database), None)
    _space_check(root, former)
    try:
        partial.mkdir(mode=0o700)
        manifest = _written(server, kind, database, media, at, partial, former, progress)
        folder_sync(partial)
        partial.rename(root / name)
        folder_sync(root)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError):
            raise _explained(error, root) from error
        raise
    try:
        return backup_check(backup_get(manifest.name), level=Level.DECODE, progress=progress)
    except OSError as error:
        raise _explained(error, root) from error


def _written(
    server: DatabaseServer,
    kind: BackupKind,
    database: bool,
    media: bool,
    at: datetime,
    partial: Path,
    former: Backup | None,
    progress: Progress,
) -> Manifest:
    """Write the files and their manifest. The uploaded files come after the dump: none that a row names is missing."""
    secret = passphrase()
    suffix = ENCRYPTED_SUFFIX if secret else ""
    files: dict[str, FileFacts] = {}
    dump: Dump | None = None
    if database:
        path = partial / f"{DATABASE}{suffix}"
        dump = database_dump(
            server, path, secret=secret, progress=progress, expected_bytes=_dump_size(former)
        )
        files[path.name] = dump.facts
    if media:
        for archive, root in uploads_roots().items():
            path = partial / f"{archive}{suffix}"
            files[path.name] = uploads_pack(root, path, secret=secret, progress=progress)
    manifest = Manifest(
        name=partial.name.removesuffix(PARTIAL_SUFFIX),
        kind=kind.value,
        started_at=at.isoformat(),
        finished_at=timezone.now().isoformat(),
        database=server.name if dump else "",
        server_version=dump.server_version if dump else 0,
        client_version=dump.client_version if dump else 0,
        migrations=dump.migrations if dump else {},
        tables=dump.tables if dump else {},
        files=files,
    )
    return manifest_write(manifest, partial, secret=secret)


def partials_remove(root: Path) -> None:
    """Remove what a process left that was killed; whoever holds the lock knows that nobody writes there."""
    for path in root.iterdir():
        if path.name.endswith(PARTIAL_SUFFIX) and name_parse(path.name.removesuffix(PARTIAL_SUFFIX)):
            shutil.rmtree(path)


def _dump_size(backup: Backup | None) -> int | None:
    path = backup.file(DATABASE) if backup else None
    return backup.manifest.files[path.name].plain_size if backup and backup.manifest and path else None


def _space_check(root: Path, former: Backup | None) -> None:
    """Refuse to begin what will not fit, as far as the last backup tells."""
    wanted = round(former.size * SPACE_FACTOR) if former else 0
    free = shutil.disk_usage(root).free
    if free < wanted:
        raise BackupError(
            f"There is no room in {root}: {free // 2**20} MiB are free, and the last backup had "
            f"{(former.size if former else 0) // 2**20}. Free some, or set BACKUP_ROOT to another disk."
        )


def _explained(error: OSError, root: Path) -> BackupError:
    if error.errno in FULL:
        return BackupError(
            f"The disk of {root} is full ({error.strerror}): the backup was removed, the others are untouched."
        )
    return BackupError(f"The backup could not be written: {error.strerror or error}.")
