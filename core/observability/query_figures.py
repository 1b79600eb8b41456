"""What all processes have counted of their queries, by shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from core.cache.client import cache_server
from core.observability.histograms import quantile
from core.observability.tallies import DAYS_KEPT, day_keys, day_number, tallies

DAYS = 7

Order = Callable[["ShapeFigures"], float]


@dataclass(frozen=True, slots=True)
class ShapeFigures:
    """One shape over some days; durations in milliseconds. ``p95`` comes from a histogram and is at most 9 % off.

    ``slow`` took 100 ms or more, ``critical`` of them 500. ``repeats`` counts the requests that asked it again and
    again (N+1), lastly from ``line``.
    """

    shape: str
    count: int
    total_ms: float
    average_ms: float
    min_ms: float
    max_ms: float
    p95_ms: float
    slow: int
    critical: int
    repeats: int
    line: str


ORDERS: dict[str, Order] = {
    "total": lambda figures: figures.total_ms,
    "average": lambda figures: figures.average_ms,
    "max": lambda figures: figures.max_ms,
    "p95": lambda figures: figures.p95_ms,
    "count": lambda figures: figures.count,
    "slow": lambda figures: figures.slow,
    "repeats": lambda figures: figures.repeats,
}


def query_figures(*, days: int = DAYS, order: str = "total") -> list[ShapeFigures] | None:
    """The figures of the last days (in UTC; today is the first), greatest first; None without a cache server.

    What this process has counted is told first; what others counted lately may be missing. Two round trips.
    """
    tallies.flush()
    keys = [day_keys(day_number() - back) for back in range(min(days, DAYS_KEPT))]

    def read(redis: Redis) -> list[dict[bytes, bytes]]:
        pipeline = redis.pipeline(transaction=False)
        for sums_key, texts_key in keys:
            pipeline.hgetall(sums_key)
            pipeline.hgetall(texts_key)
        return cast("list[dict[bytes, bytes]]", pipeline.execute())

    answers = cache_server().call(read, default=None)
    if answers is None:
        return None
    texts: dict[str, str] = {}
    merged: dict[str, dict[str, Any]] = {}
    for sums, day_texts in zip(answers[::2], answers[1::2], strict=True):
        texts = {digest.decode(): text.decode() for digest, text in day_texts.items()} | texts
        _merge(merged, sums)
    found = [_figures(texts.get(digest, digest), fields) for digest, fields in merged.items()]
    return sorted(found, key=ORDERS[order], reverse=True)


def query_figures_reset() -> bool:
    """Forget the figures of every day; False without a cache server."""
    tallies.flush()
    keys = [key for back in range(DAYS_KEPT + 1) for key in day_keys(day_number() - back)]
    return cache_server().call(lambda redis: redis.delete(*keys) is not None, default=False)


def _merge(merged: dict[str, dict[str, Any]], sums: dict[bytes, bytes]) -> None:
    """Add a day to the days after it."""
    for name, value in sums.items():
        digest, _bar, field = name.decode().partition("|")
        fields = merged.setdefault(digest, {})
        if field == "line":
            fields.setdefault(field, value.decode())
        elif field == "min":
            fields[field] = min(fields.get(field, int(value)), int(value))
        elif field == "max":
            fields[field] = max(fields.get(field, int(value)), int(value))
        else:
            fields[field] = fields.get(field, 0) + int(value)


def _figures(text: str, fields: dict[str, Any]) -> ShapeFigures:
    buckets = {
        int(name[1:]): number for name, number in fields.items() if name[0] == "b" and name[1:].isdigit()
    }
    count, total_ms = fields.get("count", 0), fields.get("us", 0) / 1000
    least, most = fields.get("min", 0) / 1000, fields.get("max", 0) / 1000
    p95 = (quantile(buckets, 0.95) or 0.0) * 1000
    return ShapeFigures(
        shape=text,
        count=count,
        total_ms=round(total_ms, 3),
        average_ms=round(total_ms / count, 3) if count else 0.0,
        min_ms=round(least, 3),
        max_ms=round(most, 3),
        p95_ms=round(min(max(p95, least), most), 3),
        slow=fields.get("slow", 0),
        critical=fields.get("critical", 0),
        repeats=fields.get("repeats", 0),
        line=fields.get("line", ""),
    )
