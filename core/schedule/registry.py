"""Which work is done when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from celery.schedules import crontab
from django.utils import timezone
from django.utils.functional import Promise

JOB_TASK = "core.tasks.scheduled_job_run"
RETRY_SECONDS = 60
ATTEMPTS = 3
OVERDUE_GRACE_SECONDS = 300
RUNS_LOOKED_AT = 40


class JobFunction(Protocol):
    """The work of a job: safe to run twice at the same time; what it returns (JSON) is kept as its result."""

    def __call__(self, *, at: datetime | None = None) -> Any: ...


JobFunctionT = TypeVar("JobFunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of scheduled work: ``every`` so many seconds, or when a crontab (in UTC) says so."""

    name: str
    function: JobFunction
    label: str | Promise
    every: float | None
    crontab: crontab | None

    @property
    def times(self) -> str:
        """When it runs: every so many seconds, or the five fields of its crontab, in UTC."""
        if self.crontab is None:
            return f"every {self.every:g} s"
        plan: Any = self.crontab
        fields = (plan._orig_minute, plan._orig_hour, plan._orig_day_of_month, plan._orig_month_of_year)
        return " ".join(str(field) for field in (*fields, plan._orig_day_of_week))

    @property
    def interval_seconds(self) -> float:
        """The longest time between two runs; of a crontab, among its coming forty."""
        if self.crontab is None:
            return self.every or 0.0
        moment, longest = timezone.now(), 0.0
        for run in range(RUNS_LOOKED_AT):
            start, pause, _now = self.crontab.remaining_delta(moment)
            following = start + pause
            if run:  # the first pause began before now
                longest = max(longest, (following - moment).total_seconds())
            moment = following
        return longest

    @property
    def retries(self) -> bool:
        """Whether a failed run is tried again, or the next run comes as early as the retry would."""
        return self.interval_seconds > RETRY_SECONDS * ATTEMPTS

    def overdue_after(self, last_success: datetime) -> datetime:
        """When a job that last succeeded then has missed its time: after two intervals and a grace."""
        return last_success + timedelta(seconds=2 * self.interval_seconds + OVERDUE_GRACE_SECONDS)


_jobs: dict[str, Job] = {}


def scheduled_job(
    name: str, *, every: float | None = None, crontab: crontab | None = None, label: str | Promise = ""
) -> Callable[[JobFunctionT], JobFunctionT]:
    """Make a function a scheduled job; it belongs into an app's ``tasks.py``, where it is found.

    ``every`` is in seconds, ``crontab`` in UTC; exactly one of them. The function takes ``at``, must be safe to run
    twice at the same time, and returns JSON. Raises `ValueError` for a name that is taken.
    """
    if (every is None) == (crontab is None):
        raise ValueError(f"the job {name} runs every so many seconds or by a crontab")

    def register(function: JobFunctionT) -> JobFunctionT:
        known = _jobs.get(name)
        if known is not None and known.function is not function:
            raise ValueError(f"there is a scheduled job {name} already")
        _jobs[name] = Job(name=name, function=function, label=label or name, every=every, crontab=crontab)
        return function

    return register


def scheduled_jobs() -> dict[str, Job]:
    """Every job there is, by name."""
    return dict(sorted(_jobs.items()))


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The schedule as Celery's beat reads it. A message that nobody took before the next one is dropped."""
    return {
        job.name: {
            "task": JOB_TASK,
            "schedule": job.every if job.every is not None else job.crontab,
            "args": (job.name,),
            "options": {"queue": "scheduled", "expires": max(job.every or 3600.0, 30.0)},
        }
        for job in scheduled_jobs().values()
    }
