"""Scheduled work: declared once, run by whoever asks, and its success remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.management.job_command import JobCommand
from core.models import Effect, ScheduledJob
from core.schedule import JobFailed, crontab, job_request, job_run, registry, scheduled_job, scheduled_jobs
from core.schedule.missed import jobs_missed_request
from core.schedule.registry import beat_schedule
from core.schedule.states import JobState, job_state, job_statuses, jobs_sync
from core.tasks import scheduled_job_run
from tests.outbox import run_effects

NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
Declare = Callable[..., str]

pytestmark = pytest.mark.django_db


@pytest.fixture
def declare() -> Iterator[Declare]:
    """Declare jobs for the length of a test."""
    before = dict(registry._jobs)

    def job(function: Callable[..., Any] = lambda at=None: None, **when: Any) -> str:
        scheduled_job("tests.job", **(when or {"every": 60}))(function)
        return "tests.job"

    yield job
    registry._jobs.clear()
    registry._jobs.update(before)


def test_a_run_is_recorded(declare: Declare) -> None:
    name = declare(lambda at=None: {"hour": at.hour})

    with CaptureQueriesContext(connection) as queries:
        assert job_run(name, at=NOON) == {"hour": 12}

    assert len(queries) == 2
    record = ScheduledJob.objects.get(pk=name)
    assert (record.last_started_at, record.last_succeeded_at) == (NOON, NOON)
    assert (record.last_result, record.last_error, record.failures_in_a_row) == ({"hour": 12}, "", 0)
    assert record.last_duration_ms is not None


def test_a_failure_is_recorded_and_the_success_before_it_kept(declare: Declare) -> None:
    broken = False

    def work(*, at: datetime | None = None) -> int:
        if broken:
            raise ValueError("no such table\x00")
        return 7

    name = declare(work)
    job_run(name, at=NOON)
    broken = True
    for minutes in (1, 2):
        with pytest.raises(JobFailed, match=r"tests\.job: ValueError: no such table"):
            job_run(name, at=NOON + timedelta(minutes=minutes))

    record = ScheduledJob.objects.get(pk=name)
    assert (record.last_succeeded_at, record.last_result) == (NOON, 7)
    assert (record.last_failed_at, record.failures_in_a_row) == (NOON + timedelta(minutes=2), 2)
    assert record.last_error == "ValueError: no such table"
    broken = False
    job_run(name, at=NOON + timedelta(minutes=3))
    record.refresh_from_db()
    assert (record.failures_in_a_row, record.last_error) == (0, "")


def test_nobody_has_this_job() -> None:
    with pytest.raises(KeyError):
        job_run("tests.unknown")


@pytest.mark.parametrize("when", [{}, {"every": 60, "crontab": crontab()}])
def test_a_job_has_one_kind_of_time(when: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="runs every so many seconds or by a crontab"):
        scheduled_job("tests.job", **when)


def test_a_name_is_taken_once(declare: Declare) -> None:
    declare()
    with pytest.raises(ValueError, match=r"there is a scheduled job tests\.job already"):
        declare(lambda at=None: 1)


def test_beat_reads_its_schedule_from_the_code(declare: Declare) -> None:
    declare(crontab=crontab(hour="3", minute="20"))

    entry = beat_schedule()["tests.job"]

    assert entry["task"] == "core.tasks.scheduled_job_run"
    assert entry["args"] == ("tests.job",)
    assert entry["schedule"] == crontab(hour="3", minute="20")
    assert entry["options"] == {"queue": "scheduled", "expires": 3600.0}
    assert beat_schedule()["bookings.holds_expire"]["options"]["expires"] == 60


def test_a_job_that_has_not_succeeded_in_time_is_overdue(declare: Declare) -> None:
    name = declare(every=60)
    job = scheduled_jobs()[name]
    record = ScheduledJob(name=name, created_at=NOON)

    def state(seconds: int) -> JobState:
        return job_state(job, record, at=NOON + timedelta(seconds=seconds))

    assert (state(420), state(421)) == (JobState.NEVER, JobState.OVERDUE)
    record.last_succeeded_at = NOON
    assert (state(420), state(421)) == (JobState.FINE, JobState.OVERDUE)
    record.failures_in_a_row = 1
    assert (state(420), state(421)) == (JobState.FAILING, JobState.OVERDUE)


def test_the_longest_pause_of_a_crontab_counts(declare: Declare) -> None:
    name = declare(crontab=crontab(hour="3", minute="20", day_of_week="1"))

    assert scheduled_jobs()[name].interval_seconds == 7 * 86_400
    assert scheduled_jobs()[name].times == "20 3 * * 1"


def test_records_follow_the_code(declare: Declare) -> None:
    ScheduledJob.objects.create(name="tests.gone")
    name = declare()

    jobs_sync(ScheduledJob.objects.all())

    assert set(ScheduledJob.objects.values_list("pk", flat=True)) == set(scheduled_jobs())
    with CaptureQueriesContext(connection) as queries:
        states = {status.job.name: status.state for status in job_statuses()}
    assert len(queries) == 1
    assert states[name] == JobState.NEVER


def test_a_failed_run_is_tried_again_unless_the_next_comes_as_soon(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def fail(*, at: datetime | None = None) -> None:
        raise ValueError

    def retry(**options: Any) -> Retry:
        asked.append(1)
        return Retry()

    monkeypatch.setattr(scheduled_job_run, "retry", retry)
    name = declare(fail, every=3600)
    with pytest.raises(Retry):
        scheduled_job_run(name)
    registry._jobs.pop(name)
    declare(fail, every=60)
    with pytest.raises(JobFailed):
        scheduled_job_run(name)

    assert asked == [1]
    assert (scheduled_job_run.max_retries, scheduled_job_run.default_retry_delay) == (2, 60)


def test_a_job_that_is_asked_for_is_run_by_the_workers(declare: Declare) -> None:
    runs: list[int] = []
    name = declare(lambda at=None: runs.append(1))
    job_request(name)
    job_request(name)

    assert Effect.objects.get(pk=Effect.objects.latest("pk").pk).queue == "scheduled"
    assert run_effects().outcomes == {"done": 2}
    assert runs == [1, 1]


def test_a_job_that_missed_its_time_is_asked_for_once(declare: Declare) -> None:
    ScheduledJob.objects.all().delete()
    runs: list[datetime | None] = []
    name = declare(lambda at=None: runs.append(at), crontab=crontab(hour="1", minute="15"))
    ScheduledJob.objects.create(name=name, last_started_at=NOON - timedelta(days=1))
    due_at = NOON.replace(hour=1, minute=15)

    assert jobs_missed_request(at=due_at + timedelta(seconds=120)) == []
    assert jobs_missed_request(at=due_at + timedelta(seconds=121)) == [name]
    assert jobs_missed_request(at=due_at + timedelta(seconds=150)) == []
    assert run_effects().outcomes == {"done": 1}

    assert len(runs) == 1
    ScheduledJob.objects.filter(pk=name).update(last_started_at=due_at + timedelta(seconds=150))
    assert jobs_missed_request(at=NOON) == []
    assert jobs_missed_request(at=due_at + timedelta(days=1, minutes=3)) == [name]


def test_a_frequent_job_that_stands_still_goes_on(declare: Declare) -> None:
    ScheduledJob.objects.all().delete()
    name = declare(every=60)
    ScheduledJob.objects.create(name=name, created_at=NOON)

    assert jobs_missed_request(at=NOON + timedelta(seconds=180)) == []
    assert jobs_missed_request(at=NOON + timedelta(seconds=181)) == [name]


class TestCommands:
    def command(self, *arguments: str) -> str:
        out = StringIO()
        call_command(*arguments, stdout=out)
        return out.getvalue()

    def test_the_list_says_how_they_do(self, declare: Declare) -> None:
        ScheduledJob.objects.all().delete()
        name = declare(lambda at=None: 3)
        job_run(name)

        told = {fact["job"]: fact for fact in json.loads(self.command("scheduled_jobs", "--json"))}

        assert told[name]["state"] == "fine"
        assert told[name]["last_result"] == 3
        assert told["bookings.holds_expire"]["state"] == "never"
        assert f"{name:<40}  fine      every 60 s  last success" in self.command("scheduled_jobs")

    def test_an_overdue_job_is_an_error(self, declare: Declare) -> None:
        ScheduledJob.objects.all().delete()
        job_run(declare(), at=NOON - timedelta(days=3650))

        with pytest.raises(CommandError, match=r"Overdue: tests\.job"):
            self.command("scheduled_jobs")

    def test_one_can_be_run_by_name(self, declare: Declare) -> None:
        name = declare(lambda at=None: {"expired": 2})

        assert json.loads(self.command("scheduled_jobs", "--run", name, "--json")) == {
            "job": name,
            "result": {"expired": 2},
        }
        with pytest.raises(CommandError, match=r"There is no job tests\.unknown"):
            self.command("scheduled_jobs", "--run", "tests.unknown")

    def test_a_command_of_its_own(self, declare: Declare) -> None:
        class Command(JobCommand):
            job = declare(lambda at=None: {"rooms_freed": 2, "bookings": 1})

        out = StringIO()
        call_command(Command(stdout=out))
        call_command(Command(stdout=out), "--json")

        words, json_line = out.getvalue().splitlines()
        assert words == "tests.job: rooms freed 2, bookings 1"
        assert json.loads(json_line) == {"job": "tests.job", "result": {"rooms_freed": 2, "bookings": 1}}

    @pytest.mark.parametrize("name", ["effects_prune", "sandbox_events_deliver"])
    def test_the_commands_of_jobs_record_them(self, name: str) -> None:
        ScheduledJob.objects.all().delete()

        assert self.command(name).endswith(f"{name}: 0\n")

        assert ScheduledJob.objects.get().last_succeeded_at is not None

    @pytest.mark.parametrize(
        ("command", "job"),
        [
            ("holds_expire", "bookings.holds_expire"),
            ("payments_reconcile", "bookings.payments_reconcile"),
            ("idempotency_prune", "core.idempotency_keys_prune"),
            ("inventory_extend", "inventory.inventory_extend"),
        ],
    )
    def test_commands_with_options_record_their_job_too(self, command: str, job: str) -> None:
        ScheduledJob.objects.all().delete()

        self.command(command)

        assert ScheduledJob.objects.get().pk == job
        assert ScheduledJob.objects.get().last_succeeded_at is not None
        assert ScheduledJob.objects.get().last_result is not None

    @pytest.mark.parametrize("command", ["holds_expire", "idempotency_prune", "inventory_extend"])
    def test_a_dry_run_is_no_run(self, command: str) -> None:
        ScheduledJob.objects.all().delete()

        self.command(command, "--dry-run")

        assert not ScheduledJob.objects.exists()
