"""The computed parts of docs/scaling.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.report import BEGIN, END
from benchmarks.scaling.costs import Costs
from benchmarks.scaling.model import LAYOUTS, checked, connected, contended, copied, grown, served, worked
from benchmarks.scaling.sharding import sharding_table
from benchmarks.servers import ROOT

DOCUMENT = ROOT / "docs" / "scaling.md"
SHARES = (0.25, 0.5, 0.8, 0.9, 0.95)
UNCACHED = (0, 0.1, 0.3, 1)
MACHINES = (1, 2, 4, 8, 16)
PROCESSES, THREADS, WORKERS, POOL = 8, 8, 10, 10
"""On a machine with eight processors: a web process for each of them, the threads and pool of the defaults."""
BOOKINGS = (1e5, 1e6, 1e7, 1e8, 1e9)
BOOKINGS_HOUR = (100, 1_000, 10_000, 100_000)


def parts(costs: Costs) -> dict[str, str]:
    """Each part by its name, as Markdown."""
    return {
        "costs": _costs(costs),
        "machines": _machines(costs),
        "checked": _checked(costs),
        "copies": _copies(costs),
        "house": _house(costs),
        "connections": _connections(costs),
        "tables": _tables(costs),
        "workers": _workers(costs),
        "sharding": sharding_table(),
    }


def parts_write(costs: Costs, path: Path = DOCUMENT) -> None:
    """Replace every part between its marks, and leave the rest alone. Raises BenchmarkError."""
    text = path.read_text()
    for name, part in parts(costs).items():
        before, _old, after = _around(text, name)
        text = f"{before}\n{part}\n{after}"
    path.write_text(text)


def parts_differ(costs: Costs, path: Path = DOCUMENT) -> list[str]:
    """The parts that say something else than what is computed. Raises BenchmarkError for a missing one."""
    text = path.read_text()
    return [name for name, part in parts(costs).items() if _around(text, name)[1].strip() != part.strip()]


def _around(text: str, name: str) -> tuple[str, str, str]:
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, found, rest = text.partition(begin)
    inside, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise BenchmarkError(f"docs/scaling.md lacks the marks of its part {name}: {begin} and {end}.")
    return before + begin, inside, end + after


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _costs(costs: Costs) -> str:
    rows = [
        [kind.title, f"{kind.share:.1%}", f"{kind.web_ms:.1f} ms", f"{kind.database_ms:.1f} ms",
         "yes" if kind.on_copy else "no", f"{kind.effects:.1f}"]
        for kind in costs.kinds.values()
    ]  # fmt: skip
    rows.append(
        ["**a request of the mix**", "100%", f"**{costs.web_seconds() * 1000:.1f} ms**",
         f"**{costs.database_seconds() * 1000:.1f} ms**",
         f"{costs.database_seconds(on_copy=True) / costs.database_seconds():.0%} of it", f"{costs.effects():.2f}"]
    )  # fmt: skip
    table = _table(
        ("request", "share", "web process", "PostgreSQL", "from a copy", "effects in the outbox"), rows
    )
    sentences = (
        f"An effect takes {costs.effect_ms:.1f} ms in a worker and {costs.effect_database_ms:.1f} ms in PostgreSQL.",
        f"A booking holds the lock of its nights for {costs.lock_ms:.1f} ms.",
        f"Held and paid it takes {costs.booking_bytes / 1000:.0f} kB of tables and indexes,",
        f"and {costs.booking_log_bytes / 1000:.0f} kB of the write-ahead log.",
        f"A web process has {costs.web_megabytes:.0f} MB,",
        f"a session of PostgreSQL {costs.connection_megabytes:.1f} MB of its own.",
    )
    return f"Measured on {costs.measured}.\n\n{table}\n\n{' '.join(sentences)}"


def _machines(costs: Costs) -> str:
    rows = []
    for layout in LAYOUTS:
        found = served(layout, costs)
        rows.append(
            [layout.title, f"{found.requests_second:,.0f}", f"{found.visitors_day:,.0f}",
             f"{found.requests_second * costs.bookings * 3600:,.0f}", f"{found.full}, {found.utilisation:.0%}"]
        )  # fmt: skip
    return _table(
        (
            "machines (processors)",
            "requests a second",
            "visitors a day",
            "bookings in the busiest hour",
            "full first",
        ),
        rows,
    )


def _checked(costs: Costs) -> str:
    rows = [
        [f"{found.rate:.0f}", f"{found.measured_ms:,.0f} ms", f"{found.computed_ms:,.0f} ms"]
        for found in checked(costs)
    ]
    return _table(("requests a second", "p95 measured by make load", "p95 computed"), rows)


def _copies(costs: Costs) -> str:
    rows = [
        [f"{found.uncached:.0%}", f"{found.database_ms:.1f} ms", f"{found.read_share:.0%}", f"{found.alone:,.0f}",
         f"{found.with_copies:,.0f}", f"× {found.with_copies / found.alone:.1f}"]
        for found in (copied(costs, part) for part in UNCACHED)
    ]  # fmt: skip
    return _table(
        ("more find nothing in a cache", "PostgreSQL for a request", "of it copies may take", "a primary of 8, alone",
         "with copies", "gain"),
        rows,
    )  # fmt: skip


def _house(costs: Costs) -> str:
    rows = [
        [
            f"{found.rate:.0f}",
            f"{found.utilisation:.0%}",
            f"{found.mean_wait_ms:.0f} ms",
            f"{found.p95_ms:.0f} ms",
        ]
        for found in contended(costs, SHARES)
    ]
    return _table(("bookings a second", "lock is held", "wait for it, mean", "wait and hold, p95"), rows)


def _connections(costs: Costs) -> str:
    rows = []
    for machines in MACHINES:
        found = connected(
            costs, machines=machines, processes=PROCESSES, workers=WORKERS, pool=POOL, threads=THREADS
        )
        rows.append(
            [str(found.machines), str(found.web_processes), str(found.most), f"{found.megabytes:,.0f} MB",
             f"{found.busy:.0f}"]
        )  # fmt: skip
    return _table(
        (
            "web machines of 8",
            "web processes",
            "connections at most",
            "memory of their sessions",
            "busy at a time",
        ),
        rows,
    )


def _tables(costs: Costs) -> str:
    rows = []
    for bookings in BOOKINGS:
        found = grown(costs, bookings)
        rows.append(
            [f"{bookings:,.0f}", _bytes(found.gigabytes), f"{found.night_rows:,.0f}", str(found.index_levels),
             _bytes(found.index_gigabytes), _minutes(found.dump_minutes), _minutes(found.vacuum_minutes)]
        )  # fmt: skip
    return _table(
        ("bookings", "database", "rows of nights", "pages to an entry", "their primary index", "reading all for a dump",
         "vacuum of all"),
        rows,
    )  # fmt: skip


def _workers(costs: Costs) -> str:
    rows = [
        [
            f"{found.bookings_hour:,.0f}",
            f"{found.effects_second:.2f}",
            f"{found.processors:.2f}",
            f"{found.mails_second:.2f}",
        ]
        for found in (worked(costs, bookings) for bookings in BOOKINGS_HOUR)
    ]
    return _table(
        ("bookings an hour", "effects a second", "processors for them", "confirmations a second"), rows
    )


def _bytes(gigabytes: float) -> str:
    return f"{gigabytes:,.1f} GB" if gigabytes >= 1 else f"{gigabytes * 1000:,.0f} MB"


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:,.0f} min" if minutes < 120 else f"{minutes / 60:,.0f} h"
