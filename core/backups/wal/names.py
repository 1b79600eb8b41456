"""How PostgreSQL names positions, segments and timelines of its write-ahead log.

A position (LSN) is a number of bytes since the beginning. A segment holds `segment_bytes` of them and is named by its
timeline and number. A recovery that ends begins a new timeline, whose `.history` tells from which one it branched and
where; a path is that row of branches, seen from one timeline back to the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEGMENT = re.compile(r"[0-9A-F]{24}\Z")
HISTORY = re.compile(r"([0-9A-F]{8})\.history\Z")
HISTORY_LINE = re.compile(r"\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)")
SEGMENT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment's name: its timeline and its number since the beginning of the log."""

    timeline: int
    number: int
    segment_bytes: int = SEGMENT_BYTES

    @property
    def name(self) -> str:
        """As the file is called, without suffix."""
        per_id = 0x1_0000_0000 // self.segment_bytes
        return f"{self.timeline:08X}{self.number // per_id:08X}{self.number % per_id:08X}"

    @property
    def start(self) -> int:
        """The position of its first byte."""
        return self.number * self.segment_bytes


def segment_parse(name: str, segment_bytes: int = SEGMENT_BYTES) -> Segment | None:
    """Read a segment's name; None if it is none."""
    if not SEGMENT.match(name):
        return None
    timeline, high, low = (int(name[at : at + 8], 16) for at in (0, 8, 16))
    return Segment(timeline, high * (0x1_0000_0000 // segment_bytes) + low, segment_bytes)


def lsn_parse(text: str) -> int:
    """Read a position such as `0/3000158`."""
    high, _slash, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def lsn_text(lsn: int) -> str:
    """Write a position as PostgreSQL does."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A timeline of a path, and the position at which the next one left it; None: it is the last."""

    timeline: int
    left_at: int | None


@dataclass(frozen=True, slots=True)
class Path:
    """From the first timeline to one that is to be followed."""

    branches: tuple[Branch, ...]
    segment_bytes: int = SEGMENT_BYTES

    @property
    def timeline(self) -> int:
        """The one that is followed to its end."""
        return self.branches[-1].timeline

    def holds(self, timeline: int, lsn: int) -> bool:
        """Whether what was written on a timeline up to a position is part of this path."""
        return any(
            branch.timeline == timeline and (branch.left_at is None or lsn <= branch.left_at)
            for branch in self.branches
        )

    def candidates(self, number: int) -> Iterator[Segment]:
        """The segments that may serve for a number, in the order in which PostgreSQL tries them: the newest first.

        Where a timeline branched in the middle of a segment, the new one's begins with a copy of the old one's.
        """
        begins_at = 0
        found = []
        for branch in self.branches:
            if begins_at // self.segment_bytes <= number and (
                branch.left_at is None or number <= branch.left_at // self.segment_bytes
            ):
                found.append(Segment(branch.timeline, number, self.segment_bytes))
            begins_at = branch.left_at or 0
        yield from reversed(found)


def path_of(timeline: int, history: str, segment_bytes: int = SEGMENT_BYTES) -> Path:
    """The path to a timeline, from the text of its `.history`; the first timeline has none."""
    lines = (HISTORY_LINE.match(line) for line in history.splitlines())
    parents = tuple(Branch(int(line[1]), lsn_parse(line[2])) for line in lines if line)
    return Path((*parents, Branch(timeline, None)), segment_bytes)
