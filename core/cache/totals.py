"""The counts of all processes together: each adds what it counted every five seconds, in one round trip."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.encoding import force_str
from redis import Redis

from core.cache.client import cache_key, cache_server
from core.cache.stats import hit_rate_of, nested, stats

SHARE_SECONDS = 5.0
SINCE = "since"


@dataclass(slots=True)
class _Shared:
    """What this process has added already."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_shared = _Shared()


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the whole installation ``since`` they were last emptied: namespace to event to count."""

    since: datetime | None
    namespaces: dict[str, dict[str, int]]

    def hit_rate(self, namespace: str) -> float | None:
        """Share of reads answered without computing, 0 to 1; None if nothing was read."""
        return hit_rate_of(self.namespaces.get(namespace, {}))


def counts_share(*, at_once: bool = False) -> None:
    """Add this process's counts to those of all, if it is time. One round trip every five seconds, else none.

    Counts that the server does not take wait for the next time.
    """
    if not at_once and time.monotonic() - _shared.at < SHARE_SECONDS:
        return
    if not _shared.lock.acquire(blocking=False):
        return  # another thread does it
    try:
        _shared.at = time.monotonic()
        counts = stats.counts()
        if any(counts[name] < number for name, number in _shared.counts.items()):
            _shared.counts = Counter()  # counting began anew
        new = counts - _shared.counts
        if new:
            is_added = cache_server().call(lambda redis: _add(redis, new), default=False)
            if is_added:
                _shared.counts = counts
    finally:
        _shared.lock.release()


def totals_read() -> Totals | None:
    """What all processes have counted, this one up to now; None without a cache server. Two round trips."""
    counts_share(at_once=True)
    found = cache_server().call(lambda redis: redis.hgetall(cache_key("stats")), default=None)
    if found is None:
        return None
    counts: Counter[tuple[str, str]] = Counter()
    since: datetime | None = None
    for name, number in found.items():
        namespace, _colon, event = force_str(name).rpartition(":")
        if event == SINCE:
            since = datetime.fromtimestamp(int(number), tz=UTC)
        else:
            counts[namespace, event] = int(number)
    return Totals(since, nested(counts))


def totals_reset() -> bool:
    """Begin the counts of all processes at zero. False if the server did not answer."""
    counts_share(at_once=True)
    return cache_server().call(lambda redis: redis.delete(cache_key("stats")) >= 0, default=False)


def _add(redis: Redis, counts: Counter[tuple[str, str]]) -> bool:
    pipeline = redis.pipeline(transaction=False)
    pipeline.hsetnx(cache_key("stats"), SINCE, str(int(time.time())))
    for (namespace, event), number in counts.items():
        pipeline.hincrby(cache_key("stats"), f"{namespace}:{event}", number)
    pipeline.execute()
    return True


def _forked() -> None:
    global _shared
    _shared = _Shared()


os.register_at_fork(after_in_child=_forked)
