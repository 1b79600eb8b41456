"""The first level: the last values this process used, bounded, least recently used first to go."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict

from core.cache.payload import Entry
from core.cache.stats import stats

LOCAL_MAX_ENTRIES = 2_048
LOCAL_MAX_BYTES = 32 * 1024 * 1024
"""Of pickled values; as objects they take two to four times as much."""
OVERHEAD_BYTES = 256
"""What an entry costs besides its value: its key and its place."""

__all__ = ["Entry", "LocalCache"]


class LocalCache:
    """Bounded by entries and by bytes, safe between threads. An entry is only used after a look at its generation."""

    def __init__(self, max_entries: int = LOCAL_MAX_ENTRIES, max_bytes: int = LOCAL_MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Entry | None:
        """The entry, which becomes the most recently used one."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: str, entry: Entry) -> None:
        """Keep an entry, and let the least recently used ones go while there is too much.

        One that would take more than a quarter of the room is not kept: it would drive out everything else.
        """
        evicted: list[Entry] = []
        with self._lock:
            self._drop(key)
            if _weight(entry) * 4 > self._max_bytes:
                return
            self._entries[key] = entry
            self._bytes += _weight(entry)
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                evicted.append(self._drop(next(iter(self._entries))))  # type: ignore[arg-type]
        for gone in evicted:
            stats.count(gone.namespace, "evictions")

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    @property
    def bytes(self) -> int:
        """What the entries weigh."""
        return self._bytes

    def held(self) -> dict[str, tuple[int, int]]:
        """Namespace to entries and bytes."""
        with self._lock:
            entries = list(self._entries.values())
        numbers = Counter(entry.namespace for entry in entries)
        sizes: Counter[str] = Counter()
        for entry in entries:
            sizes[entry.namespace] += _weight(entry)
        return {name: (number, sizes[name]) for name, number in sorted(numbers.items())}

    def __len__(self) -> int:
        return len(self._entries)

    def _drop(self, key: str) -> Entry | None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= _weight(entry)
        return entry


def _weight(entry: Entry) -> int:
    return entry.size + OVERHEAD_BYTES
