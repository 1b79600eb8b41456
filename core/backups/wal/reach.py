"""How far one can go: from the end of a base backup to the last change that the archive holds."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.backups.errors import BackupError, RestoreRefused
from core.backups.programs import program_find

from .bases import BaseBackup, bases_list
from .folders import Archive, archive_open
from .names import Path as TimelinePath
from .names import Segment, lsn_parse
from .reading import unpack

CHANGE = re.compile(
    r"desc: (?:COMMIT|ABORT)(?:_PREPARED)?\b.*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which moments a base backup leads to: from `earliest` on, and before `latest`, the last change that is there.

    `gap` is the first segment that is missing, if one is; nothing behind it can be reached.
    """

    base: BaseBackup
    path: TimelinePath
    earliest: datetime
    latest: datetime | None
    newest: Segment | None
    gap: Segment | None

    def sentence(self) -> str:
        """For people."""
        if self.latest is None:
            return f"nothing was changed after {self.earliest.isoformat(' ')}"
        return f"any moment from {self.earliest.isoformat(' ')} to before {self.latest.isoformat(' ')}"


def missing(archive: Archive, path: TimelinePath, base: BaseBackup) -> tuple[Segment | None, list[Segment]]:
    """The newest segment of a path, and those between the base backup's first and it that are not there.

    None where nothing from the base backup's first segment on is there: then nothing is said to be missing.
    Where a timeline branched inside a segment, its own copy of that segment is needed as soon as it has a later one.
    """
    there = archive.segments()
    first = base.first_segment.number
    numbers = [
        segment.number
        for segment in there
        if segment.number >= first and segment in set(path.candidates(segment.number))
    ]
    if not numbers:
        return None, []
    newest_number = max(numbers)
    lacking = []
    for number in range(first, newest_number):
        wanted = next(iter(path.candidates(number)))
        if wanted not in there:
            lacking.append(wanted)
    newest = next(segment for segment in path.candidates(newest_number) if segment in there)
    return newest, lacking


def timeline_newest(archive: Archive, bases: list[BaseBackup]) -> int:
    """The newest timeline that there is."""
    return max([1, *archive.timelines(), *(base.timeline for base in bases)])


def path_to(archive: Archive, timeline: int | None = None) -> TimelinePath:
    """The path to a timeline; to the newest if none is named. Raises `BackupError`."""
    return archive.path(timeline or timeline_newest(archive, bases_list()))


def bases_on(path: TimelinePath) -> list[BaseBackup]:
    """The base backups from which a path can be followed, the oldest first."""
    return [base for base in bases_list() if path.holds(base.timeline, lsn_parse(base.end_lsn))]


def reach_of(base: BaseBackup, path: TimelinePath, archive: Archive) -> Reach:
    """What can be reached from a base backup. Reads the newest segments until one has a change."""
    newest, lacking = missing(archive, path, base)
    gap = lacking[0] if lacking else None
    last_number = gap.number - 1 if gap else newest.number if newest else -1
    latest = None
    for number in range(last_number, base.first_segment.number - 1, -1):
        found = [
            change for segment in path.candidates(number) if (change := _last_change(archive, segment, base))
        ]
        if found:
            latest = max(found)
            break
    if latest is not None and latest <= base.ended_at:
        latest = None
    return Reach(base, path, base.ended_at, latest, newest, gap)


def reach_for(target: datetime | None, *, timeline: int | None = None) -> Reach:
    """From which base backup a moment can be reached; None is the last change that there is.

    Raises `RestoreRefused`, which names what can be reached, when it cannot.
    """
    archive = archive_open()
    path = path_to(archive, timeline)
    bases = bases_on(path)
    if not bases:
        raise RestoreRefused(
            "There is no base backup to begin with"
            + ("." if path.timeline == 1 else f" on timeline {path.timeline}: --timeline names another.")
        )
    if target is None:
        return reach_of(bases[-1], path, archive_open(bases[-1].segment_bytes))
    fitting = [base for base in bases if base.ended_at <= target]
    if not fitting:
        raise RestoreRefused(
            f"{target.isoformat(' ')} is before the end of the oldest base backup: "
            f"possible is {reach_of(bases[0], path, archive).sentence()}."
        )
    reach = reach_of(fitting[-1], path, archive_open(fitting[-1].segment_bytes))
    if reach.latest is None or target >= reach.latest:
        hole = f" {reach.gap.name} is missing." if reach.gap else ""
        raise RestoreRefused(
            f"{target.isoformat(' ')} is beyond the last change in the archive: possible is {reach.sentence()}.{hole}"
            " `--to latest` restores all that is there."
        )
    return reach


def _last_change(archive: Archive, segment: Segment, base: BaseBackup) -> datetime | None:
    """When the last transaction in a segment ended; None if none did, or the segment is not there.

    `pg_waldump` complains where the log ends, so what it says counts and not how it ends.
    """
    found = archive.file(segment.name)
    if found is None:
        return None
    program = program_find("pg_waldump", major=base.server_version // 10_000)
    with tempfile.TemporaryDirectory(prefix="vacancy-wal-") as place:
        plain = Path(place) / segment.name
        if found.name == segment.name:
            plain.symlink_to(found.resolve())
        else:
            try:
                unpack(found, plain)
            except (OSError, EOFError) as error:
                raise BackupError(f"{found} cannot be read: {error}.") from error
        said = subprocess.run(
            [program.path, "--rmgr", "Transaction", plain],
            capture_output=True,
            text=True,
            env={"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            check=False,
        )
    times = [datetime.fromisoformat(match[1]).replace(tzinfo=UTC) for match in CHANGE.finditer(said.stdout)]
    return max(times, default=None)
