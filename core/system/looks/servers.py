"""The servers that everything stands on: database, its copies, cache, broker."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.cache.client import cache_server
from core.cache.report import server_report
from core.observability.health import database_reachable, migrations_pending_names
from core.observability.query_figures import query_figures
from core.outbox.broker import Broker, BrokerAway
from core.system.lines import Finding, Group, Reads, State, system_line
from core.system.replication import replica_lags
from core.system.sessions import database_sessions

SLOW_MILLISECONDS = 250
SESSIONS_SHARE_MAX = 0.9
MEMORY_SHARE_MAX = 0.95
LAG_SECONDS_MAX = 10.0


@system_line("database", label=_("Database"), group=Group.SERVERS, runbook="database-down")
def database() -> Finding:
    """One round trip; over a quarter of a second is worth a look."""
    latency = database_reachable()
    if latency is None:
        advice = gettext("Start PostgreSQL, or see why it refuses; nothing can be booked until it answers.")
        return Finding(State.RED, gettext("does not answer"), advice)
    figure = gettext("answers in %(number).1f ms") % {"number": latency}
    if latency > SLOW_MILLISECONDS:
        return Finding(State.AMBER, figure, gettext("See what keeps it busy."), latency)
    return Finding(State.GREEN, figure, value=latency)


@system_line(
    "database-sessions",
    label=_("Database connections"),
    group=Group.SERVERS,
    runbook="database-connections-few",
    reads=Reads.DATABASE,
)
def sessions() -> Finding:
    """How many of the server's connections are taken. One query."""
    found = database_sessions()
    figure = gettext("%(used)d of %(most)d taken, %(busy)d at work") % {
        "used": found.used, "most": found.most, "busy": found.active}  # fmt: skip
    if found.used >= found.most * SESSIONS_SHARE_MAX:
        advice = gettext("Lower DB_POOL_MAX, put PgBouncer in front, or raise max_connections.")
        return Finding(State.RED, figure, advice, found.used)
    return Finding(State.GREEN, figure, value=found.used)


@system_line(
    "migrations",
    label=_("Migrations"),
    group=Group.SERVERS,
    runbook="migrations-pending",
    reads=Reads.DATABASE,
)
def migrations() -> Finding:
    """Whether the database is as the code expects it. Two queries."""
    pending = migrations_pending_names()
    if not pending:
        return Finding(State.GREEN, gettext("all applied"), value=0)
    figure = ngettext(
        "%(number)d pending: %(first)s", "%(number)d pending, the first %(first)s", len(pending)
    )
    advice = gettext("Carry them out: manage.py upgrade.")
    return Finding(State.RED, figure % {"number": len(pending), "first": pending[0]}, advice, len(pending))


@system_line(
    "replicas",
    label=_("Copies of the database"),
    group=Group.SERVERS,
    runbook="replica-lag",
    reads=Reads.NETWORK,
)
def replicas() -> Finding:
    """How far the copies for reading are behind. Three queries for each."""
    lags = replica_lags()
    if not lags:
        return Finding(State.GREY, gettext("none set up"))
    away = sorted(name for name, lag in lags.items() if lag is None)
    if away:
        figure = gettext("%(names)s: no answer") % {"names": ", ".join(away)}
        return Finding(
            State.RED, figure, gettext("Reads go to the primary meanwhile. Mend or remove the copy.")
        )
    worst = max(lag for lag in lags.values() if lag is not None)
    figure = ngettext("%(number)d copy, %(seconds).1f s behind", "%(number)d copies, %(seconds).1f s behind at most",
                      len(lags)) % {"number": len(lags), "seconds": worst}  # fmt: skip
    if worst > LAG_SECONDS_MAX:
        advice = gettext("It is not read until it has caught up. See what holds it back.")
        return Finding(State.RED, figure, advice, worst)
    return Finding(State.GREEN, figure, value=worst)


@system_line("cache", label=_("Cache server"), group=Group.SERVERS, runbook="cache-down")
def cache() -> Finding:
    """Whether it answers, and how full it is. Two round trips."""
    report = server_report() if cache_server().call(lambda redis: bool(redis.ping()), default=False) else None
    if report is None:
        advice = gettext("Start Valkey. Until then everything works, slower.")
        return Finding(State.RED, gettext("does not answer"), advice)
    megabytes = report.used_bytes / 1_000_000
    if not report.max_bytes:
        return Finding(State.GREEN, gettext("%(number).0f MB used") % {"number": megabytes}, value=megabytes)
    most = report.max_bytes / 1_000_000
    figure = gettext("%(number).0f of %(most).0f MB used") % {"number": megabytes, "most": most}
    if report.used_bytes > report.max_bytes * MEMORY_SHARE_MAX and report.evicted_keys:
        return Finding(
            State.AMBER, figure, gettext("It throws entries away for room: raise maxmemory."), megabytes
        )
    return Finding(State.GREEN, figure, value=megabytes)


@system_line("broker", label=_("Broker"), group=Group.SERVERS, runbook="broker-down", reads=Reads.NETWORK)
def broker() -> Finding:
    """Whether it takes messages for the workers. Waits a second."""
    line = Broker()
    try:
        line.ping()
    except BrokerAway:
        advice = gettext("Start it. Effects wait in the database meanwhile; none is lost.")
        return Finding(State.RED, gettext("does not answer"), advice)
    finally:
        line.close()
    return Finding(State.GREEN, gettext("answers"))


@system_line("slow-queries", label=_("Slow queries"), group=Group.SERVERS, runbook="slow-queries")
def slow_queries() -> Finding:
    """How many queries of today (UTC) took too long, in all processes. Two round trips to the cache server."""
    figures = query_figures(days=1, order="slow")
    if figures is None:
        return Finding(State.GREY, gettext("not known without the cache server"))
    slow = sum(shape.slow for shape in figures)
    critical = sum(shape.critical for shape in figures)
    total = sum(shape.count for shape in figures)
    figure = gettext("%(slow)d of %(total)d since midnight, %(critical)d over half a second") % {
        "slow": slow, "total": total, "critical": critical}  # fmt: skip
    if critical > max(10, total / 1_000):
        return Finding(State.AMBER, figure, gettext("See which: manage.py perf_queries --order slow."), slow)
    return Finding(State.GREEN, figure, value=slow)
