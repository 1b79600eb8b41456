"""What the page /admin/system/ shows, in figures: what the alert rules in deploy/monitoring read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from django.db import Error
from prometheus_client.core import GaugeMetricFamily, Metric

from core.audit.jobs import VERIFY_JOB
from core.backups.state import backups_state
from core.cache.client import cache_server
from core.models import ScheduledJob
from core.observability.bounded import NoAnswer, within
from core.observability.disks import disks
from core.observability.health import database_reachable, migrations_pending_names
from core.observability.metrics import Needs, metric_source
from core.outbox.broker import Broker, BrokerAway
from core.outbox.figures import outbox_figures
from core.schedule.states import JobState, job_statuses

from .archiving import log_archive
from .checked import proof_state
from .clocks import clock_offsets
from .heartbeats import heartbeats
from .looks.outside import LOOK_JOB
from .replication import replica_lags
from .sessions import database_sessions

BROKER_SECONDS = 2.0
REPLICAS_SECONDS = 2.5


@metric_source(needs=Needs.NOTHING)
def servers() -> Iterable[Metric]:
    """Whether database, cache server and broker answer. Each is waited for a moment only; one query."""
    family = GaugeMetricFamily("vacancy_up", "1 if a server answers, 0 if it does not.", labels=("server",))
    family.add_metric(("database",), float(database_reachable() is not None))
    cache = cache_server().call(lambda redis: bool(redis.ping()), default=False)
    family.add_metric(("cache",), float(cache))
    family.add_metric(("broker",), float(_broker_answers()))
    yield family


@metric_source(needs=Needs.NOTHING)
def programs() -> Iterable[Metric]:
    """When the programs beside the web were last heard of. Nothing while the cache server is away."""
    told = heartbeats()
    if told is None:
        return
    family = GaugeMetricFamily(
        "vacancy_heartbeat_timestamp_seconds",
        "When a program was last heard of, in seconds since 1970; 0 for never.",
        labels=("program", "queue"),
    )
    now = time.time()
    for one in told:
        family.add_metric((one.program, one.queue), 0.0 if one.age_seconds is None else now - one.age_seconds)
    yield family


@metric_source(needs=Needs.NOTHING)
def machine() -> Iterable[Metric]:
    """The disks of the machine that answers."""
    labels = ("machine", "path")
    size = GaugeMetricFamily("vacancy_disk_size_bytes", "Size of a disk that is written to.", labels=labels)
    free = GaugeMetricFamily("vacancy_disk_free_bytes", "What is free of it.", labels=labels)
    share = GaugeMetricFamily(
        "vacancy_disk_free_ratio", "Share that is free, of bytes or of file entries.", labels=labels
    )
    for disk in disks():
        names = (os.uname().nodename, disk.path)
        size.add_metric(names, disk.size_bytes)
        free.add_metric(names, disk.free_bytes)
        share.add_metric(names, disk.free_share)
    yield from (size, free, share)


@metric_source
def database() -> Iterable[Metric]:
    """The database server's connections, and migrations that wait. Three queries."""
    sessions = database_sessions()
    family = GaugeMetricFamily(
        "vacancy_db_server_connections",
        "Clients' connections to the database server: used, active of them, and the most there may be.",
        labels=("state",),
    )
    for state, number in (("used", sessions.used), ("active", sessions.active), ("most", sessions.most)):
        family.add_metric((state,), number)
    yield family
    yield GaugeMetricFamily(
        "vacancy_migrations_pending",
        "Migrations that the code knows and the database has not seen.",
        value=len(migrations_pending_names()),
    )


@metric_source
def clock() -> Iterable[Metric]:
    """How far this machine's clock is from the servers'. One query."""
    family = GaugeMetricFamily(
        "vacancy_clock_offset_seconds",
        "Seconds that the clock of the machine that answers is ahead of a server's.",
        labels=("server",),
    )
    for server, seconds in clock_offsets().items():
        family.add_metric((server,), seconds)
    yield family


@metric_source
def replicas() -> Iterable[Metric]:
    """How far copies of the database are behind. Two queries for each; they are waited for a moment."""
    up = GaugeMetricFamily(
        "vacancy_replica_up", "1 if a copy of the database answers, 0 if not.", labels=("replica",)
    )
    lag = GaugeMetricFamily(
        "vacancy_replica_lag_seconds", "Seconds that a copy of the database is behind.", labels=("replica",)
    )
    try:
        lags = within(REPLICAS_SECONDS, "replicas", replica_lags)
    except (NoAnswer, Error):
        lags = {}
    for name, seconds in lags.items():
        up.add_metric((name,), float(seconds is not None))
        if seconds is not None:
            lag.add_metric((name,), seconds)
    yield from (up, lag)


@metric_source
def due() -> Iterable[Metric]:
    """Effects whose time has come and that nobody has taken. One query."""
    family = GaugeMetricFamily("vacancy_outbox_due", "Effects that are due and wait.", labels=("queue",))
    for figures in outbox_figures():
        family.add_metric((figures.queue.value,), figures.due)
    yield family


@metric_source
def overdue() -> Iterable[Metric]:
    """Which scheduled jobs have missed their time. One query."""
    family = GaugeMetricFamily(
        "vacancy_job_overdue", "1 if a scheduled job has missed its time, 0 if not.", labels=("job",)
    )
    for status in job_statuses():
        family.add_metric((status.job.name,), float(status.state == JobState.OVERDUE))
    yield family


@metric_source
def audit() -> Iterable[Metric]:
    """What the last check of the log of changes found. One query."""
    yield GaugeMetricFamily(
        "vacancy_audit_exact",
        "1 if the log of changes was as it was written when last checked, 0 if not, -1 if it never was.",
        value=proof_state(VERIFY_JOB),
    )


@metric_source
def outside() -> Iterable[Metric]:
    """Certificates and mail server as they were found in the last five minutes. One query."""
    record = ScheduledJob.objects.filter(pk=LOOK_JOB).first()
    found = record.last_result if record and isinstance(record.last_result, dict) else {}
    expiry = GaugeMetricFamily(
        "vacancy_certificate_expiry_timestamp_seconds",
        "When a certificate ends, in seconds since 1970; 0 if it could not be read.",
        labels=("certificate",),
    )
    trusted = GaugeMetricFamily(
        "vacancy_certificate_trusted", "1 if browsers take a certificate, 0 if not.", labels=("certificate",)
    )
    for name, certificate in found.get("certificates", {}).items():
        expiry.add_metric((name,), certificate["expires"] or 0)
        trusted.add_metric((name,), float(not certificate["problem"]))
    yield from (expiry, trusted)
    mail = GaugeMetricFamily(
        "vacancy_mail_up", "1 if the mail server greeted us, 0 if not; nothing without one."
    )
    if found.get("mail") is not None:
        mail.add_metric((), float(found["mail"]))
    yield mail


@metric_source(needs=Needs.NOTHING)
def backups() -> Iterable[Metric]:
    """The backups as their files tell: no query."""
    state = backups_state()
    drill_problems = [problem for problem in state.problems if problem.code.startswith("drill")]
    yield GaugeMetricFamily(
        "vacancy_backup_verified_timestamp_seconds",
        "When the newest backup that was verified was made, in seconds since 1970; 0 if there is none.",
        value=state.newest_verified.at.timestamp() if state.newest_verified else 0.0,
    )
    yield GaugeMetricFamily(
        "vacancy_backup_healthy",
        "1 if the backups are young, as large as expected and whole, 0 if not.",
        value=float(len(state.problems) == len(drill_problems)),
    )
    yield GaugeMetricFamily(
        "vacancy_backup_drill_ok",
        "1 unless the last rehearsed restore failed, or none was rehearsed for long.",
        value=float(not drill_problems),
    )
    yield GaugeMetricFamily(
        "vacancy_backup_recovery_seconds",
        "What the last rehearsed restore that went well took; 0 if there was none.",
        value=state.recovery_seconds or 0.0,
    )
    yield GaugeMetricFamily("vacancy_backup_bytes", "All backups together.", value=state.size_bytes)
    yield GaugeMetricFamily("vacancy_backups", "How many backups there are.", value=state.count)


@metric_source
def log_archiving() -> Iterable[Metric]:
    """Whether the database's log is put away. One query; nothing where that is not set up."""
    family = GaugeMetricFamily(
        "vacancy_log_archive_failing", "1 if the last attempt to put the log away was in vain, 0 if not."
    )
    archive = log_archive()
    if archive.is_on:
        family.add_metric((), float(archive.is_failing))
    yield family


def _broker_answers() -> bool:
    def ask() -> bool:
        broker = Broker()
        try:
            broker.ping()
        except BrokerAway:
            return False
        finally:
            broker.close()
        return True

    try:
        return within(BROKER_SECONDS, "broker", ask)
    except NoAnswer:
        return False
