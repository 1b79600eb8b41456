"""Running a job and writing down how that went."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db.models import F
from django.utils import timezone

from core.audit import audit_origin
from core.models import ScheduledJob
from core.observability.middleware import request_id_of

from .registry import scheduled_jobs

ERROR_LENGTH = 2_000

logger = structlog.get_logger(__name__)


class JobFailed(Exception):
    """A scheduled job failed; the cause is the job's own error."""


@dataclass(slots=True)
class JobRecord:
    """What a run puts into its job's record: ``result`` is JSON."""

    result: Any = None


@contextmanager
def job_recorded(name: str, *, at: datetime | None = None) -> Iterator[JobRecord]:
    """Record what the block does as a run of the job: when, how long, its result or its error, which goes on.

    For commands that do a job with options of their own. Two queries; opens no transaction.
    Raises `KeyError` for a name that no job has.
    """
    job = scheduled_jobs()[name]
    started_at, clock, record = at or timezone.now(), time.monotonic(), JobRecord()
    ScheduledJob.objects.bulk_create(
        [ScheduledJob(name=job.name, last_started_at=started_at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["last_started_at"],
    )
    row = ScheduledJob.objects.filter(pk=job.name)
    request_id = request_id_of(None) or uuid.uuid4().hex  # what it asks for is found again by it
    with (
        structlog.contextvars.bound_contextvars(job=job.name, request_id=request_id),
        audit_origin("job", job.name),
    ):
        try:
            yield record
        except Exception as error:
            row.update(
                last_failed_at=at or timezone.now(),
                last_duration_ms=_milliseconds(clock),
                last_error=error_text(error),
                failures_in_a_row=F("failures_in_a_row") + 1,
            )
            raise
        row.update(
            last_succeeded_at=at or timezone.now(),
            last_duration_ms=_milliseconds(clock),
            last_result=record.result,
            last_error="",
            failures_in_a_row=0,
        )
        logger.info("scheduled_job_run", duration_ms=_milliseconds(clock), result=record.result)


def job_run(name: str, *, at: datetime | None = None) -> Any:
    """Run a job now and record it; what it returns. Two queries besides its own, outside any transaction.

    Raises `KeyError` for a name that no job has, and `JobFailed` from what the job raised, after recording it.
    """
    job = scheduled_jobs()[name]
    try:
        with job_recorded(name, at=at) as record:
            record.result = job.function(at=at)
    except Exception as error:
        raise JobFailed(f"{name}: {error_text(error)}") from error
    return record.result


def error_text(error: Exception) -> str:
    """An error in one line that the database takes."""
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:ERROR_LENGTH]


def _milliseconds(clock: float) -> int:
    return round((time.monotonic() - clock) * 1000)
