"""Work at set times: declared beside its code, started by Celery's beat or a command, and its last success recorded.

# <app>/tasks.py
@scheduled_job("bookings.holds_expire", every=60, label=_("let holds expire"))
def holds_expire(*, at: datetime | None = None) -> int: ...

job_run("bookings.holds_expire")     # what beat, `manage.py scheduled_jobs --run` and the job's own command do
"""

from celery.schedules import crontab

from .registry import Job, scheduled_job, scheduled_jobs
from .requesting import JOB_KIND, job_request
from .running import JobFailed, JobRecord, job_recorded, job_run

__all__ = [
    "JOB_KIND",
    "Job",
    "JobFailed",
    "JobRecord",
    "crontab",
    "job_recorded",
    "job_request",
    "job_run",
    "scheduled_job",
    "scheduled_jobs",
]
