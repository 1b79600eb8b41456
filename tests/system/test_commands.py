"""`system_check` and `db_health`: what they print, and how they end."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import Effect, ScheduledJob
from core.observability import health
from core.observability.health import DatabaseHealth
from core.system import State, system_lines, system_report
from core.system.looks import machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("well")]


def check(*options: str) -> tuple[str, str]:
    """What it printed, and why it failed; empty if it did not."""
    printed = io.StringIO()
    try:
        call_command("system_check", *options, stdout=printed)
    except CommandError as error:
        return printed.getvalue(), str(error)
    return printed.getvalue(), ""


def dead_letter() -> None:
    Effect.objects.create(
        kind="core.scheduled_job", queue="email", payload={}, dedup_key="one", status="dead", attempts=3,
        finished_at=timezone.now(), last_error="TimeoutError: no answer",
    )  # fmt: skip


def line_of(key: str) -> Any:
    return next(line for line in system_report().lines if line.key == key)


def test_all_is_green_on_a_site_where_everything_runs(roomy: None) -> None:
    printed, failure = check()

    assert failure == ""
    assert "0 red" in printed
    for label in (
        "Database",
        "Cache server",
        "Broker",
        "Worker for e-mail",
        "Scheduler (beat)",
        "Inventory",
        "Ledger",
    ):
        assert f"ok    {label}" in printed


def test_red_ends_it_with_an_error_and_says_what_to_do(roomy: None) -> None:
    dead_letter()
    ScheduledJob.objects.filter(pk="payments.ledger_check").update(
        failures_in_a_row=1,
        last_failed_at=timezone.now(),
        last_error="LedgerDiffers: Some folios do not add up.",
    )

    printed, failure = check()

    assert failure == "Red: Work given up, Ledger."
    assert "RED   Work given up                1 dead letter" in printed
    assert "docs/runbook.md#dead-letters" in printed
    assert "LedgerDiffers: Some folios do not add up." in printed
    assert "manage.py ledger_check" in printed


def test_programs_read_it_as_json(roomy: None) -> None:
    dead_letter()

    printed, failure = check("--json")

    report = json.loads(printed)
    assert failure
    assert (report["state"], report["counts"]["red"]) == ("red", 1)
    assert [line["key"] for line in report["lines"]] == [line.key for line in system_lines()]
    letters = next(line for line in report["lines"] if line["key"] == "dead-letters")
    assert (letters["state"], letters["value"], letters["runbook"]) == ("red", 1, "dead-letters")
    assert all(line["figure"] for line in report["lines"])


def test_a_line_that_cannot_be_looked_at_is_red_and_hides_no_other(
    roomy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> list[Any]:
        raise RuntimeError("no disks")

    monkeypatch.setattr(machine, "disks", broken)

    assert (line_of("disk").state, line_of("disk").figure) == (State.RED, "looking failed: RuntimeError")
    assert line_of("clock").state in (State.GREEN, State.AMBER)


def test_without_the_database_only_what_it_holds_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.system.report.database_reachable", lambda: None)
    monkeypatch.setattr("core.system.looks.servers.database_reachable", lambda: None)

    report = system_report()
    states = {line.key: line.state for line in report.lines}

    assert report.state is State.RED
    assert (states["database"], states["outbox"], states["ledger"]) == (State.RED, State.GREY, State.GREY)
    assert (states["cache"], states["broker"], states["worker-email"]) == (State.GREEN,) * 3


def test_the_report_asks_the_database_a_fixed_number_of_questions(roomy: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            system_report()
        return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL")) for query in captured)

    first = queries()
    for number in range(20):
        Effect.objects.create(
            kind="core.scheduled_job", queue="email", payload={}, dedup_key=f"more {number}", status="dead",
            attempts=3, finished_at=timezone.now(), last_error="x",
        )  # fmt: skip

    assert queries() == first <= 15


# --- db_health ------------------------------------------------------------------------------------------------------


def test_db_health_tells_people_and_programs() -> None:
    printed, machine_read = io.StringIO(), io.StringIO()
    call_command("db_health", stdout=printed)
    call_command("db_health", "--json", stdout=machine_read)

    document = json.loads(machine_read.getvalue())
    assert (document["status"], document["connected"], document["migrations_pending"]) == ("ok", True, [])
    assert 0 < document["latency_ms"] < 10_000
    assert document["migrations_applied"] > 10
    assert f"PostgreSQL {document['version']}, answers in" in printed.getvalue()
    assert "0 pending" in printed.getvalue()


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (DatabaseHealth(reachable=False), "The database does not answer."),
        (
            DatabaseHealth(reachable=True, version="18", migrations_pending=("core.9998_a", "core.9999_b")),
            "Migrations are pending: 2, the first core.9998_a.",
        ),
    ],
)
def test_db_health_ends_with_an_error(
    found: DatabaseHealth, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.management.commands.db_health.database_health", lambda: found)
    printed = io.StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("db_health", "--json", stdout=printed)

    assert str(refused.value) == sentence
    assert json.loads(printed.getvalue())["status"] == "unavailable"


def test_the_pool_of_a_process_is_told_as_active_and_idle() -> None:
    class Pool:
        def get_stats(self) -> dict[str, int]:
            return {"pool_min": 1, "pool_max": 10, "pool_size": 6, "pool_available": 2, "requests_waiting": 3}

    class Connection:
        pool = Pool()

    told = health._pool_stats(Connection())

    assert told is not None
    assert (told["active"], told["idle"], told["pool_max"], told["requests_waiting"]) == (4, 2, 10, 3)
