"""The disks that this installation writes to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system; ``path`` is the first of ours that is on it. Sizes in bytes, shares from 0 to 1."""

    path: str
    size_bytes: int
    free_bytes: int
    free_share: float
    """Of the bytes or of the file entries (inodes), whichever there is less of."""


def disks() -> list[Disk]:
    """The file systems of the code, the uploads, the private files and the backups, each once."""
    found: dict[int, Disk] = {}
    for name in (settings.BASE_DIR, settings.MEDIA_ROOT, settings.PRIVATE_ROOT, _backup_root()):
        place = _existing(Path(name)) if name else None
        if place is not None:
            found.setdefault(place.stat().st_dev, _disk(place))
    return list(found.values())


def _disk(place: Path) -> Disk:
    figures = os.statvfs(place)
    share = figures.f_bavail / figures.f_blocks if figures.f_blocks else 1.0
    entries = figures.f_favail / figures.f_files if figures.f_files else 1.0
    return Disk(
        path=str(place),
        size_bytes=figures.f_blocks * figures.f_frsize,
        free_bytes=figures.f_bavail * figures.f_frsize,
        free_share=min(share, entries),
    )


def _existing(place: Path) -> Path | None:
    """The folder, or the nearest above it that exists: it is made where it is first needed."""
    return next((one for one in (place, *place.parents) if one.is_dir()), None)


def _backup_root() -> str:
    """Where backups are kept, if that is a folder of this machine."""
    return str(getattr(settings, "BACKUP_ROOT", "") or "")
