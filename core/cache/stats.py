"""How often the cache helped, by namespace, counted in this process."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class CacheStats:
    """Counters of `hits_local` (first level), `hits_shared`, `misses`, `waits` (for another reader), `bypasses`."""

    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, namespace: str, event: str) -> None:
        """One more `event` in `namespace`."""
        with self._lock:
            self._counts[namespace, event] += 1

    def server_failed(self) -> None:
        """The cache server did not answer, or not in time."""
        self.count("server", "errors")

    def server_skipped(self) -> None:
        """The cache server was not asked, because it failed lately."""
        self.count("server", "skipped")

    def snapshot(self) -> dict[str, dict[str, int]]:
        """Namespace to event to count."""
        with self._lock:
            counts = dict(self._counts)
        result: dict[str, dict[str, int]] = {}
        for (namespace, event), number in sorted(counts.items()):
            result.setdefault(namespace, {})[event] = number
        return result

    def hit_rate(self, namespace: str) -> float | None:
        """Share of reads answered without computing, 0 to 1; None if nothing was read."""
        counts = self.snapshot().get(namespace, {})
        hits = counts.get("hits_local", 0) + counts.get("hits_shared", 0) + counts.get("waits", 0)
        reads = hits + counts.get("misses", 0)
        return hits / reads if reads else None

    def reset(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._counts.clear()


stats = CacheStats()
