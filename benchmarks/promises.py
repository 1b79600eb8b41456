"""What `docs/performance.md` promises, read from its table, and what a run says about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.figures import Run
from benchmarks.servers import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
ROW = re.compile(r"^\| `(?P<key>\w+)` \|(?P<cells>.*)\|$", re.MULTILINE)
COLUMNS = ("cached", "cold", "naive", "no_index", "growth")
NOTHING = "-"
OBSERVING_SHARE_MAX = 0.02
"""What counting and timing every query may add to the processor time of a page."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds for one operation; None where nothing is promised. All are ratios of medians of one run.

    ``cached`` and ``cold``: at most so many times the empty API view. ``naive`` and ``no_index``: cold is at least so
    many times faster than these. ``growth``: ten times the rows cost at most so many times the time.
    """

    cached: float | None
    cold: float | None
    naive: float | None
    no_index: float | None
    growth: float | None


def promises_read(text: str) -> dict[str, Promise]:
    """The promises of the document by operation. Raises BenchmarkError where a line cannot be read."""
    found = {}
    for row in ROW.finditer(text):
        cells = [cell.strip() for cell in row["cells"].split("|")]
        if len(cells) != len(COLUMNS):
            raise BenchmarkError(f"docs/performance.md promises {row['key']} in {len(cells)} columns.")
        try:
            numbers = [None if cell == NOTHING else float(cell) for cell in cells]
        except ValueError:
            raise BenchmarkError(f"docs/performance.md promises of {row['key']} what is no number.") from None
        found[row["key"]] = Promise(*numbers)
    if not found:
        raise BenchmarkError("docs/performance.md promises nothing.")
    return found


def broken_promises(promises: Mapping[str, Promise], run: Run, *, small: Run | None) -> list[str]:
    """A sentence for each promise that the run does not keep."""
    observing = run.median("observing", "ratio")
    return [
        *(sentence for key, promise in promises.items() for sentence in _broken(key, promise, run, small)),
        *(
            [
                f"Counting every query costs {observing - 1:.1%} of a page, and {OBSERVING_SHARE_MAX:.0%} is promised."
            ]
            if observing is not None and observing - 1 >= OBSERVING_SHARE_MAX
            else []
        ),
    ]


def _broken(key: str, promise: Promise, run: Run, small: Run | None) -> Iterator[str]:
    if key not in run.medians:
        yield f"{key}: promised, and not measured."
        return
    floor = run.median("empty_api", "cached")
    for way, limit in (("cached", promise.cached), ("cold", promise.cold)):
        found = run.ratio(run.median(key, way), floor)
        if limit is not None and (found is None or found > limit):
            yield f"{key}: {way} takes {_times(found)} the empty API view, and {limit:g} is promised."
    for way, limit in (("naive", promise.naive), ("no_index", promise.no_index)):
        found = run.ratio(run.median(key, way), run.best_uncached(key))
        if limit is not None and (found is None or found < limit):
            yield f"{key}: {_times(found)} faster than {way}, and {limit:g} is promised."
    if promise.growth is not None and small is not None:
        found = run.growth(key, small)
        if found is None or found > promise.growth:
            yield f"{key}: ten times the rows cost {_times(found)} the time, and {promise.growth:g} is promised."


def _times(ratio: float | None) -> str:
    return "an unknown number of times" if ratio is None else f"{ratio:.1f} times"


def document_read(path: Path = DOCUMENT) -> str:
    """The document. Raises BenchmarkError without one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        raise BenchmarkError("docs/performance.md, which says what is promised, is not there.") from None
