"""One at a time: whoever changes the backups holds a lock that ends with the process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from .errors import BackupBusy
from .layout import backup_root

LOCK = ".lock"
POLL_SECONDS = 0.2


@contextmanager
def backups_lock(doing: str, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock while the block runs; a process that is killed gives it back.

    Raises `BackupBusy`, which says who holds it, if it cannot be had within `wait_seconds`.
    """
    path = backup_root(create=True) / LOCK
    deadline = time.monotonic() + wait_seconds
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    holder = file.read().strip() or "another process"
                    raise BackupBusy(
                        f"The backups are being worked on: {holder}. Try again when it is done."
                    ) from None
                time.sleep(POLL_SECONDS)
        file.truncate(0)
        file.write(f"{doing}, process {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC")
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate(0)


def backups_busy() -> str:
    """What is being done to the backups now; empty if nothing."""
    path = backup_root() / LOCK
    try:
        file = path.open()
    except OSError:
        return ""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip()
    return ""
