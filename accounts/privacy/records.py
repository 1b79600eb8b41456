"""The list of erasures that outlives the database: a file beside the backups, a line for each.

A backup that is older than an erasure brings the person back. So whoever was erased is written down where a restore
does not reach, by the keys of rows and by keyed hashes of the addresses alone: nobody can be read out of it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from core.backups.errors import BackupError

SALT = b"accounts.privacy.erasures"


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """One line: which rows by model, and the hashes of the addresses."""

    uid: str
    at: str
    rows: dict[str, list[str]] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)


class RecordsUnreadable(BackupError):
    """A line of the list is not what it should be. Nothing was applied, and nothing is restored."""


def records_path() -> Path:
    """Where the list is (`ERASURES_FILE`)."""
    return Path(settings.ERASURES_FILE)


def record_append(record: ErasureRecord) -> None:
    """Add a line, on the disk when this returns. Only the server's own user can read it."""
    path = records_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        lines.truncate(_end_of_lines(lines.read()))
        lines.seek(0, os.SEEK_END)
        line = json.dumps(asdict(record), sort_keys=True, separators=(",", ":"))
        lines.write(f"{line}\n".encode())
        lines.flush()
        os.fsync(lines.fileno())


def _end_of_lines(content: bytes) -> int:
    """Where the last whole line ends: what a crash cut off behind it was never committed."""
    return content.rfind(b"\n") + 1


def records_read(path: Path | None = None) -> Iterator[ErasureRecord]:
    """Every line of the list, or of the one at ``path``, oldest first.

    A last line that was cut off by a crash was never committed and is left out.

    Raises `RecordsUnreadable`.
    """
    path = path or records_path()
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith("\n"):
                return
            try:
                yield ErasureRecord(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise RecordsUnreadable(f"{path}: line {number} cannot be read") from error


def addresses_hash(emails: Iterable[str], *, key: str | None = None) -> list[str]:
    """Keyed hashes of addresses, which nobody without the site's key can try names against."""
    secret = hashlib.sha256(SALT + (key or settings.SECRET_KEY).encode()).digest()
    return sorted(hmac.new(secret, email.lower().encode(), hashlib.sha256).hexdigest() for email in emails)


def hashes_of(email: str) -> set[str]:
    """The hashes an address may have in the list: by the key of now and those before."""
    keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {addresses_hash([email], key=key)[0] for key in keys}
