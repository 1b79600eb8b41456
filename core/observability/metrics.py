"""Figures for Prometheus, read when they are asked for.

Nothing is counted in one process and lost in another: what concerns the whole installation is read from the database
and from the cache server, so every process gives the same answer. Only the cache's counters are of the process that
answers, which the label ``process`` says. An app adds its own figures in its ``metrics.py`` (`metric_source`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.cache.stats import stats
from core.models import Effect, EffectStatus, Queue, ScheduledJob
from core.resilience.breaker import Status
from core.resilience.report import service_states

Source = Callable[[], Iterable[Metric]]

_sources: dict[str, Source] = {}


def metric_source(source: Source) -> Source:
    """Add a source of figures; as a decorator in an app's ``metrics.py``."""
    _sources[f"{source.__module__}.{source.__qualname__}"] = source
    return source


def metrics_text() -> bytes:
    """Every figure in Prometheus' text format. A fixed number of queries per source."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Sources())
    return generate_latest(registry)


class _Sources(Collector):
    def collect(self) -> Iterable[Metric]:
        for _name, source in sorted(_sources.items()):
            yield from source()


@metric_source
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


@metric_source
def cache() -> Iterable[Metric]:
    """How often the cache helped, in the process that answers."""
    family = CounterMetricFamily(
        "vacancy_cache_events",
        "Reads of the cache by what came of them, in this process since its start.",
        labels=("process", "namespace", "event"),
    )
    for namespace, events in stats.snapshot().items():
        for event, number in events.items():
            family.add_metric((str(os.getpid()), namespace, event), number)
    yield family
