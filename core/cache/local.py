"""The first level: the last values this process used, bounded, least recently used first to go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

LOCAL_MAX_ENTRIES = 2_048


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, the generation under which it was computed, and when it ends (seconds since 1970)."""

    generation: str
    expires_at: float
    value: Any


class LocalCache:
    """Bounded by entries, safe between threads. An entry is only used after a look at its generation."""

    def __init__(self, max_entries: int = LOCAL_MAX_ENTRIES) -> None:
        self._max_entries = max_entries
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
        """Keep an entry, and let the least recently used one go if there are too many."""
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            if len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
