"""Figures for Prometheus, read when they are asked for.

Nothing is counted in one process and lost in another: what concerns the whole installation is read from the database
and from the cache server, where the processes add up what they count (`tallies`), so every process gives the same
answer. An app adds its own figures in its ``metrics.py`` (`metric_source`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast, overload

import structlog
from django.db import Error, OperationalError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.cache.client import cache_key, cache_server
from core.cache.report import server_report
from core.cache.totals import totals_read
from core.compression import compression_families
from core.models import Effect, EffectStatus, Queue, ScheduledJob
from core.observability.health import database_reachable
from core.observability.pools import pool_families
from core.observability.request_figures import counters_read, request_families
from core.resilience.breaker import Status
from core.resilience.report import service_states

Source = Callable[[], Iterable[Metric]]

logger = structlog.get_logger(__name__)


class Needs(StrEnum):
    """What a source reads; without the database those that need it are left out, and the others still tell."""

    NOTHING = "nothing"
    DATABASE = "database"


_sources: dict[str, tuple[Source, Needs]] = {}


@overload
def metric_source(source: Source) -> Source: ...
@overload
def metric_source(*, needs: Needs) -> Callable[[Source], Source]: ...
def metric_source(
    source: Source | None = None, *, needs: Needs = Needs.DATABASE
) -> Source | Callable[[Source], Source]:
    """Add a source of figures; as a decorator in an app's ``metrics.py``."""

    def register(source: Source) -> Source:
        _sources[f"{source.__module__}.{source.__qualname__}"] = (source, needs)
        return source

    return register if source is None else register(source)


def remembered(name: str, seconds: int, compute: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Figures that cost too much for every scrape: computed by one process and kept for all, for so many seconds."""
    key = cache_key("figures", "remembered", name)
    known = cache_server().call(lambda redis: redis.get(key), default=None)
    if known is not None:
        return cast("dict[str, int]", json.loads(known))
    figures = compute()
    cache_server().call(lambda redis: redis.set(key, json.dumps(figures), ex=seconds), default=None)
    return figures


def metrics_text() -> bytes:
    """Every figure in Prometheus' text format. A fixed number of queries per source."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sources())
    return generate_latest(registry)


class _Sources(Collector):
    def collect(self) -> Iterable[Metric]:
        has_database = database_reachable() is not None
        failed = GaugeMetricFamily(
            "vacancy_figures_failed", "1 for figures that could not be read just now.", labels=("source",)
        )
        for name, (source, needs) in sorted(_sources.items()):
            try:
                if needs is Needs.DATABASE and not has_database:
                    raise OperationalError("it does not answer")
                yield from list(source())
            except Error as error:
                if has_database:
                    logger.warning("figures_failed", source=name, error=type(error).__name__)
                failed.add_metric((name,), 1.0)
        yield failed


@metric_source(needs=Needs.NOTHING)
def breakers() -> Iterable[Metric]:
    """The state of each outside service."""
    family = GaugeMetricFamily(
        "vacancy_breaker_state",
        "1 for the state that the breaker of an outside service is in.",
        labels=("service", "state"),
    )
    for service, state in service_states().items():
        for possible in Status:
            family.add_metric((service, possible.value), float(possible is state))
    yield family


@metric_source
def outbox() -> Iterable[Metric]:
    """Effects by queue and state, and the age of the oldest that waits. One query."""
    counts = GaugeMetricFamily(
        "vacancy_outbox_effects", "Effects that are not done.", labels=("queue", "status")
    )
    ages = GaugeMetricFamily(
        "vacancy_outbox_oldest_seconds",
        "How long the oldest effect that is due has been waiting.",
        labels=("queue",),
    )
    now = timezone.now()
    rows = (
        Effect.objects.exclude(status=EffectStatus.DONE)
        .order_by()
        .values_list("queue", "status")
        .annotate(number=Count("pk"), oldest=Min("due_at"))
    )
    found = {(queue, status): (number, oldest) for queue, status, number, oldest in rows}
    open_statuses = [status for status in EffectStatus if status != EffectStatus.DONE]
    for queue in Queue:
        for status in open_statuses:
            counts.add_metric((queue.value, status.value), found.get((queue, status), (0, now))[0])
        oldest = found.get((queue.value, EffectStatus.PENDING.value), (0, now))[1]
        ages.add_metric((queue.value,), max(0.0, (now - oldest).total_seconds()))
    yield counts
    yield ages


@metric_source
def jobs() -> Iterable[Metric]:
    """When each scheduled job last succeeded, and how often it has failed since. One query."""
    succeeded = GaugeMetricFamily(
        "vacancy_job_last_success_timestamp_seconds",
        "When a scheduled job last succeeded, in seconds since 1970; 0 for never.",
        labels=("job",),
    )
    failures = GaugeMetricFamily(
        "vacancy_job_failures_in_a_row", "How often a scheduled job has failed since.", labels=("job",)
    )
    never = datetime.fromtimestamp(0, tz=UTC)
    for name, last, in_a_row in ScheduledJob.objects.order_by("name").values_list(
        "name", "last_succeeded_at", "failures_in_a_row"
    ):
        succeeded.add_metric((name,), (last or never).timestamp())
        failures.add_metric((name,), in_a_row)
    yield succeeded
    yield failures


@metric_source(needs=Needs.NOTHING)
def requests() -> Iterable[Metric]:
    """Requests of all processes, and their pools. Nothing while the cache server is away."""
    counters = counters_read()
    if counters is not None:
        yield from request_families(counters)
        yield from pool_families(counters)
        yield from compression_families(counters)


@metric_source(needs=Needs.NOTHING)
def cache() -> Iterable[Metric]:
    """How often the cache helped, in all processes. Nothing while the cache server is away."""
    totals = totals_read()
    if totals is None:
        return
    events = CounterMetricFamily(
        "vacancy_cache_events", "Reads of the cache by what came of them.", labels=("namespace", "event")
    )
    rates = GaugeMetricFamily(
        "vacancy_cache_hit_ratio", "Share of reads answered without computing.", labels=("namespace",)
    )
    for namespace, counts in totals.namespaces.items():
        for event, number in counts.items():
            events.add_metric((namespace, event), number)
        rate = totals.hit_rate(namespace)
        if rate is not None:
            rates.add_metric((namespace,), rate)
    yield events
    yield rates
    yield from _cache_server()


def _cache_server() -> Iterable[Metric]:
    server = server_report()
    if server is None:
        return
    yield GaugeMetricFamily("vacancy_cache_server_bytes", "Memory the cache server uses.", server.used_bytes)
    yield GaugeMetricFamily(
        "vacancy_cache_server_max_bytes", "Memory it may use; 0 is without a limit.", server.max_bytes
    )
    yield GaugeMetricFamily("vacancy_cache_server_keys", "Keys on the cache server.", server.keys)
    yield CounterMetricFamily(
        "vacancy_cache_server_evictions", "Keys the cache server threw away for room.", server.evicted_keys
    )
