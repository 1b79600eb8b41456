"""Machines, what they serve within the limit, and which part of them is full first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.scaling.costs import Costs
from benchmarks.scaling.queueing import Station, fullest, most_within, p95

LIMIT_SECONDS = 0.2
"""The 95th percentile that a guest is to see at most; so docs/performance.md has it."""
REQUESTS_A_VISIT = 12
BUSIEST_HOUR = 0.1
"""The part of a day's visits that falls into its busiest hour."""
HOUR_SECONDS = 3600
PAGE_BYTES = 8192
PAGE_FILL = 0.9
MINUTE_SECONDS = 60
FULL = 0.7
"""As busy as a database should be in its busiest hour; what is left is for a vacuum, a backup, and surprises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """An arrangement of machines by their processors. ``primary`` 0: the database stands on the web machine.

    ``shards`` spread what the primary does evenly; no such arrangement exists today.
    """

    title: str
    web: int
    primary: int = 0
    copies: int = 0
    copy: int = 0
    shards: int = 1

    def stations(self, costs: Costs) -> list[Station]:
        """Where a request of the mix waits, each with the seconds of it that are spent there.

        Background work is done by the web machines' processors, which it leaves less of. Replaying the log is done by
        one process of each copy and is not in here.
        """
        varied = costs.variation()
        web = costs.web_seconds() + costs.effects() * costs.effect_ms / 1000
        effects = costs.effects() * costs.effect_database_ms / 1000
        everything = costs.database_seconds() + effects
        if not self.primary:
            return [Station("processors", self.web, web + everything, varied)]
        database = self.primary * self.shards
        if not self.copies:
            return [Station("web", self.web, web, varied), Station("primary", database, everything, varied)]
        return [
            Station("web", self.web, web, varied),
            Station("primary", database, costs.database_seconds(on_copy=False) + effects, varied),
            Station("copies", self.copies * self.copy, costs.database_seconds(on_copy=True), varied),
        ]


@dataclass(frozen=True, slots=True)
class Served:
    """What a layout serves within the limit."""

    layout: Layout
    requests_second: float
    p95_ms: float
    full: str
    utilisation: float

    @property
    def visitors_day(self) -> float:
        """Visitors, as docs/performance.md counts them."""
        return self.requests_second * HOUR_SECONDS / REQUESTS_A_VISIT / BUSIEST_HOUR


LAYOUTS = (
    Layout(title="one machine, 2 processors", web=2),
    Layout(title="one machine, 4", web=4),
    Layout(title="one machine, 8", web=8),
    Layout(title="web 8, database 4", web=8, primary=4),
    Layout(title="web 2 × 8, database 8", web=16, primary=8),
    Layout(title="web 8 × 8, database 8", web=64, primary=8),
    Layout(title="web 8 × 8, database 8, two copies of 8", web=64, primary=8, copies=2, copy=8),
    Layout(title="web 8 × 8, database 16", web=64, primary=16),
    Layout(title="web 32 × 8, database 32", web=256, primary=32),
    Layout(title="web 32 × 8, four shards of 32 (to be built)", web=256, primary=32, shards=4),
)


def served(layout: Layout, costs: Costs) -> Served:
    """The most that a layout serves with 95 of 100 answers within the limit."""
    stations = layout.stations(costs)
    rate = most_within(stations, LIMIT_SECONDS)
    full = fullest(stations, rate)
    return Served(layout, rate, p95(stations, rate) * 1000, full.name, full.utilisation(rate))


@dataclass(frozen=True, slots=True)
class Contended:
    """Bookings that want the same nights of one room type."""

    rate: float
    utilisation: float
    mean_wait_ms: float
    p95_ms: float


def contended(costs: Costs, shares: Sequence[float]) -> list[Contended]:
    """One house on the day its prices come out: the lock of its nights is a line with one server."""
    lock = Station("nights", 1, costs.lock_ms / 1000)
    found = []
    for share in shares:
        rate = lock.most * share
        mean, _variance = lock.mean_and_variance(rate)
        found.append(Contended(rate, share, (mean - lock.seconds) * 1000, p95([lock], rate) * 1000))
    return found


@dataclass(frozen=True, slots=True)
class Connected:
    """Connections of so many web processes, and how many of them do something at a time."""

    machines: int
    web_processes: int
    most: int
    megabytes: float
    busy: float


def connected(
    costs: Costs, *, machines: int, processes: int, workers: int, pool: int, threads: int
) -> Connected:
    """With each process's pool filled; busy ones by Little's law at the most that these machines' processors serve.

    A web process opens no more than its threads, a worker one.
    """
    web = machines * processes
    most = web * min(pool, threads) + machines * workers
    rate = web * 0.7 / costs.web_seconds()
    busy = rate * (costs.web_seconds() + costs.database_seconds())
    return Connected(machines, web, most, most * costs.connection_megabytes, busy)


@dataclass(frozen=True, slots=True)
class Grown:
    """Tables and indexes after so many bookings."""

    bookings: float
    gigabytes: float
    night_rows: float
    index_levels: int
    index_gigabytes: float
    dump_minutes: float
    vacuum_minutes: float


def grown(costs: Costs, bookings: float) -> Grown:
    """What size does: a lookup reads one page more for every few hundred times the rows, a dump and a vacuum all."""
    nights = bookings * costs.night_rows
    size = bookings * costs.booking_bytes
    return Grown(
        bookings=bookings,
        gigabytes=size / 1e9,
        night_rows=nights,
        index_levels=index_levels(nights, costs.index_entry_bytes),
        index_gigabytes=nights * costs.index_entry_bytes / 1e9,
        dump_minutes=size / 1e6 / costs.copy_megabytes_second / MINUTE_SECONDS,
        vacuum_minutes=size / 1e6 / costs.vacuum_megabytes_second / MINUTE_SECONDS,
    )


def index_levels(rows: float, entry_bytes: float) -> int:
    """Pages of a B-tree that are read on the way to an entry, the leaf included."""
    entries = max(2.0, PAGE_BYTES * PAGE_FILL / entry_bytes)
    return max(1, math.ceil(round(math.log(max(2.0, rows)) / math.log(entries), 6)))


@dataclass(frozen=True, slots=True)
class Worked:
    """Effects of so many bookings an hour."""

    bookings_hour: float
    effects_second: float
    processors: float
    mails_second: float


def worked(costs: Costs, bookings_hour: float) -> Worked:
    """What the workers have to do. Of each booking's effects one is a mail to the guest."""
    rate = bookings_hour / HOUR_SECONDS
    effects = rate * costs.effects() / costs.bookings
    seconds = (costs.effect_ms + costs.effect_database_ms) / 1000
    return Worked(bookings_hour, effects, effects * seconds, rate)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the model says of a load that was measured."""

    rate: float
    measured_ms: float
    computed_ms: float


LOAD_SECONDS = 0.03
"""A request of the load test: at 64 a second it kept both processors busy, so two of them by 64, and a little less."""
LOAD_MEASURED = ((35, 110), (64, 1100))
"""Requests a second and p95 in milliseconds, from docs/performance.md."""


def checked(costs: Costs) -> list[Checked]:
    """The model beside `make load`: the same formula with that run's cost of a request."""
    station = Station("processors", 2, LOAD_SECONDS, costs.variation())
    return [Checked(rate, found, p95([station], rate) * 1000) for rate, found in LOAD_MEASURED]


@dataclass(frozen=True, slots=True)
class Copied:
    """What the primary serves beside copies, where so many requests find nothing in the caches."""

    uncached: float
    database_ms: float
    read_share: float
    alone: float
    with_copies: float


def copied(costs: Costs, uncached: float, *, processors: int = 8) -> Copied:
    """Requests a second of a primary with and without copies that take every read they may."""
    found = costs.less_cached(uncached)
    effects = found.effects() * found.effect_database_ms / 1000
    everything = found.database_seconds() + effects
    kept = found.database_seconds(on_copy=False) + effects
    return Copied(
        uncached,
        found.database_seconds() * 1000,
        found.database_seconds(on_copy=True) / found.database_seconds(),
        processors * FULL / everything,
        processors * FULL / kept,
    )
