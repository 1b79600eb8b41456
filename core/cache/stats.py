"""How often the cache helped, by namespace, counted in this process; `core.cache.totals` adds up all processes.

| event         | counted                                                                                  |
|---------------|------------------------------------------------------------------------------------------|
| `hits_local`  | reads answered by the first level                                                        |
| `hits_shared` | reads answered by the cache server                                                       |
| `waits`       | reads answered by what another reader was computing                                      |
| `misses`      | reads that had to compute                                                                |
| `bypasses`    | reads in a transaction that has written: they look at the database                       |
| `refreshes`   | values computed anew before they ended; the readers got the old one meanwhile            |
| `errors`      | reads that the cache server did not answer                                               |
| `evictions`   | values that left the first level for lack of room                                        |
| `stored`      | values sent to the cache server, of `stored_bytes`, and `raw_bytes` before compression   |
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

HITS = ("hits_local", "hits_shared", "waits")


def hit_rate_of(events: Mapping[str, int]) -> float | None:
    """Share of reads answered without computing, 0 to 1; None if nothing was read."""
    hits = sum(events.get(event, 0) for event in HITS)
    reads = hits + events.get("misses", 0)
    return hits / reads if reads else None


@dataclass(slots=True)
class CacheStats:
    """Counters by namespace and event. Safe between threads; a forked process begins at zero."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, namespace: str, event: str, number: int = 1) -> None:
        """``number`` more of `event` in `namespace`."""
        with self._lock:
            self._counts[namespace, event] += number

    def server_failed(self) -> None:
        """The cache server did not answer, or not in time."""
        self.count("server", "errors")

    def server_skipped(self) -> None:
        """The cache server was not asked, because it failed lately."""
        self.count("server", "skipped")

    def counts(self) -> Counter[tuple[str, str]]:
        """(namespace, event) to count."""
        with self._lock:
            return Counter(self._counts)

    def snapshot(self) -> dict[str, dict[str, int]]:
        """Namespace to event to count."""
        return nested(self.counts())

    def hit_rate(self, namespace: str) -> float | None:
        """Share of reads answered without computing, 0 to 1; None if nothing was read."""
        return hit_rate_of(self.snapshot().get(namespace, {}))

    def reset(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._counts.clear()

    def forked(self) -> None:
        """Begin at zero: what the parent counted it tells itself, and its lock may be held by a thread we lack."""
        self._lock = threading.Lock()
        self._counts = Counter()


def nested(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Namespace to event to count, in order."""
    result: dict[str, dict[str, int]] = {}
    for (namespace, event), number in sorted(counts.items()):
        result.setdefault(namespace, {})[event] = number
    return result


stats = CacheStats()
os.register_at_fork(after_in_child=stats.forked)
