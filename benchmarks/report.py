"""What a run says: a table for people, and the measured part of `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.figures import Run
from benchmarks.machine import commit_line, machine_line, today_line
from benchmarks.promises import DOCUMENT, document_read

BEGIN, END = "<!-- {name}: begin -->", "<!-- {name}: end -->"
OPERATIONS = (
    ("room_types", "room types of a property", 15, "1.5 / 5"),
    ("availability", "availability of a property, 3 nights", 80, "1.5 / 6"),
    ("search", "availability of a city across 200 properties", 150, "- / 15"),
    ("bookings", "a user's bookings with payments", 45, "- / 6"),
    ("book", "create a booking, everything committed", 200, "15"),
    ("dashboard", "a guest's dashboard page", 120, "- / 15"),
    ("prices", "price history of a room type", 30, "- / 4"),
    ("reviews", "reviews of a property", 35, "- / 4"),
    ("report", "a year's occupancy and revenue report", 500, "- / 80"),
    ("search_city", "availability of a small city", None, "-"),
)
"""Key, title, the figure to beat and the targets for p95 in milliseconds, cached and cold."""

HEADINGS = (
    "operation",
    "to beat",
    "target p95, cached / cold",
    "cached p50 / p95",
    "cold p50 / p95",
    "queries cached / cold",
    "no index",
    "N+1",
    "bare SQL",
    "ten times the rows",
)


def table(run: Run, *, small: Run | None) -> str:
    """The figures as a Markdown table, a row for each operation."""
    lines = [
        f"| {' | '.join(HEADINGS)} |",
        f"|{'---|' * len(HEADINGS)}",
    ]
    for key, title, to_beat, target in OPERATIONS:
        if key not in run.medians:
            continue
        own = run.best_uncached(key)
        growth = run.growth(key, small) if small is not None and key != "search" else None
        cells = [
            title,
            f"{to_beat} ms" if to_beat else "-",
            target,
            _pair(run, key, "cached"),
            _pair(run, key, "cold"),
            f"{_count(run, key, 'cached')} / {_count(run, key, 'cold')}",
            _times(run.ratio(run.median(key, "no_index"), own)),
            _naive(run, key),
            _milliseconds(run.median(key, "sql")),
            "-" if growth is None else f"× {growth:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def floors_line(run: Run) -> str:
    """The floors in one sentence."""
    return (
        f"Floors: an empty Django view {_pair(run, 'empty', 'cached')} ms, an empty API view "
        f"{_pair(run, 'empty_api', 'cached')} ms, a commit that waits for the disk {_pair(run, 'commit', 'sql')} ms "
        f"(p50 / p95). Counting and timing every query costs {_share(run.median('observing', 'ratio'))} of the "
        "processor time of a guest's dashboard that is not cached."
    )


def measured_part(run: Run, *, small: Run | None, build: str, busy: str) -> str:
    """What stands between the marks of the document."""
    return "\n".join(
        [
            f"Measured on {today_line()}, commit {commit_line()}, on {machine_line()}; load before: {busy}.",
            f"{floors_line(run)} {build}",
            "",
            table(run, small=small),
        ]
    )


def document_write(name: str, text: str, path: Path = DOCUMENT) -> None:
    """Replace one measured part of the document, and leave the rest alone. Raises BenchmarkError."""
    document = document_read(path)
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = document.partition(begin)
    _old, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise BenchmarkError(f"docs/performance.md lacks the marks of its part {name}: {begin} and {end}.")
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}")


def as_json(run: Run) -> Mapping[str, Mapping[str, Mapping[str, float | int | None]]]:
    """Percentiles and queries, for programs."""
    return {
        key: {
            way: {
                "p50_ms": round(median, 3),
                "p95_ms": round(run.p95(key, way) or 0, 3),
                "queries": run.queries(key, way),
            }
            for way, median in ways.items()
        }
        for key, ways in run.medians.items()
    }


def _pair(run: Run, key: str, way: str) -> str:
    median, p95 = run.median(key, way), run.p95(key, way)
    return "-" if median is None or p95 is None else f"{median:.2f} / {p95:.2f}"


def _naive(run: Run, key: str) -> str:
    ratio = run.ratio(run.median(key, "naive"), run.best_uncached(key))
    return f"{_times(ratio)} ({_count(run, key, 'naive')} queries)"


def _count(run: Run, key: str, way: str) -> str:
    queries = run.queries(key, way)
    return "-" if queries is None else str(queries)


def _share(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio - 1:.1%}"


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} ms"


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"× {ratio:.1f}"
