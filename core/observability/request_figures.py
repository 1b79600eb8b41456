"""Requests by route and class of status: how many, how long they took, and how many queries they needed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from redis import Redis

from core.cache.client import cache_server
from core.observability.queries import QueryCount
from core.observability.tallies import counters_key, tallies

SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
QUERIES = (0, 1, 2, 5, 10, 15, 20, 30, 50, 100)
NO_ROUTE = "(none)"
STATIC = "(static)"


def route_of(request: HttpRequest) -> str:
    """The pattern that the address was matched by, never the address itself."""
    match = request.resolver_match
    if match is not None:
        return match.route or "/"
    return STATIC if request.path.startswith(settings.STATIC_URL) else NO_ROUTE


def request_count(request: HttpRequest, response: HttpResponse, seconds: float, count: QueryCount) -> None:
    """Count an answered request. `seconds` until the response begins; what is streamed comes later."""
    route = route_of(request)
    status = f"{response.status_code // 100}xx"
    latency, queries = f"r|{status}|{route}", f"q|{status}|{route}"
    tallies.count(
        {
            f"{latency}|{bisect_left(SECONDS, seconds)}": 1,
            f"{latency}|us": round(seconds * 1e6),
            f"{queries}|{bisect_left(QUERIES, count.queries)}": 1,
            f"{queries}|sum": count.queries,
        }
    )


def counters_read() -> dict[str, int] | None:
    """Every counter of all processes; None without a cache server. One round trip, two if this process has to tell."""
    tallies.flush()

    def read(redis: Redis) -> dict[str, int]:
        found = cast("dict[bytes, bytes]", redis.hgetall(counters_key()))
        return {name.decode(): int(number) for name, number in found.items()}

    return cache_server().call(read, default=None)


def request_families(counters: dict[str, int]) -> Iterable[Metric]:
    """The histograms of latency and of queries, and how many queries were slow."""
    labels = ("route", "status")
    latency = HistogramMetricFamily(
        "vacancy_request_duration_seconds", "Requests by how long they took.", labels=labels
    )
    queries = HistogramMetricFamily(
        "vacancy_request_queries", "Requests by how many queries they needed.", labels=labels
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for name, number in counters.items():
        kind, _bar, rest = name.partition("|")
        if kind not in {"r", "q"}:
            continue
        status, _bar, rest = rest.partition("|")
        route, _bar, field = rest.rpartition("|")
        found.setdefault((kind, route, status), {})[field] = number
    for (kind, route, status), fields in sorted(found.items()):
        if kind == "r":
            latency.add_metric((route, status), _cumulative(fields, SECONDS), fields.get("us", 0) / 1e6)
        else:
            queries.add_metric((route, status), _cumulative(fields, QUERIES), fields.get("sum", 0))
    yield latency
    yield queries
    slow = CounterMetricFamily(
        "vacancy_slow_queries",
        "Queries that took 100 ms or more (slow) or 500 (critical), but for work that is known to be long.",
        labels=("severity",),
    )
    for severity in ("slow", "critical"):
        slow.add_metric((severity,), counters.get(f"s|{severity}", 0))
    yield slow


def _cumulative(fields: dict[str, int], bounds: tuple[float, ...]) -> list[tuple[str, float]]:
    """Buckets as Prometheus wants them: each with all that are below it."""
    total, buckets = 0, []
    for position, bound in enumerate((*bounds, float("inf"))):
        total += fields.get(str(position), 0)
        buckets.append(("+Inf" if bound == float("inf") else str(float(bound)), float(total)))
    return buckets
