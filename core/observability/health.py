"""Is it alive, is it ready, and how is the database?"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from core.cache.client import cache_server
from core.cache.stats import stats
from core.resilience.breaker import Status
from core.resilience.report import service_states


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """What the database says about itself. `latency_ms` is one round trip, in milliseconds."""

    reachable: bool
    version: str | None = None
    latency_ms: float | None = None
    pool: dict[str, int] | None = None
    migrations_applied: int | None = None
    migrations_pending: tuple[str, ...] = ()


def database_reachable() -> float | None:
    """Milliseconds of one round trip to the database; None if it does not answer. One query."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            started = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchone()
            return round((time.perf_counter() - started) * 1000, 3)
    except Error:
        return None


def database_health() -> DatabaseHealth:
    """The whole picture. Four queries."""
    latency = database_reachable()
    if latency is None:
        return DatabaseHealth(reachable=False)
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0])
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return DatabaseHealth(
        reachable=True,
        version=version,
        latency_ms=latency,
        pool=_pool_stats(connection),
        migrations_applied=len(executor.loader.applied_migrations),
        migrations_pending=tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan),
    )


def migrations_pending() -> bool:
    """Whether the code knows migrations that the database has not seen. Two queries."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def cache_reachable() -> bool:
    """Whether the cache server answers. Without it everything works, slower."""
    return cache_server().call(lambda redis: bool(redis.ping()), default=False)


def _pool_stats(connection: Any) -> dict[str, int] | None:
    """The connection pool of this process: size, idle, waiting, errors; None where there is no pool."""
    pool = connection.pool
    if pool is None:
        return None
    figures = pool.get_stats()
    names = ("pool_min", "pool_max", "pool_size", "pool_available", "requests_waiting", "requests_num",
             "requests_errors", "connections_lost")  # fmt: skip
    return {name: int(figures.get(name, 0)) for name in names}


class LiveView(View):
    """The process answers. Asks nobody else."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"status": "ok"})


class ReadyView(View):
    """The process can do its work: database there, all migrations applied. 503 if not."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        database = database_reachable() is not None
        migrated = database and not _migrations_pending_once()
        ready = database and migrated
        return JsonResponse(
            {"status": "ok" if ready else "unavailable", "database": database, "migrated": migrated},
            status=200 if ready else 503,
        )


_migrated = False


def _migrations_pending_once() -> bool:
    """Pending migrations, asked until there are none: a running process never gets new ones."""
    global _migrated
    if not _migrated:
        _migrated = not migrations_pending()
    return not _migrated


class HealthView(View):
    """Database, cache server, and the breakers of the outside services.

    503 without the database; `degraded` without the cache server, or while an outside service is left alone.
    """

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        latency = database_reachable()
        cache = cache_reachable()
        services = service_states(ask_server=cache)
        well = cache and Status.OPEN not in services.values()
        status = "unavailable" if latency is None else "ok" if well else "degraded"
        return JsonResponse(
            {
                "status": status,
                "database": {"reachable": latency is not None, "latency_ms": latency},
                "cache": {"reachable": cache, "errors": stats.snapshot().get("server", {}).get("errors", 0)},
                "services": services,
            },
            status=503 if latency is None else 200,
        )


class DatabaseHealthView(View):
    """Version, latency, pool and migrations. 503 if the database is away or not migrated."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        health = database_health()
        ready = health.reachable and not health.migrations_pending
        return JsonResponse(
            {"status": "ok" if ready else "unavailable", **asdict(health)}, status=200 if ready else 503
        )
