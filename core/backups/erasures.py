"""The list of erasures goes where the backups go: a backup that comes back without it would bring people back.

Each of its lines stands for itself, so that two lists become one by taking every line once; none is ever removed. It
holds keys of rows and keyed hashes alone (`accounts.privacy.records`), and needs no encryption.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

NAME = "erasures.jsonl"


def erasures_push(storage: Storage) -> None:
    """Add the lines of this machine's list to the list there."""
    path = Path(settings.ERASURES_FILE)
    here = _whole_lines(path.read_bytes()) if path.exists() else []
    there = _lines_there(storage)
    if set(here) - set(there):
        storage.delete(NAME)
        storage.save(NAME, ContentFile(b"".join(dict.fromkeys([*there, *here]))))


def erasures_pull(storage: Storage) -> int:
    """Add the lines of the list there to this machine's list, on the disk when this returns; how many were new."""
    there = _lines_there(storage)
    if not there:
        return 0
    path = Path(settings.ERASURES_FILE)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        here = _whole_lines(file.read())
        new = [line for line in there if line not in set(here)]
        file.truncate(sum(map(len, here)))
        file.seek(0, os.SEEK_END)
        file.writelines(new)
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def _lines_there(storage: Storage) -> list[bytes]:
    if not storage.exists(NAME):
        return []
    with storage.open(NAME, "rb") as file:
        return _whole_lines(file.read())


def _whole_lines(content: bytes) -> list[bytes]:
    """All lines but one that a crash cut off, which was never committed."""
    return [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")]
