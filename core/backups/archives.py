"""The files of a backup: written once with their hashes, and read back as they were."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from .encryption import ITERATIONS, Encryptor, decrypted
from .errors import BackupError
from .manifest import FileFacts
from .progress import Advance

PIECE_BYTES = 1 << 20


class ArchiveWriter:
    """A new file for its owner only; what is written is hashed, and encrypted where there is a passphrase.

    As a context manager it has everything on the disk when the block ends; `facts` tells then what was written.
    """

    def __init__(self, path: Path, *, secret: bytes | None, advance: Advance) -> None:
        self.path = path
        self._advance = advance
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        self._plain, self._plain_size = hashlib.sha256(), 0
        self._stored, self._stored_size = hashlib.sha256(), 0
        self._encryptor = Encryptor(secret) if secret else None
        self.entries: int | None = None
        if self._encryptor:
            self._store(self._encryptor.header)

    def write(self, data: bytes) -> int:
        self._plain.update(data)
        self._plain_size += len(data)
        self._store(self._encryptor.update(data) if self._encryptor else data)
        self._advance(len(data))
        return len(data)

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if kind is None:
                if self._encryptor:
                    self._store(self._encryptor.finish())
                os.fsync(self._file.fileno())

    @property
    def facts(self) -> FileFacts:
        """What the manifest says of the file."""
        return FileFacts(
            size=self._stored_size,
            sha256=self._stored.hexdigest(),
            plain_size=self._plain_size,
            plain_sha256=self._plain.hexdigest(),
            entries=self.entries,
        )

    def _store(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            written = self._file.write(left)
            left = left[written:]
        self._stored.update(data)
        self._stored_size += len(data)


def pieces_stored(path: Path) -> Iterator[bytes]:
    """A file as it lies on the disk, a megabyte at a time."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def pieces_plain(path: Path, *, secret: bytes | None, iterations: int = ITERATIONS) -> Iterator[bytes]:
    """A file as it was before it was encrypted, if it was. Raises `BackupError` where the passphrase is missing."""
    if not path.name.endswith(".enc"):
        return pieces_stored(path)
    if secret is None:
        raise BackupError("The backup is encrypted: set BACKUP_KEY_FILE to the file of its passphrase.")
    return decrypted(pieces_stored(path), secret, iterations=iterations)


class PlainReader:
    """The plain pieces of an archive as a file that can be read once, from its beginning."""

    def __init__(self, pieces: Iterator[bytes], *, advance: Advance) -> None:
        self._pieces, self._advance, self._rest = pieces, advance, b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._advance(len(piece))
            self._rest += piece
        if size < 0:
            size = len(self._rest)
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
