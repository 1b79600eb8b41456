"""Copies at the second place: sent, listed, fetched and removed there by the same rules as here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage

from core.models import BackupAction

from .archives import PIECE_BYTES
from .catalog import Backup, Level, backup_get, manifest_of
from .destinations import Destination, destination_get
from .erasures import erasures_pull, erasures_push
from .errors import BackupBusy, BackupError, BackupNotFound, DestinationFailed
from .history import run_recorded
from .layout import CHECKS, MANIFEST, PARTIAL_SUFFIX, backup_root, folder_sync, name_parse
from .locking import backups_lock
from .manifest import manifest_read
from .progress import Advance, Progress, silent
from .retention import Kept, retained
from .servers import one_line
from .verifying import backup_check, hashes_check


def backup_push(backup: Backup, *, unencrypted_too: bool = False, progress: Progress = silent) -> bool:
    """Copy a backup to the second place after checking its hashes; False if it was there already.

    The list of erasures goes along. The manifest goes last: what is cut off is no backup. Where there is a key, a
    backup that is not encrypted does not leave the machine unless `unencrypted_too`. Raises `DestinationFailed`,
    `BackupDamaged`.
    """
    destination = destination_get()
    manifest = manifest_of(backup)
    if destination.is_remote and settings.BACKUP_KEY_FILE and not backup.is_encrypted and not unencrypted_too:
        raise DestinationFailed(
            f"{backup.name} is not encrypted, though there is a key: it is not sent to {destination.text} "
            "without --unencrypted-too."
        )
    hashes_check(backup, progress=progress)
    with (
        run_recorded(BackupAction.PUSH, name=backup.name, kind=backup.kind.value) as record,
        _asked(destination),
    ):
        record.size_bytes = backup.size
        storage = destination.storage
        erasures_push(storage)
        present = _text(storage, f"{backup.name}/{MANIFEST}")
        if present == (backup.folder / MANIFEST).read_text():
            _file_push(storage, backup.folder / CHECKS, f"{backup.name}/{CHECKS}", lambda amount: None)
            record.message = "it was there already"
            return False
        with progress("push", total=manifest.size) as advance:
            for name in (*manifest.files, CHECKS, MANIFEST):
                _file_push(storage, backup.folder / name, f"{backup.name}/{name}", advance)
    return True


def backups_there() -> list[str]:
    """The names of the complete backups at the second place, the newest first. Raises `DestinationFailed`."""
    destination = destination_get()
    with _asked(destination):
        return [name for name in _names(destination.storage) if _is_complete(destination.storage, name)]


def backup_pull(name: str, *, wait_seconds: float = 0, progress: Progress = silent) -> Backup:
    """Fetch a backup from the second place, and verify it by its hashes before it counts as one.

    The list of erasures comes along, so that a restore can do them again.
    `latest` is the newest one there. Raises `BackupNotFound`, `BackupDamaged`, `DestinationFailed`, and `BackupError`
    if it is here already.
    """
    destination = destination_get()
    with (
        backups_lock("a backup is being fetched", wait_seconds=wait_seconds),
        run_recorded(BackupAction.PULL, name=name) as record,
    ):
        if name == "latest":
            name = record.name = next(iter(backups_there()), "")
        parsed = name_parse(name)
        if parsed is None:
            raise BackupNotFound(f"There is no backup {name or 'at all'} at {destination.text}.")
        record.kind = parsed.kind.value
        root = backup_root(create=True)
        if (root / name).exists():
            raise BackupError(f"{name} is here already: {root / name}.")
        partial = root / f"{name}{PARTIAL_SUFFIX}"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir(mode=0o700)
            with _asked(destination):
                _pull(destination.storage, name, partial, progress)
                erasures_pull(destination.storage)
            partial.rename(root / name)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        folder_sync(root)
        backup = backup_check(backup_get(name), level=Level.HASH, progress=progress)
        record.size_bytes, record.level = backup.size, Level.HASH.value
        return backup


def destination_prune(*, dry_run: bool = False) -> list[str]:
    """Remove from the second place what the rule does not keep; which they were. Raises `DestinationFailed`."""
    destination = destination_get()
    storage = destination.storage
    with _asked(destination):
        facts = []
        for name in _names(storage):
            parsed = name_parse(name)
            if parsed is not None and _is_complete(storage, name):
                facts.append(Kept(name, parsed.kind, parsed.at, _is_verified(storage, name)))
        keep = retained(facts, keep=settings.BACKUP_KEEP)
        surplus = sorted(fact.name for fact in facts if fact.name not in keep)
        for name in [] if dry_run else surplus:
            storage.delete(f"{name}/{MANIFEST}")  # what is cut off now is no backup any more
            for file in storage.listdir(name)[1]:
                storage.delete(f"{name}/{file}")
    return surplus


def _pull(storage: Storage, name: str, partial: Path, progress: Progress) -> None:
    if not _is_complete(storage, name):
        raise BackupNotFound(
            f"There is no complete backup {name} at the second place: backup_list --there names them."
        )
    _file_pull(storage, f"{name}/{MANIFEST}", partial / MANIFEST, lambda amount: None)
    manifest = manifest_read(partial)
    with progress("pull", total=manifest.size) as advance:
        for file in manifest.files:
            _file_pull(storage, f"{name}/{file}", partial / file, advance)


def _file_push(storage: Storage, path: Path, name: str, advance: Advance) -> None:
    if not path.is_file():
        return
    storage.delete(name)
    with path.open("rb") as opened:
        saved = storage.save(name, _Told(opened, advance, name=path.name))
    if saved != name or storage.size(name) != path.stat().st_size:
        raise DestinationFailed(f"{name} did not arrive whole at the second place.")


class _Told(File):
    """A file that tells how much of it was read."""

    def __init__(self, file: Any, advance: Advance, *, name: str) -> None:
        super().__init__(file, name=name)
        self._source, self._advance = file, advance

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        self._advance(len(data))
        return data


def _file_pull(storage: Storage, name: str, path: Path, advance: Advance) -> None:
    path.touch(mode=0o600)
    with storage.open(name, "rb") as source, path.open("wb") as target:
        while piece := source.read(PIECE_BYTES):
            target.write(piece)
            advance(len(piece))


def _names(storage: Storage) -> list[str]:
    try:
        folders = storage.listdir("")[0]
    except FileNotFoundError:
        return []
    parsed = [name for folder in folders if (name := name_parse(folder)) is not None]
    return [name.text for name in sorted(parsed, key=lambda one: one.order, reverse=True)]


def _is_complete(storage: Storage, name: str) -> bool:
    return storage.exists(f"{name}/{MANIFEST}")


def _is_verified(storage: Storage, name: str) -> bool:
    try:
        checks = json.loads(_text(storage, f"{name}/{CHECKS}") or "{}")
        return any(
            checks[level] and not checks[level]["error"] for level in ("decode", "restore") if level in checks
        )
    except (ValueError, TypeError, KeyError):
        return False


def _text(storage: Storage, name: str) -> str | None:
    if not storage.exists(name):
        return None
    with storage.open(name, "rb") as file:
        return file.read().decode()


@contextmanager
def _asked(destination: Destination) -> Iterator[None]:
    """Turn whatever a storage raises into one sentence; its library's own errors have no common class."""
    try:
        yield
    except (BackupError, BackupBusy):
        raise
    except ImproperlyConfigured as error:
        raise DestinationFailed(f"{destination.text} cannot be used: {one_line(error)}") from error
    except Exception as error:
        raise DestinationFailed(
            f"{destination.text} failed: {type(error).__name__}: {one_line(error)}"
        ) from error
