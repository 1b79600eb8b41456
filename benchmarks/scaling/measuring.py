"""`python -m benchmarks.scaling.measuring SIZE ROUNDS`: what things cost on the database of `DATABASE_URL`.

Processor time, not time on the clock, wherever it can be had: so what else the machine does matters little. Prints the
costs as JSON.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from functools import partial
from typing import Any

import django
from django.apps import apps
from django.db import connection, transaction

if not apps.ready:
    django.setup()

from benchmarks.data.sizes import SIZES, Size
from benchmarks.emptying import caches_empty
from benchmarks.errors import BenchmarkError
from benchmarks.machine import commit_line, load_line, machine_line, today_line
from benchmarks.measuring import Measure
from benchmarks.scaling.asking import KINDS, Day, Kind
from benchmarks.scaling.costs import Costs, KindCost
from benchmarks.scaling.processors import (
    Used,
    connection_megabytes,
    own_megabytes,
    postmaster_id,
    session_used,
    used_by,
)
from benchmarks.scaling.tables import table_rates
from core.observability.queries import bulk_work
from core.outbox.dispatching import effects_run_due

LOCKED_TABLE = "inventory_roominventory"
SIZE_SQL = """
SELECT sum(pg_total_relation_size(oid)), pg_current_wal_insert_lsn() - '0/0'::pg_lsn
  FROM pg_class WHERE relkind IN ('r', 'p')
"""
EFFECTS_SQL = "SELECT count(*) FROM core_effect"


class Meter:
    """Runs each kind of request, and notes what that used."""

    def __init__(self, size: Size, rounds: int) -> None:
        self.rounds = rounds
        self.measure = Measure(size, rounds)
        stays = [self.measure.free_stay(number) for number in range(2 * rounds)]
        self.day = Day(size, self.measure.today, lambda number: stays[number])
        self.postmaster = postmaster_id()
        self.locks: list[float] = []
        self.growth: tuple[float, ...] = (0.0, 0.0)

    def kinds(self) -> dict[str, KindCost]:
        """Every kind, in order."""
        found = {}
        for kind in KINDS:
            print(f"  {kind.title} ...", file=sys.stderr, flush=True)
            found[kind.key] = self._kind(kind)
        return found

    def _kind(self, kind: Kind) -> KindCost:
        warm_up = 0 if kind.key in {"pay", "cancel"} else max(1, self.rounds // 4)
        for number in range(warm_up):
            kind.ask(self.day, number)
        effects, size = _value(EFFECTS_SQL), _sizes()
        with self._locks_timed() if kind.key == "hold" else nullcontext():
            spent = self._spent(kind, range(warm_up, warm_up + self.rounds))
        if kind.key in {"hold", "pay"}:
            grown = zip(self.growth, _sizes(), size, strict=True)
            self.growth = tuple(before + (now - then) / self.rounds for before, now, then in grown)
        left = (_value(EFFECTS_SQL) - effects) / self.rounds
        cold = self._spent(kind, range(max(2, self.rounds // 4)), empty=True) if kind.on_copy else spent
        return KindCost(
            title=kind.title,
            share=kind.share / 1000,
            web_ms=round(spent.web * 1000, 2),
            database_ms=round(spent.database * 1000, 2),
            cold_web_ms=round(cold.web * 1000, 2),
            cold_database_ms=round(cold.database * 1000, 2),
            on_copy=kind.on_copy,
            effects=round(left, 2),
        )

    def _spent(self, kind: Kind, numbers: range, *, empty: bool = False) -> Used:
        """What a request uses in the mean; with ``empty`` it finds nothing in the caches."""
        web = database = 0.0
        for number in numbers:
            if empty:
                caches_empty()
            spent = used_by(partial(kind.ask, self.day, number), postmaster=self.postmaster)
            web, database = web + spent.web, database + spent.database
        return Used(web / len(numbers), database / len(numbers))

    def effects(self) -> tuple[float, float]:
        """Milliseconds of an effect, in a worker and in PostgreSQL."""
        print("  effects ...", file=sys.stderr, flush=True)
        done: list[int] = []
        spent = used_by(
            lambda: done.append(effects_run_due(limit=self.rounds).total), postmaster=self.postmaster
        )
        if not done[0]:
            raise BenchmarkError("No effect was due.")
        return spent.web / done[0] * 1000, spent.database / done[0] * 1000

    @contextmanager
    def _locks_timed(self) -> Iterator[None]:
        """Note how much both sides compute from where a transaction has locked nights to the end of its commit."""

        def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            if LOCKED_TABLE in str(sql) and "FOR UPDATE" in str(sql) and not waiting:
                session = connection.connection.info.backend_pid
                waiting.append(session_used(session))
                transaction.on_commit(lambda: ended(session))
            return result

        def ended(session: int) -> None:
            self.locks.append((session_used(session) - waiting.pop()) * 1000)

        waiting: list[float] = []
        connection.execute_wrappers.insert(0, note)
        try:
            yield
        finally:
            connection.execute_wrappers.remove(note)


def costs_measure(size: Size, rounds: int) -> Costs:
    """Measure all of it. Raises BenchmarkError."""
    busy = load_line()
    meter = Meter(size, rounds)
    kinds = meter.kinds()
    effect_ms, effect_database_ms = meter.effects()
    print("  tables ...", file=sys.stderr, flush=True)
    rates = table_rates()
    return Costs(
        measured=f"{today_line()}, commit {commit_line()}, on {machine_line()}; load before: {busy}",
        kinds=kinds,
        effect_ms=round(effect_ms, 2),
        effect_database_ms=round(effect_database_ms, 2),
        lock_ms=round(statistics.median(meter.locks), 2),
        booking_bytes=round(meter.growth[0]),
        booking_log_bytes=round(meter.growth[1]),
        web_megabytes=round(own_megabytes(), 1),
        connection_megabytes=round(connection_megabytes(meter.postmaster), 1),
        **{name: round(value, 2) for name, value in asdict(rates).items()},
    )


def _value(sql: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return float(cursor.fetchone()[0])


def _sizes() -> tuple[float, float]:
    """Bytes of all tables with their indexes, and of the log written so far."""
    with connection.cursor() as cursor:
        cursor.execute(SIZE_SQL)
        row = cursor.fetchone()
    return float(row[0]), float(row[1])


def main(name: str, rounds: str) -> int:
    """Measure; the exit status is 0 when everything was answered."""
    try:
        gc.collect()
        gc.freeze()
        with bulk_work():
            costs = costs_measure(SIZES[name], int(rounds))
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(costs)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
