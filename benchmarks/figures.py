"""Figures of a run: percentiles of its rounds, and ratios between them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of the values do not exceed: the nearest rank, no value that never was."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Run:
    """The milliseconds of every round, by operation and way, and the queries of one."""

    samples: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @classmethod
    def merged(cls, parts: Iterable[Mapping[str, Any]]) -> Run:
        """Several measurements of the same thing as one."""
        samples: dict[str, dict[str, dict[str, Any]]] = {}
        for part in parts:
            for key, ways in part.items():
                for way, measured in ways.items():
                    known = samples.setdefault(key, {}).setdefault(
                        way, {"ms": [], "queries": measured["queries"]}
                    )
                    known["ms"] = [*known["ms"], *measured["ms"]]
        return cls(samples)

    @cached_property
    def medians(self) -> dict[str, dict[str, float]]:
        """Half of the rounds were faster."""
        return {
            key: {way: statistics.median(found["ms"]) for way, found in ways.items()}
            for key, ways in self.samples.items()
        }

    def median(self, key: str, way: str) -> float | None:
        """The median of an operation's way, None if it was not measured."""
        return self.medians.get(key, {}).get(way)

    def p95(self, key: str, way: str) -> float | None:
        """What 95 of 100 rounds kept to."""
        found = self.samples.get(key, {}).get(way)
        return percentile(found["ms"], 0.95) if found else None

    def queries(self, key: str, way: str) -> int | None:
        """How many queries a round made."""
        found = self.samples.get(key, {}).get(way)
        return found["queries"] if found else None

    def best_uncached(self, key: str) -> float | None:
        """Ours without a cache; a write has no other way."""
        return self.median(key, "cold") or self.median(key, "cached")

    def growth(self, key: str, small: Run) -> float | None:
        """How many times as long it takes as with a tenth of the rows: each beside the floor of its own run."""
        ours, before = self.best_uncached(key), small.best_uncached(key)
        floor, floor_before = self.median("empty_api", "cached"), small.median("empty_api", "cached")
        if ours is None or before is None or floor is None or floor_before is None:
            return None
        return (ours / floor) / (before / floor_before)

    @staticmethod
    def ratio(part: float | None, whole: float | None) -> float | None:
        """``part / whole``; None where one of them was not measured."""
        return None if part is None or not whole else part / whole
