"""`manage.py scheduled_jobs`: what runs when, when it last succeeded, and how that went."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.schedule import JobFailed, job_run, scheduled_jobs
from core.schedule.states import JobState, JobStatus, job_statuses


class Command(BaseCommand):
    """Lists the scheduled jobs, or runs one."""

    help = "List scheduled jobs and when they last succeeded, or run one. Exit code 1 if one is overdue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", metavar="NAME", help="run this job now and record it")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write JSON")

    def handle(self, *_args: Any, run: str | None, as_json: bool, **_options: Any) -> None:
        if run is not None:
            self._run(run, as_json=as_json)
            return
        statuses = job_statuses()
        if as_json:
            self.stdout.write(json.dumps([_facts(status) for status in statuses]))
        else:
            for status in statuses:
                self.stdout.write(_line(status))
        overdue = [status.job.name for status in statuses if status.state == JobState.OVERDUE]
        if overdue:
            raise CommandError(f"Overdue: {', '.join(overdue)}.")

    def _run(self, name: str, *, as_json: bool) -> None:
        if name not in scheduled_jobs():
            raise CommandError(f"There is no job {name}. There are: {', '.join(scheduled_jobs())}.")
        try:
            result = job_run(name)
        except JobFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"job": name, "result": result}) if as_json else f"{name}: {result}")


def _line(status: JobStatus) -> str:
    record = status.record
    success = record and record.last_succeeded_at
    parts = [f"{status.job.name:<40}", f"{status.state.value:<8}", status.job.times]
    parts.append(f"last success {success:%Y-%m-%d %H:%M:%S}" if success else "no success yet")
    if record and record.last_duration_ms is not None:
        parts.append(f"{record.last_duration_ms} ms")
    if record and record.last_error:
        parts.append(record.last_error)
    return "  ".join(parts)


def _facts(status: JobStatus) -> dict[str, Any]:
    record = status.record
    return {
        "job": status.job.name,
        "state": status.state.value,
        "times": status.job.times,
        "last_started_at": _moment(record and record.last_started_at),
        "last_succeeded_at": _moment(record and record.last_succeeded_at),
        "last_failed_at": _moment(record and record.last_failed_at),
        "last_duration_ms": record.last_duration_ms if record else None,
        "last_result": record.last_result if record else None,
        "last_error": record.last_error if record else "",
        "failures_in_a_row": record.failures_in_a_row if record else 0,
    }


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None
