"""What the cache does, for whoever runs the house: by namespace, of all processes and of this one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from core.cache import read
from core.cache.client import cache_server
from core.cache.keys import NAMESPACES
from core.cache.stats import HITS, hit_rate_of, stats
from core.cache.totals import totals_read

EVENTS = (
    "hits_local",
    "hits_shared",
    "waits",
    "misses",
    "bypasses",
    "refreshes",
    "errors",
    "evictions",
    "stored",
    "stored_bytes",
    "raw_bytes",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one namespace. ``hit_rate`` is 0 to 1; None where nothing was read."""

    reads: int
    hit_rate: float | None
    hits_local: int
    hits_shared: int
    waits: int
    misses: int
    bypasses: int
    refreshes: int
    errors: int
    evictions: int
    stored: int
    stored_bytes: int
    raw_bytes: int

    @classmethod
    def of(cls, events: Mapping[str, int]) -> Counted:
        """The figures of counted events."""
        figures = {event: events.get(event, 0) for event in EVENTS}
        rate = hit_rate_of(events)
        reads = sum(figures[event] for event in (*HITS, "misses"))
        return cls(reads=reads, hit_rate=None if rate is None else round(rate, 4), **figures)


@dataclass(frozen=True, slots=True)
class NamespaceReport:
    """One kind of data: all processes, the one that answers, and what this one holds in its memory."""

    name: str
    ttl_seconds: int
    all: Counted
    here: Counted
    entries_here: int
    bytes_here: int


@dataclass(frozen=True, slots=True)
class ServerReport:
    """The cache server; ``max_bytes`` 0 means that it has no limit of its own."""

    used_bytes: int
    max_bytes: int
    keys: int
    evicted_keys: int


@dataclass(frozen=True, slots=True)
class CacheReport:
    """Everything. Without a cache server there is no ``server``, and the counts of all are those of this process."""

    process: int
    since: datetime | None
    server: ServerReport | None
    server_errors: int
    server_skipped: int
    namespaces: tuple[NamespaceReport, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON."""
        facts = asdict(self)
        facts["since"] = self.since and self.since.isoformat()
        return facts


def cache_report() -> CacheReport:
    """Read the report. Three round trips."""
    totals = totals_read()
    here = stats.snapshot()
    everywhere = totals.namespaces if totals is not None else here
    held = read.local.held() | read.local_pages.held()
    server = everywhere.get("server", {})
    return CacheReport(
        process=os.getpid(),
        since=totals.since if totals is not None else None,
        server=server_report(),
        server_errors=server.get("errors", 0),
        server_skipped=server.get("skipped", 0),
        namespaces=tuple(
            NamespaceReport(
                name,
                namespace.ttl_seconds,
                Counted.of(everywhere.get(name, {})),
                Counted.of(here.get(name, {})),
                *held.get(name, (0, 0)),
            )
            for name, namespace in sorted(NAMESPACES.items())
        ),
    )


def server_report() -> ServerReport | None:
    """What the cache server says of itself; None while it is away. One round trip."""
    return cache_server().call(_server_report, default=None)


def _server_report(redis: Redis) -> ServerReport:
    pipeline = redis.pipeline(transaction=False)
    pipeline.info()
    pipeline.dbsize()
    info, keys = pipeline.execute()
    return ServerReport(
        int(info.get("used_memory", 0)),
        int(info.get("maxmemory", 0)),
        int(keys),
        int(info.get("evicted_keys", 0)),
    )
