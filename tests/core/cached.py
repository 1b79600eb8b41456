"""A value that the tests of the cache read, and what came of the reads."""

from __future__ import annotations

from core.cache.stats import HITS, stats


class Source:
    """What stands in the database, and how often it was read."""

    def __init__(self, value: object = "old") -> None:
        self.value = value
        self.reads = 0

    def __call__(self) -> object:
        self.reads += 1
        return self.value


def reads_of(namespace: str) -> dict[str, int]:
    """What came of the reads of a namespace."""
    kinds = {*HITS, "misses", "bypasses", "refreshes", "errors"}
    return {event: number for event, number in stats.snapshot()[namespace].items() if event in kinds}
