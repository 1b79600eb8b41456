"""Making a base backup: `pg_basebackup`, then reading all of it back, and only then its name."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone

from core.backups.errors import BackupBusy, BackupError
from core.backups.layout import PARTIAL_SUFFIX, backup_root, folder_sync
from core.backups.programs import program_find
from core.backups.servers import DatabaseServer, database_server, one_line

from .bases import DATA, BaseBackup, base_name, base_write
from .folders import bases_folder
from .verifying import base_verify, manifest_read

Progress = Callable[[int, int], None]
LOCK = ".lock"
SPARE = 1.1
SERVER_SQL = """
SELECT current_setting('server_version_num')::int,
       (SELECT system_identifier FROM pg_control_system()),
       pg_size_bytes(current_setting('wal_segment_size')),
       (SELECT sum(pg_database_size(oid)) FROM pg_database WHERE has_database_privilege(oid, 'CONNECT'))::bigint,
       (SELECT count(*) FROM pg_tablespace WHERE spcname NOT LIKE 'pg\\_%'),
       (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),
       current_setting('archive_mode') <> 'off',
       pg_is_in_recovery()
"""
PROGRESS = re.compile(rb"(\d+)/(\d+) kB")


def base_create(*, progress: Progress | None = None, at: datetime | None = None) -> BaseBackup:
    """Copy the server's files into `BACKUP_ROOT/base/NAME`, verify them, and return what that is.

    Until it is verified the folder is called `NAME.partial`; what an earlier run left behind is removed first. Nothing
    is pruned here. `progress` is told kilobytes: done, all. Raises `BackupError`.
    """
    server = database_server()
    started, begun = at or timezone.now(), time.monotonic()
    with bases_lock() as lock:
        facts = _server_facts(server)
        _leftovers_remove()
        name = base_name(at=started)
        partial = bases_folder() / f"{name}{PARTIAL_SUFFIX}"
        partial.mkdir(mode=0o700)
        try:
            _copy(server, facts["version"], partial / DATA, name=name, lock=lock, progress=progress)
            ended = _server_now(server)
            base_verify(partial / DATA, version=facts["version"])
            base = BaseBackup(
                name=name,
                started_at=started,
                ended_at=ended,
                server_version=facts["version"],
                system=facts["system"],
                segment_bytes=facts["segment_bytes"],
                seconds=round(time.monotonic() - begun, 1),
                **_manifest_facts(partial / DATA),
            )
            base_write(partial, base)
            folder_sync(partial)
            partial.rename(base.folder)
            folder_sync(bases_folder())
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return base


@contextmanager
def bases_lock() -> Iterator[int]:
    """Hold the base backups while the block runs; gives the lock's file. Raises `BackupBusy`.

    `pg_basebackup` inherits it, so that nobody clears up while a copy goes on whose maker was killed.
    """
    backup_root(create=True)
    bases_folder().mkdir(mode=0o700, exist_ok=True)
    lock = os.open(bases_folder() / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupBusy("The base backups are being worked on: try again when that is done.") from None
        yield lock
    finally:
        os.close(lock)


def archiving_is_on() -> bool:
    """Whether the server puts its log away: without that, a base backup leads to its own end and no further."""
    return bool(_server_facts(database_server())["archives"])


def _server_facts(server: DatabaseServer) -> dict[str, Any]:
    """What has to be known and right before anything is written. One query."""
    with server.session() as session:
        try:
            row = session.execute(SERVER_SQL).fetchone()
        except psycopg.Error as error:
            raise BackupError(
                f"The server {server.place} does not say what it is: {one_line(error)}"
            ) from error
    assert row is not None
    version, system, segment_bytes, size, tablespaces, replication, archives, standby = row
    if not replication:
        raise BackupError(
            f"The role {server.user} may not copy the server's files: ALTER ROLE {server.user} REPLICATION."
        )
    if tablespaces:
        raise BackupError("The server has tablespaces of its own, which a base backup here does not know.")
    if standby:
        raise BackupError(
            f"The server {server.place} is a copy for reading: make base backups of the primary."
        )
    free = shutil.disk_usage(bases_folder()).free
    if size * SPARE > free:
        raise BackupError(
            f"A base backup takes some {size >> 20:,} MB, and {bases_folder()} has {free >> 20:,} MB: make room."
        )
    return {"version": version, "system": system, "segment_bytes": segment_bytes, "archives": archives}


def _server_now(server: DatabaseServer) -> datetime:
    with server.session() as session:
        row = session.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def _copy(
    server: DatabaseServer, version: int, data: Path, *, name: str, lock: int, progress: Progress | None
) -> None:
    """Run pg_basebackup, and tell how far it is."""
    program = program_find("pg_basebackup", major=version // 10_000)
    command = [
        str(program.path),
        "--pgdata",
        str(data),
        "--format",
        "plain",
        "--wal-method",
        "stream",
        "--label",
        name,
    ]
    command += ["--checkpoint", "fast", "--manifest-checksums", "SHA256", "--no-password", "--progress"]
    environment = {key: value for key, value in server.environment.items() if key != "PGDATABASE"}
    said = bytearray()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, pass_fds=[lock]) as process:
        assert process.stderr is not None
        try:
            while block := process.stderr.read1(4096):  # type: ignore[attr-defined]
                said = (said + block)[-8000:]
                found = PROGRESS.findall(block)
                if found and progress is not None:
                    progress(int(found[-1][0]), int(found[-1][1]))
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        lines = [line for line in re.split(rb"[\r\n]+", said) if line.strip() and not PROGRESS.search(line)]
        raise BackupError(f"pg_basebackup failed: {one_line(b' '.join(lines).decode(errors='replace'))}")
    _make_private(data)


def _make_private(data: Path) -> None:
    """A cluster that its group may read keeps that in its copies; a backup is its owner's alone."""
    for parent, _folders, files in os.walk(data):
        Path(parent).chmod(0o700)
        for file in files:
            Path(parent, file).chmod(0o600)


def _manifest_facts(data: Path) -> dict[str, Any]:
    """Timeline, positions and size, as the manifest and the label have them."""
    manifest = manifest_read(data)
    wal = manifest["WAL-Ranges"][0]
    files = manifest["Files"]
    return {
        "timeline": int(wal["Timeline"]),
        "start_lsn": str(wal["Start-LSN"]),
        "end_lsn": str(wal["End-LSN"]),
        "bytes": sum(int(file["Size"]) for file in files),
        "files": len(files),
    }


def _leftovers_remove() -> None:
    for path in bases_folder().glob(f"*{PARTIAL_SUFFIX}"):
        shutil.rmtree(path)
