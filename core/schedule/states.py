"""How scheduled jobs are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import ScheduledJob

from .registry import Job, scheduled_jobs


class JobState(models.TextChoices):
    """In words."""

    FINE = "fine", _("fine")
    FAILING = "failing", _("failing")
    OVERDUE = "overdue", _("overdue")
    NEVER = "never", _("not yet run")


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job, its record (None where none was made yet), and what that means now."""

    job: Job
    record: ScheduledJob | None
    state: JobState


def job_statuses(*, at: datetime | None = None) -> list[JobStatus]:
    """Every job of the code with its record, by name. One query."""
    records = {record.name: record for record in ScheduledJob.objects.all()}
    return [
        JobStatus(job=job, record=records.get(name), state=job_state(job, records.get(name), at=at))
        for name, job in scheduled_jobs().items()
    ]


def job_state(job: Job, record: ScheduledJob | None, *, at: datetime | None = None) -> JobState:
    """What a job's record means at ``at``. No query.

    Overdue is a job that has not succeeded for two intervals and a grace, counted from when it was first known;
    failing one whose last run failed.
    """
    if record is None:
        return JobState.NEVER
    if (at or timezone.now()) > job.overdue_after(record.last_succeeded_at or record.created_at):
        return JobState.OVERDUE
    if record.failures_in_a_row:
        return JobState.FAILING
    return JobState.FINE if record.last_succeeded_at else JobState.NEVER


def jobs_sync(records: models.QuerySet[Any]) -> None:
    """Give every job of the code its record, so that one that never runs is missed; drop the others'. Two queries."""
    names = list(scheduled_jobs())
    records.bulk_create([records.model(name=name) for name in names], ignore_conflicts=True)
    records.exclude(name__in=names).delete()
