"""Measurements that an operator can repeat: each app names its main reads, and what they may cost.

A probe is measured on the database as it is, in transactions that can only read. Cold: nothing comes from the cache.
Cached: as it is once somebody has asked before.

Budgets are milliseconds of a machine with nothing else to do. On a slow or a busy one everything takes longer, also
what has nothing to do with our code, so each run is measured beside a floor: some empty views and trivial queries.
Where they take longer than they did when the budgets were written, the budget is stretched by as much; it is never
shortened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

from django.db import connection, transaction

from core.cache.generations import bump
from core.cache.keys import CATALOGUE
from core.observability.floor import floor_run, floor_stretch
from core.observability.plans import Slowest, advice_for, slowest_captured
from core.observability.queries import QueryCount, queries_counted

Mode = Literal["cold", "cached"]
Run = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one run may cost: milliseconds in the middle of several runs, and queries in each."""

    milliseconds: float
    queries: int


@dataclass(frozen=True, slots=True)
class Probe:
    """One read. ``selector`` is where its code is; ``prepare`` gives the run, or None if there is nothing to read."""

    name: str
    selector: str
    cold: Budget
    cached: Budget | None
    prepare: Callable[[], Run | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a probe came to; durations in milliseconds. ``queries`` and ``slow`` are of the worst run.

    ``budget`` is the one that was held to it: stretched ``stretch`` times because the floor took so much longer.
    """

    name: str
    selector: str
    mode: Mode
    rounds: int
    queries: int
    slow: int
    middle_ms: float
    average_ms: float
    max_ms: float
    database_ms: float
    stretch: float
    budget: Budget
    broken: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(slots=True)
class _Runs:
    """What the runs of a probe took, in seconds."""

    seconds: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    counts: list[QueryCount] = field(default_factory=list)


_probes: dict[str, Probe] = {}


def probe(
    name: str, *, selector: str, cold: Budget, cached: Budget | None = None
) -> Callable[[Callable[[], Run | None]], Callable[[], Run | None]]:
    """Add a probe; as a decorator, in an app's ``probes.py``, of what prepares it."""

    def register(prepare: Callable[[], Run | None]) -> Callable[[], Run | None]:
        _probes[name] = Probe(name, selector, cold, cached, prepare)
        return prepare

    return register


def probes_all() -> list[Probe]:
    """Every probe, in the order in which they were declared."""
    return list(_probes.values())


def probe_measure(probe: Probe, *, rounds: int, factor: float) -> list[Measured]:
    """Measure a probe cold and, where it is cached, cached; nothing where there is nothing to read.

    ``factor`` stretches the budgets besides what the floor does. Writes are refused by the database.
    """
    with _undone():
        run = probe.prepare()
    if run is None:
        return []
    modes: list[tuple[Mode, Budget | None]] = [("cold", probe.cold), ("cached", probe.cached)]
    return [
        _measure(probe, run, mode, budget, rounds=rounds, factor=factor)
        for mode, budget in modes
        if budget is not None
    ]


def _measure(probe: Probe, run: Run, mode: Mode, budget: Budget, *, rounds: int, factor: float) -> Measured:
    runs, slowest = _Runs(), Slowest()
    with _undone():
        if mode == "cold":
            bump(
                CATALOGUE, 0
            )  # a transaction that has outdated something reads the database; this one is undone
        run()
        floor_run()
        for _ in range(rounds):
            runs.floors.append(floor_run())
            with slowest_captured(slowest), queries_counted() as count:
                started = time.perf_counter()
                run()
                runs.seconds.append(time.perf_counter() - started)
            runs.counts.append(count)
    return _judged(probe, mode, budget, runs, slowest, factor)


def _judged(
    probe: Probe, mode: Mode, budget: Budget, runs: _Runs, slowest: Slowest, factor: float
) -> Measured:
    middle_ms, queries = median(runs.seconds) * 1000, max(count.queries for count in runs.counts)
    worst = max(runs.counts, key=lambda count: count.queries)
    database_ms = median(count.seconds for count in runs.counts) * 1000
    stretch = floor_stretch(runs.floors)
    allowed = Budget(round(budget.milliseconds * factor * stretch, 2), budget.queries)
    broken, advice = [], []
    for shape, repeated in worst.flagged.items():
        advice.append(f"{repeated.lines[0]} asks {repeated.times} times: {shape.text[:100]}")
    if queries > allowed.queries:
        broken.append(f"{queries} queries instead of {allowed.queries}")
        if not advice:
            advice.append(f"{probe.selector} sends more queries than its docstring says.")
    if middle_ms > allowed.milliseconds:
        broken.append(f"{middle_ms:.1f} ms instead of {allowed.milliseconds:.1f}")
        advice += _time_advice(probe, middle_ms, database_ms, slowest)
    return Measured(
        name=probe.name,
        selector=probe.selector,
        mode=mode,
        rounds=len(runs.seconds),
        queries=queries,
        slow=max(count.slow for count in runs.counts),
        middle_ms=round(middle_ms, 2),
        average_ms=round(sum(runs.seconds) / len(runs.seconds) * 1000, 2),
        max_ms=round(max(runs.seconds) * 1000, 2),
        database_ms=round(database_ms, 2),
        stretch=round(stretch, 2),
        budget=allowed,
        broken=tuple(broken),
        advice=tuple(dict.fromkeys(advice)),
    )


def _time_advice(probe: Probe, middle_ms: float, database_ms: float, slowest: Slowest) -> list[str]:
    if database_ms < middle_ms / 2:
        return [
            f"{probe.selector}: {database_ms:.1f} of {middle_ms:.1f} ms are the database's, the rest is the code's."
        ]
    return advice_for(probe.selector, slowest)


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction in which the database refuses every write, and that ends without a commit."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        transaction.set_rollback(True)
