"""Is the log whole, from the oldest base backup to now, and is it still being put away?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg

from core.backups.errors import BackupError
from core.backups.servers import database_server, one_line

from .bases import BaseBackup, bases_list
from .folders import Archive, archive_open
from .names import Segment, segment_parse
from .reach import bases_on, missing, path_to

NAMED_MOST = 10
BACKLOG_MAX = 16
ARCHIVER_SQL = """
SELECT current_setting('archive_mode'), archived_count, last_archived_wal, last_archived_time,
       failed_count, last_failed_wal, last_failed_time,
       pg_walfile_name(pg_current_wal_lsn()), pg_size_bytes(current_setting('wal_segment_size')),
       (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'
         AND application_name IN ('pg_receivewal', 'vacancy_wal')),
       (SELECT system_identifier FROM pg_control_system())
  FROM pg_stat_archiver
"""


@dataclass(frozen=True, slots=True)
class Archiver:
    """What the server says of putting its log away. `backlog` is in segments; None where it cannot be told."""

    mode: str
    archived: int
    last_archived: str | None
    last_archived_at: datetime | None
    failed: int
    last_failed: str | None
    last_failed_at: datetime | None
    current: str
    receivers: int
    system: int
    backlog: int | None

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt was in vain."""
        return self.last_failed_at is not None and (
            self.last_archived_at is None or self.last_failed_at > self.last_archived_at
        )


@dataclass(frozen=True, slots=True)
class WalReport:
    """The archive and who fills it. `problems` are sentences; none means that all is well."""

    bases: int
    timeline: int
    oldest: str
    newest: str
    segments: int
    gaps: tuple[str, ...]
    gap_count: int
    archiver: Archiver | None
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        found = asdict(self)
        for name, value in (found["archiver"] or {}).items():
            if isinstance(value, datetime):
                found["archiver"][name] = value.isoformat()
        return found


def wal_check(*, ask_server: bool = True, deep: bool = False, backlog_max: int = BACKLOG_MAX) -> WalReport:
    """Look for gaps from the oldest base backup's first segment to the newest one, over all timelines between.

    `ask_server` asks the server too whether it puts its log away; without it the files alone are looked at, as is
    right while the server is lost. `deep` opens every segment. Raises `BackupError` when there is nothing to look at.
    """
    archive = archive_open()
    bases = bases_list()
    if not bases:
        raise BackupError("There is no base backup: make one with backup_base.")
    path = path_to(archive_open(bases[-1].segment_bytes))
    on_path = bases_on(path)
    problems: list[str] = []
    if not on_path:
        problems.append(
            f"No base backup leads to timeline {path.timeline}, which is the newest: make one with backup_base."
        )
        on_path = bases[-1:]
        path = archive.path(on_path[0].timeline)
    base = on_path[0]
    archive = archive_open(base.segment_bytes)
    newest, lacking = missing(archive, path, base)
    if lacking:
        problems.append(_gap_sentence(lacking))
    if newest is None and not ask_server:
        problems.append(f"Nothing of the log since {base.name} is in the archive.")
    numbers = range(base.first_segment.number, newest.number + 1 if newest else base.first_segment.number)
    if deep:
        problems += _strangers(
            archive, base, [next(iter(path.candidates(number))) for number in numbers], set(lacking)
        )
    archiver = _archiver(numbers.stop - 1) if ask_server else None
    if archiver is not None:
        problems += _archiver_problems(archiver, base, backlog_max=backlog_max)
    return WalReport(
        bases=len(bases),
        timeline=path.timeline,
        oldest=base.first_segment.name,
        newest=newest.name if newest else "",
        segments=len(numbers) - len(lacking),
        gaps=tuple(segment.name for segment in lacking[:NAMED_MOST]),
        gap_count=len(lacking),
        archiver=archiver,
        problems=tuple(problems),
    )


def _gap_sentence(lacking: list[Segment]) -> str:
    named = ", ".join(segment.name for segment in lacking[:NAMED_MOST])
    more = f" and {len(lacking) - NAMED_MOST} more" if len(lacking) > NAMED_MOST else ""
    what = "segment is" if len(lacking) == 1 else "segments are"
    return (
        f"{len(lacking)} {what} missing in the archive: {named}{more}. Make a base backup now (backup_base)."
    )


def _strangers(
    archive: Archive, base: BaseBackup, segments: list[Segment], lacking: set[Segment]
) -> list[str]:
    """Segments whose first page says that they are others than their name, or of another cluster."""
    found = []
    for segment in segments:
        header = archive.header(segment)
        if segment in lacking or (header is None and archive.file(segment.name) is None):
            continue
        if header is None:
            found.append(f"{segment.name} is not readable as a segment.")
        elif header[1] != base.system:
            found.append(f"{segment.name} belongs to another server ({header[1]}, not {base.system}).")
        elif header[0].number != segment.number or header[0].segment_bytes != segment.segment_bytes:
            found.append(f"{segment.name} holds another segment: {header[0].name}.")
    return found


def _archiver(newest: int) -> Archiver:
    """Ask the server; `newest` is the number of the last segment that is there. One query. Raises `BackupError`."""
    server = database_server()
    with server.session() as session:
        try:
            row = session.execute(ARCHIVER_SQL).fetchone()
        except psycopg.Error as error:
            raise BackupError(f"{server.place} does not tell of its archiver: {one_line(error)}") from error
    assert row is not None
    (
        mode,
        archived,
        last,
        last_at,
        failed,
        last_failed,
        last_failed_at,
        current,
        segment_bytes,
        receivers,
        system,
    ) = row
    return Archiver(
        mode=mode,
        archived=archived,
        last_archived=last,
        last_archived_at=last_at,
        failed=failed,
        last_failed=last_failed,
        last_failed_at=last_failed_at,
        current=current,
        receivers=receivers,
        system=system,
        backlog=_segments_between(newest, current, segment_bytes),
    )


def _segments_between(newest: int, current: str, segment_bytes: int) -> int | None:
    now = segment_parse(current, segment_bytes)
    return max(0, now.number - newest - 1) if now else None


def _archiver_problems(archiver: Archiver, base: BaseBackup, *, backlog_max: int) -> list[str]:
    problems = []
    if archiver.system != base.system:
        problems.append("The base backups are of another server than this one: make one with backup_base.")
    if archiver.mode == "off" and not archiver.receivers:
        problems.append(
            "The server does not put its log away: archive_mode is off, and no pg_receivewal is connected."
        )
    if archiver.mode != "off" and archiver.is_failing:
        problems.append(
            f"The archive command fails: last with {archiver.last_failed} at {archiver.last_failed_at}, "
            f"{archiver.failed} times in all. The server's log says why."
        )
    if archiver.backlog is not None and archiver.backlog > backlog_max:
        problems.append(f"{archiver.backlog} segments wait to be archived.")
    return problems
