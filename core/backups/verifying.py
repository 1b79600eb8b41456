"""Is a backup what it was when it was written, and can it be read to its end? Nothing but the backup is touched."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from .archives import PlainReader, pieces_plain, pieces_stored
from .catalog import Backup, Checked, Level, check_record, manifest_of
from .dumping import process_running
from .encryption import passphrase
from .errors import BackupDamaged, BackupError
from .layout import DATABASE, MEDIA, PRIVATE
from .manifest import Manifest, manifest_authenticate
from .programs import program_find
from .progress import Advance, Progress, silent
from .servers import DatabaseServer
from .uploads import uploads_unpack


def backup_check(backup: Backup, *, level: Level, progress: Progress = silent) -> Backup:
    """Verify a backup by its hashes, or by reading it to its end, and write down beside it what was found.

    Raises `BackupDamaged`, after writing that down too; and `BackupError` where nothing can be said: no key, no
    pg_restore. For `Level.RESTORE` see `core.backups.drilling`.
    """
    started = time.monotonic()
    try:
        hashes_check(backup, progress=progress)
        if level.reaches(Level.DECODE):
            decode_check(backup, progress=progress)
    except BackupDamaged as error:
        check_record(backup, level, _checked(started, str(error)))
        raise
    return check_record(backup, level, _checked(started))


def hashes_check(backup: Backup, *, progress: Progress = silent) -> None:
    """Compare every file with its hash, and the manifest with its seal. Raises `BackupDamaged`."""
    manifest = manifest_of(backup)
    manifest_authenticate(manifest, secret=passphrase() if manifest.encryption else None)
    with progress("hash", total=manifest.size) as advance:
        for name, facts in manifest.files.items():
            path = backup.folder / name
            try:
                if path.stat().st_size != facts.size:
                    raise BackupDamaged(
                        f"{name} of {backup.name} has {path.stat().st_size} bytes instead of {facts.size}."
                    )
                found = _hash(pieces_stored(path), advance)
            except OSError as error:
                raise BackupDamaged(f"{name} of {backup.name} cannot be read: {error.strerror}.") from error
            if found != facts.sha256:
                raise BackupDamaged(f"{name} of {backup.name} is not as it was written: its hash is another.")


def decode_check(backup: Backup, *, progress: Progress = silent) -> None:
    """Read every file to its end as a restore would: the dump by pg_restore, archives file by file.

    `pg_restore --list` would not do: it reads only the table of contents. Raises `BackupDamaged`.
    """
    manifest = manifest_of(backup)
    total = sum(facts.plain_size for facts in manifest.files.values())
    with progress("decode", total=total) as advance:
        dump = backup.file(DATABASE)
        if dump is not None:
            _dump_decode(manifest, backup, advance)
        for name in (MEDIA, PRIVATE):
            path = backup.file(name)
            if path is None:
                continue
            facts = manifest.files[path.name]
            count = uploads_unpack(PlainReader(plain(backup, path), advance=advance), None, name=name)
            if count != facts.entries:
                raise BackupDamaged(f"{name} of {backup.name} has {count} files instead of {facts.entries}.")


def plain(backup: Backup, path: Path) -> Iterator[bytes]:
    """The contents of one of a backup's files, decrypted."""
    manifest = manifest_of(backup)
    if manifest.encryption is None:
        return pieces_plain(path, secret=None)
    return pieces_plain(path, secret=passphrase(), iterations=manifest.encryption.iterations)


def dump_feed(backup: Backup, command: list[str], *, environment: dict[str, str], advance: Advance) -> None:
    """Feed the dump of a backup to a program's standard input. Raises `BackupError` if the program fails."""
    path = backup.file(DATABASE)
    if path is None:
        raise BackupError(f"{backup.name} has no database.")
    with process_running(
        command, environment=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        for piece in plain(backup, path):
            process.stdin.write(piece)
            advance(len(piece))


def _dump_decode(manifest: Manifest, backup: Backup, advance: Advance) -> None:
    pg_restore = program_find("pg_restore", at_least=manifest.client_version)
    nowhere = DatabaseServer(name="", user="", password="", host="", port="")
    try:
        dump_feed(
            backup,
            [str(pg_restore.path), "--file=/dev/null"],
            environment=nowhere.environment,
            advance=advance,
        )
    except BackupDamaged:
        raise
    except BackupError as error:
        raise BackupDamaged(f"The dump of {backup.name} cannot be read to its end: {error}") from error


def _hash(pieces: Iterator[bytes], advance: Advance) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        advance(len(piece))
    return digest.hexdigest()


def _checked(started: float, error: str = "") -> Checked:
    return Checked(
        at=timezone.now().isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 3),
        error=error,
    )
