"""How scheduled jobs are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from core.models import ScheduledJob

from .registry import Job, scheduled_jobs


class JobState(StrEnum):
    """In words."""

    FINE = "fine"
    FAILING = "failing"
    OVERDUE = "overdue"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job, its record (None before its first run), and what that means now."""

    job: Job
    record: ScheduledJob | None
    state: JobState


def job_statuses(*, at: datetime | None = None) -> list[JobStatus]:
    """Every job of the code with its record, by name. One query.

    Failing is a job whose last run failed; overdue one that has not succeeded in two intervals and a grace, whether
    or not it was started; never one that has not run yet.
    """
    now = at or timezone.now()
    records = {record.name: record for record in ScheduledJob.objects.all()}
    return [
        JobStatus(job=job, record=records.get(name), state=job_state(job, records.get(name), at=now))
        for name, job in scheduled_jobs().items()
    ]


def job_state(job: Job, record: ScheduledJob | None, *, at: datetime) -> JobState:
    """What a job's record means at ``at``. No query."""
    if record is None or record.last_started_at is None:
        return JobState.NEVER
    since = record.last_succeeded_at or record.created_at
    if at > job.overdue_after(since):
        return JobState.OVERDUE
    return JobState.FAILING if record.failures_in_a_row else JobState.FINE
