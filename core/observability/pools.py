"""The connection pools of all processes: each tells of its own with what it has counted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis import Redis

from core.cache.client import cache_server
from core.observability.tallies import process_state, states_key

HEARD_OF_SECONDS = 300
"""A process that has told nothing for so long is idle or gone, and is not counted."""
GAUGES = {
    "pool_size": "open",
    "pool_available": "idle",
    "requests_waiting": "waiting",
    "pool_max": "most",
}
COUNTERS = {
    "requests_num": ("vacancy_db_pool_requests", "Connections that were asked for."),
    "requests_queued": ("vacancy_db_pool_waits", "Times when no connection was free at once."),
    "requests_wait_ms": (
        "vacancy_db_pool_wait_milliseconds",
        "Milliseconds that were waited for connections.",
    ),
    "requests_errors": ("vacancy_db_pool_errors", "Connections that were asked for in vain."),
    "connections_lost": ("vacancy_db_pool_lost", "Connections that were found broken."),
}

_told: dict[int, dict[str, int]] = {}


@process_state
def pool_state() -> tuple[dict[str, Any], dict[str, int]]:
    """How this process's pool is, and what it did since this was last asked. Nothing where there is no pool."""
    pool = cast(Any, connections[DEFAULT_DB_ALIAS]).pool
    if pool is None:
        return {}, {}
    figures = pool.get_stats()
    before = _told.get(id(pool), {})
    now = {name: int(figures.get(name, 0)) for name in COUNTERS}
    _told.clear()
    _told[id(pool)] = now
    grown = {f"p|{name}": number - before.get(name, 0) for name, number in now.items()}
    return (
        {"pool": {name: int(figures.get(name, 0)) for name in GAUGES}},
        {name: number for name, number in grown.items() if number > 0},
    )


def pool_families(counters: dict[str, int]) -> Iterable[Metric]:
    """The pools of all processes that were heard of lately, added up. One round trip."""
    connections_now = GaugeMetricFamily(
        "vacancy_db_pool_connections",
        "Connections in the pools of all processes: open, idle of them, requests that wait, and the most there may be.",
        labels=("state",),
    )
    sums = dict.fromkeys(GAUGES, 0)
    processes = _processes()
    for state in processes:
        for name, number in state.get("pool", {}).items():
            sums[name] = sums.get(name, 0) + number
    for name, label in GAUGES.items():
        connections_now.add_metric((label,), sums[name])
    yield connections_now
    yield GaugeMetricFamily(
        "vacancy_processes", "Processes that worked in the last five minutes.", value=len(processes)
    )
    for name, (metric, text) in COUNTERS.items():
        yield CounterMetricFamily(metric, text, value=counters.get(f"p|{name}", 0))


def _processes() -> list[dict[str, Any]]:
    """The states of the processes that told lately; the others' are removed."""

    def read(redis: Redis) -> list[dict[str, Any]]:
        found = cast("dict[bytes, bytes]", redis.hgetall(states_key()))
        states = {name: json.loads(state) for name, state in found.items()}
        limit = time.time() - HEARD_OF_SECONDS
        gone = [name for name, state in states.items() if state["at"] < limit]
        if gone:
            redis.hdel(states_key(), *gone)
        return [state for name, state in states.items() if name not in gone]

    return cache_server().call(read, default=[])
