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
from core.observability.bounded import NoAnswer, within
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


PROBE_SECONDS = 2.0
"""A database that answers later than this is as good as away."""


def database_reachable() -> float | None:
    """Milliseconds of one round trip to the database; None if it does not answer within two seconds. One query.

    It is asked in a thread with a connection of its own, because nothing limits the wait for a server that was paused.
    """
    try:
        return within(PROBE_SECONDS, "database", _round_trip)
    except (Error, NoAnswer):
        return None


def _round_trip() -> float:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        started = time.perf_counter()
        cursor.execute("SELECT 1")
        cursor.fetchone()
        return round((time.perf_counter() - started) * 1000, 3)


def database_health() -> DatabaseHealth:
    """The whole picture, within four seconds. Four queries."""
    latency = database_reachable()
    if latency is None:
        return DatabaseHealth(reachable=False)
    try:
        version, applied, pending = within(PROBE_SECONDS, "database-health", _version_and_migrations)
    except (Error, NoAnswer):
        return DatabaseHealth(reachable=False)
    return DatabaseHealth(
        reachable=True,
        version=version,
        latency_ms=latency,
        pool=_pool_stats(connections[DEFAULT_DB_ALIAS]),
        migrations_applied=applied,
        migrations_pending=pending,
    )


def _version_and_migrations() -> tuple[str, int, tuple[str, ...]]:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0])
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    pending = tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
    return version, len(executor.loader.applied_migrations), pending


def migrations_pending_names() -> list[str]:
    """The migrations that the code knows and the database has not seen, in order. Two queries."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def cache_reachable() -> bool:
    """Whether the cache server answers. Without it everything works, slower."""
    return cache_server().call(lambda redis: bool(redis.ping()), default=False)


def _pool_stats(connection: Any) -> dict[str, int] | None:
    """The connection pool of this process: how many are at work (active) and idle, and what it has been through."""
    pool = connection.pool
    if pool is None:
        return None
    figures = pool.get_stats()
    names = ("pool_min", "pool_max", "pool_size", "pool_available", "requests_waiting", "requests_num",
             "requests_errors", "connections_lost")  # fmt: skip
    told = {name: int(figures.get(name, 0)) for name in names}
    idle = told["pool_available"]
    return {"active": max(0, told["pool_size"] - idle), "idle": idle, **told}


class LiveView(View):
    """The process answers. Asks nobody else."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"status": "ok"})


class ReadyView(View):
    """The process can do its work: database there, all migrations applied. 503 if not.

    Without the cache server everything works, slower: that is "degraded", and still 200, or a cache that is away would
    take every process out of service. A process whose code is newer than the schema waits with 503 until `migrate` has
    run; one whose code is older goes on, so that both can be there during an upgrade.
    """

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        database = database_reachable() is not None
        pending = database and _migrations_pending_once()
        cache = cache_reachable()
        ready = database and not pending
        status = "unavailable" if not database else "migrating" if pending else "ok" if cache else "degraded"
        return JsonResponse(
            {"status": status, "database": database, "migrated": ready, "cache": cache},
            status=200 if ready else 503,
        )


_migrated = False


def _migrations_pending_once() -> bool:
    """Pending migrations, asked until there are none: a running process never gets new ones."""
    global _migrated
    if not _migrated:
        try:
            _migrated = not within(PROBE_SECONDS, "migrations", migrations_pending_names)
        except (Error, NoAnswer):
            return True
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


def database_document(health: DatabaseHealth) -> dict[str, Any]:
    """What the database says, for programs."""
    ready = health.reachable and not health.migrations_pending
    return {"status": "ok" if ready else "unavailable", "connected": health.reachable, **asdict(health)}


class DatabaseHealthView(View):
    """Version, latency, pool and migrations. 503 if the database is away or not migrated."""

    @method_decorator(never_cache)
    def get(self, request: HttpRequest) -> HttpResponse:
        document = database_document(database_health())
        return JsonResponse(document, status=200 if document["status"] == "ok" else 503)
