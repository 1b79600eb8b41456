"""Where base backups and the log's segments lie, and what is there.

`BACKUP_ROOT/base/` has the base backups, `WAL_ARCHIVE` what `archive_command` put there, `WAL_STREAM` what
`pg_receivewal` is writing. The last two are one archive for whoever reads: the same segment may lie in both.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core.backups.errors import BackupError

from . import names
from .names import SEGMENT_BYTES, Segment, path_of, segment_parse
from .reading import opened, wal_find

FILE = re.compile(r"(?P<name>[0-9A-F]{24}|[0-9A-F]{8}\.history)(?P<partial>\.partial)?(\.gz)?\Z")
HEADER = struct.Struct("=HHIQI4xQII")
LONG_HEADER = 0x0002
"""The flag of a segment's first page, which says whose it is."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The folders of the log, in the order in which they are looked through."""

    folders: tuple[Path, ...]
    segment_bytes: int = SEGMENT_BYTES

    def segments(self, *, with_partial: bool = True) -> set[Segment]:
        """The segments that are there, whole, or as far as they were received."""
        return {
            segment
            for match in self._matches()
            if (with_partial or not match["partial"])
            and (segment := segment_parse(match["name"], self.segment_bytes)) is not None
        }

    def timelines(self) -> list[int]:
        """The timelines that branched from another and that segments speak of, in order."""
        matches = [names.HISTORY.match(match["name"]) for match in self._matches()]
        branched = {int(match[1], 16) for match in matches if match}
        return sorted(branched | {segment.timeline for segment in self.segments()})

    def path(self, timeline: int) -> names.Path:
        """The path to a timeline. Raises `BackupError` when nothing says where it comes from."""
        if timeline == 1:
            return path_of(1, "", self.segment_bytes)
        name = f"{timeline:08X}.history"
        found = self.file(name)
        if found is None:
            raise BackupError(
                f"Where timeline {timeline} comes from is not known: {name} is missing in {self}."
            )
        with opened(found) as file:
            return path_of(timeline, file.read().decode(), self.segment_bytes)

    def file(self, name: str) -> Path | None:
        """The file that a recovery would be given for a name."""
        return wal_find(name, list(self.folders))

    def header(self, segment: Segment) -> tuple[Segment, int] | None:
        """What the first page of a segment says of itself: which it is, and of which cluster. None if it is no page."""
        found = self.file(segment.name)
        if found is None:
            return None
        with opened(found) as file:
            try:
                page = file.read(HEADER.size)
            except (EOFError, OSError):
                return None
        if len(page) < HEADER.size:
            return None
        _magic, info, timeline, address, _remaining, system, size, _block = HEADER.unpack(page)
        if not info & LONG_HEADER or not size or address % size:
            return None
        return Segment(timeline, address // size, size), system

    def __str__(self) -> str:
        return " and ".join(map(str, self.folders))

    def _matches(self) -> Iterator[re.Match[str]]:
        for folder in self.folders:
            for path in folder.iterdir():
                match = FILE.match(path.name)
                if match:
                    yield match


def bases_folder() -> Path:
    """Where base backups lie."""
    return Path(settings.BACKUP_ROOT) / "base"


def wal_folders() -> tuple[Path, Path]:
    """The archive's folder and the receiver's, whether or not they are there."""
    root = Path(settings.BACKUP_ROOT)
    return Path(settings.WAL_ARCHIVE or root / "wal"), Path(settings.WAL_STREAM or root / "stream")


def archive_open(segment_bytes: int = SEGMENT_BYTES) -> Archive:
    """The archive, of those folders that are there. Raises `BackupError` when none is."""
    wanted = wal_folders()
    folders = tuple(folder for folder in wanted if folder.is_dir())
    if not folders:
        raise BackupError(f"There is no archive of the log: neither {wanted[0]} nor {wanted[1]} is a folder.")
    return Archive(folders, segment_bytes)
