"""Jobs that were not started when they should have been: the scheduler was away, or the broker lost its message."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from core.models import ScheduledJob

from .registry import Job, scheduled_jobs
from .requesting import job_request

GRACE_SECONDS = 120

logger = structlog.get_logger(__name__)


def jobs_missed_request(*, at: datetime | None = None) -> list[str]:
    """Have every job run soon that was due two minutes ago and was not started since; their names.

    Asked for once for each time that was missed, however often and by how many this is called. One query, and one
    more for each missed job.
    """
    now = at or timezone.now()
    jobs = scheduled_jobs()
    missed = []
    for record in ScheduledJob.objects.filter(name__in=jobs):
        due_at = job_due_after(jobs[record.name], record.last_started_at or record.created_at)
        if now <= due_at + timedelta(seconds=GRACE_SECONDS):
            continue
        if job_request(record.name, at=now, occasion=f"{due_at:%Y-%m-%dT%H:%M:%S.%f}"):
            missed.append(record.name)
    if missed:
        logger.warning("scheduled_jobs_missed", jobs=missed)
    return missed


def job_due_after(job: Job, moment: datetime) -> datetime:
    """When a job that was started at ``moment`` is due again."""
    if job.crontab is None:
        return moment + timedelta(seconds=job.every or 0)
    start, pause, _now = job.crontab.remaining_delta(moment)
    due_at: datetime = start + pause
    return due_at
