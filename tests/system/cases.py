"""For each alert: figures at which it must fire, and the nearest ones at which it must not."""

from __future__ import annotations

from collections.abc import Mapping

NOW = 1_800_000_000.0
DAY = 86_400.0
Figures = Mapping[str, float | tuple[float, ...]]


def _requests(failed: int, all_of_them: int) -> Figures:
    name = "vacancy_request_duration_seconds_count"
    return {
        f'{name}{{route="a",status="2xx"}}': (100.0, 100.0 + all_of_them - failed),
        f'{name}{{route="b",status="5xx"}}': (5.0, 5.0 + failed),
    }


def _durations(slow: int) -> Figures:
    """A hundred requests, of which so many took between half a second and a second."""
    name = "vacancy_request_duration_seconds_bucket"
    return {
        f'{name}{{route="a",status="2xx",le="0.2"}}': (0.0, 90.0),
        f'{name}{{route="a",status="2xx",le="0.5"}}': (0.0, 100.0 - slow),
        f'{name}{{route="a",status="2xx",le="1.0"}}': (0.0, 100.0),
        f'{name}{{route="a",status="2xx",le="+Inf"}}': (0.0, 100.0),
    }


def _reads(hits: int, misses: int) -> Figures:
    """Counted in five minutes."""
    name = "vacancy_cache_events_total"
    return {
        f'{name}{{namespace="catalogue",event="hits_local"}}': (0.0, float(hits)),
        f'{name}{{namespace="catalogue",event="misses"}}': (0.0, float(misses)),
        f'{name}{{namespace="catalogue",event="stored"}}': (0.0, 10_000.0),
    }


def _heard(program: str, queue: str, ago: float) -> Figures:
    name = f'vacancy_heartbeat_timestamp_seconds{{program="{program}",queue="{queue}"}}'
    return {name: NOW - ago}


def _connections(used: float) -> Figures:
    name = "vacancy_db_server_connections"
    return {
        f'{name}{{state="used"}}': used,
        f'{name}{{state="most"}}': 100.0,
        f'{name}{{state="active"}}': 100.0,
    }


def _at(series: str, fires: float, rests: float) -> tuple[list[Figures], list[Figures]]:
    return [{series: fires}], [{series: rests}]


CASES: dict[str, tuple[list[Figures], list[Figures]]] = {
    "SiteDown": _at('up{job="vacancy",instance="127.0.0.1:8000"}', 0, 1),
    "ErrorRateHigh": (
        [_requests(11, 1_000), _requests(1, 1)],
        [_requests(10, 1_000), _requests(0, 1_000), {}],
    ),
    "RequestsSlow": ([_durations(6)], [_durations(4), {}]),
    "CertificateExpires": (
        [
            {'vacancy_certificate_expiry_timestamp_seconds{certificate="a"}': NOW + 13.9 * DAY},
            {'vacancy_certificate_expiry_timestamp_seconds{certificate="a"}': 0},
        ],
        [{'vacancy_certificate_expiry_timestamp_seconds{certificate="a"}': NOW + 14.1 * DAY}, {}],
    ),
    "CertificateRefused": _at('vacancy_certificate_trusted{certificate="a"}', 0, 1),
    "DatabaseDown": _at('vacancy_up{server="database"}', 0, 1),
    "CacheDown": _at('vacancy_up{server="cache"}', 0, 1),
    "BrokerDown": _at('vacancy_up{server="broker"}', 0, 1),
    "MailServerDown": _at("vacancy_mail_up", 0, 1),
    "CacheHitRateLow": ([_reads(699, 301)], [_reads(701, 299), _reads(0, 30), {}]),
    "PoolExhausted": (
        [{'vacancy_db_pool_connections{state="waiting"}': 1}],
        [{'vacancy_db_pool_connections{state="waiting"}': 0, 'vacancy_db_pool_connections{state="open"}': 9}],
    ),
    "DatabaseConnectionsFew": ([_connections(91)], [_connections(90)]),
    "ReplicaLag": _at('vacancy_replica_lag_seconds{replica="replica_1"}', 10.1, 9.9),
    "ReplicaDown": _at('vacancy_replica_up{replica="replica_1"}', 0, 1),
    "SlowQueries": (
        [{'vacancy_slow_queries_total{severity="critical"}': (0.0, 28.0)}],
        [
            {
                'vacancy_slow_queries_total{severity="critical"}': (0.0, 27.0),
                'vacancy_slow_queries_total{severity="slow"}': (0.0, 900.0),
            }
        ],
    ),
    "MigrationsPending": _at("vacancy_migrations_pending", 1, 0),
    "WorkerSilent": (
        [
            _heard("worker", "email", 121),
            {'vacancy_heartbeat_timestamp_seconds{program="worker",queue="email"}': 0},
        ],
        [_heard("worker", "email", 119), _heard("beat", "", 500), {}],
    ),
    "DispatcherSilent": ([_heard("dispatcher", "", 121)], [_heard("dispatcher", "", 119)]),
    "BeatSilent": ([_heard("beat", "", 121)], [_heard("beat", "", 119), _heard("worker", "email", 500)]),
    "BacklogLong": _at('vacancy_outbox_due{queue="email"}', 101, 100),
    "OutboxOld": _at('vacancy_outbox_oldest_seconds{queue="email"}', 601, 600),
    "DeadLetters": (
        [{'vacancy_outbox_effects{queue="email",status="dead"}': 1}],
        [
            {'vacancy_outbox_effects{queue="email",status="dead"}': 0},
            {'vacancy_outbox_effects{queue="email",status="pending"}': 50},
        ],
    ),
    "BreakerOpen": (
        [{'vacancy_breaker_state{service="email",state="open"}': 1}],
        [
            {
                'vacancy_breaker_state{service="email",state="open"}': 0,
                'vacancy_breaker_state{service="email",state="closed"}': 1,
            }
        ],
    ),
    "JobOverdue": _at('vacancy_job_overdue{job="bookings.holds_expire"}', 1, 0),
    "JobFailing": _at('vacancy_job_failures_in_a_row{job="bookings.holds_expire"}', 3, 2),
    "HoldsOverdue": _at("vacancy_holds_overdue", 1, 0),
    "InventoryDrift": (
        [{"vacancy_inventory_exact": 0}],
        [{"vacancy_inventory_exact": 1}, {"vacancy_inventory_exact": -1}],
    ),
    "LedgerDrift": (
        [{"vacancy_ledger_exact": 0}],
        [{"vacancy_ledger_exact": 1}, {"vacancy_ledger_exact": -1}],
    ),
    "InvoicesDrift": ([{"vacancy_invoices_exact": 0}], [{"vacancy_invoices_exact": 1}]),
    "FiguresDrift": ([{"vacancy_figures_exact": 0}], [{"vacancy_figures_exact": 1}]),
    "AuditBroken": ([{"vacancy_audit_exact": 0}], [{"vacancy_audit_exact": 1}]),
    "BackupOld": (
        [
            {"vacancy_backup_verified_timestamp_seconds": NOW - 26.1 * 3_600},
            {"vacancy_backup_verified_timestamp_seconds": 0},
        ],
        [{"vacancy_backup_verified_timestamp_seconds": NOW - 25.9 * 3_600}],
    ),
    "BackupUnhealthy": _at("vacancy_backup_healthy", 0, 1),
    "BackupDrillFailed": _at("vacancy_backup_drill_ok", 0, 1),
    "LogArchiveFailing": _at("vacancy_log_archive_failing", 1, 0),
    "DiskFull": _at('vacancy_disk_free_ratio{machine="a",path="/srv"}', 0.099, 0.1),
    "ClockWrong": (
        [
            {'vacancy_clock_offset_seconds{server="database"}': 2.1},
            {'vacancy_clock_offset_seconds{server="cache"}': -2.1},
        ],
        [{'vacancy_clock_offset_seconds{server="database"}': 1.9}],
    ),
    "FiguresMissing": ([{'vacancy_figures_failed{source="a"}': 1}], [{}]),
}
