"""Reading the archive's files as a recovery does: whole, compressed, or the part of one that was received."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import IO, cast

BLOCK = 1 << 20


def wal_find(name: str, folders: list[Path]) -> Path | None:
    """The file that `deploy/postgres/fetch-wal` would bring: whole, else compressed, else what of it was received."""
    for candidate in (name, f"{name}.gz", f"{name}.partial", f"{name}.partial.gz"):
        for folder in folders:
            if (folder / candidate).is_file():
                return folder / candidate
    return None


def opened(path: Path) -> IO[bytes]:
    """A file of the archive, to be read."""
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def unpack(found: Path, path: Path) -> None:
    """Copy a file of the archive to where it is wanted."""
    with opened(found) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, BLOCK)
