"""Base backups: copies of all files of a cluster, from which the log is played forward."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.backups.errors import BackupError, BackupNotFound
from core.backups.layout import PARTIAL_SUFFIX, STAMP, file_write

from .folders import bases_folder
from .names import Segment, lsn_parse

DATA = "data"
RECORD = "base.json"
NAME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-base(-\d+)?\Z")


@dataclass(frozen=True, slots=True)
class BaseBackup:
    """What `base.json` says. `ended_at` is the server's clock when the copy was whole: from then on any moment can be
    reached. `start_lsn` is where the log is first needed, `end_lsn` where the copy is consistent.
    """

    name: str
    started_at: datetime
    ended_at: datetime
    server_version: int
    system: int
    timeline: int
    start_lsn: str
    end_lsn: str
    segment_bytes: int
    bytes: int
    files: int
    seconds: float

    @property
    def folder(self) -> Path:
        """Its place."""
        return bases_folder() / self.name

    @property
    def data(self) -> Path:
        """The copied cluster."""
        return self.folder / DATA

    @property
    def first_segment(self) -> Segment:
        """The first segment of the log that it needs."""
        return Segment(self.timeline, lsn_parse(self.start_lsn) // self.segment_bytes, self.segment_bytes)

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts by time."""
        return self.ended_at, self.name

    def as_json(self) -> dict[str, object]:
        """For programs."""
        moments = {"started_at": self.started_at.isoformat(), "ended_at": self.ended_at.isoformat()}
        return {**asdict(self), **moments, "folder": str(self.folder)}


def base_name(*, at: datetime) -> str:
    """A name that nothing has yet; a number tells those of one second apart."""
    plain, number = f"{at.astimezone(UTC):{STAMP}}-base", 1
    name = plain
    while (bases_folder() / name).exists() or (bases_folder() / f"{name}{PARTIAL_SUFFIX}").exists():
        number += 1
        name = f"{plain}-{number}"
    return name


def base_write(folder: Path, base: BaseBackup) -> None:
    """Write the record beside the copy."""
    record = base.as_json()
    del record["folder"]
    file_write(folder / RECORD, json.dumps(record, indent=1) + "\n")


def bases_list() -> list[BaseBackup]:
    """All base backups that are whole, the oldest first. Raises `BackupError` for a record that cannot be read."""
    folder = bases_folder()
    if not folder.is_dir():
        return []
    found = [_read(path) for path in folder.iterdir() if NAME.match(path.name) and (path / RECORD).is_file()]
    return sorted(found, key=lambda base: base.order)


def base_named(name: str) -> BaseBackup:
    """One of them. Raises `BackupNotFound`."""
    for base in bases_list():
        if base.name == name:
            return base
    raise BackupNotFound(f"There is no base backup {name} in {bases_folder()}.")


def _read(path: Path) -> BaseBackup:
    try:
        record = json.loads((path / RECORD).read_text())
        base = BaseBackup(**record)
        return replace(
            base,
            name=path.name,
            started_at=datetime.fromisoformat(record["started_at"]),
            ended_at=datetime.fromisoformat(record["ended_at"]),
        )
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{path / RECORD} cannot be read: {error}.") from error
