"""What Celery's workers do: run effects and scheduled jobs. The database knows what is to be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from core import idempotency
from core.audit import jobs as audit_jobs
from core.backups import scheduling as backups
from core.backups.asking import BACKUP_KIND
from core.backups.errors import BackupError
from core.backups.wal import scheduling as recovery
from core.outbox import DeadLetter, EffectRun, Queue, effect_handler, redriving
from core.outbox.running import effect_run
from core.schedule import JOB_KIND, JobFailed, crontab, job_run, scheduled_job, scheduled_jobs
from core.schedule.registry import ATTEMPTS, JOB_TASK, RETRY_SECONDS
from core.security import sessions
from core.system.looks import outside


@shared_task(name="core.tasks.effect_run")
def effect_run_task(effect_id: int, queue: str, token: str) -> str:
    """Run one effect that was handed over; a message that comes twice does nothing the second time."""
    return effect_run(effect_id=effect_id, queue=Queue(queue), token=token).value


@shared_task(name=JOB_TASK, bind=True, max_retries=ATTEMPTS - 1, default_retry_delay=RETRY_SECONDS)
def scheduled_job_run(self: Any, name: str) -> None:
    """Run one scheduled job; a failed one is tried again unless its next run comes as soon."""
    try:
        job_run(name)
    except JobFailed as error:
        if not scheduled_jobs()[name].retries:
            raise
        raise self.retry(exc=error) from error


@effect_handler(JOB_KIND, queue=Queue.SCHEDULED, label=_("scheduled job, asked for"))
def scheduled_job_asked_for(run: EffectRun) -> None:
    """Run the job that somebody asked for."""
    if run.payload["job"] not in scheduled_jobs():
        raise DeadLetter(f"there is no job {run.payload['job']}")
    job_run(run.payload["job"])


@scheduled_job(
    "core.idempotency_keys_prune", crontab=crontab(minute="40"), label=_("forget idempotency keys")
)
def idempotency_keys_prune(*, at: datetime | None = None) -> int:
    """Forget idempotency keys whose time is over; every hour."""
    return idempotency.idempotency_keys_prune(at=at)


@scheduled_job(
    "core.effects_prune", crontab=crontab(hour="3", minute="20"), label=_("forget effects that are over")
)
def effects_prune(*, at: datetime | None = None) -> int:
    """Forget effects that were done or discarded long ago; every night. Dead letters stay."""
    return redriving.effects_prune(at=at)


@scheduled_job(
    "core.sessions_prune", crontab=crontab(hour="3", minute="40"), label=_("forget sessions that are over")
)
def sessions_prune(*, at: datetime | None = None) -> int:
    """Forget sessions whose time is over; every night."""
    return sessions.sessions_prune(at=at)


@scheduled_job(audit_jobs.SEAL_JOB, every=60, label=_("seal the log of changes"))
def audit_seal(*, at: datetime | None = None) -> int:
    """Give what was committed its place in the chain of the log; every minute."""
    return audit_jobs.log_seal()


@scheduled_job(
    audit_jobs.VERIFY_JOB, crontab=crontab(hour="4", minute="10"), label=_("check the log of changes")
)
def audit_verify(*, at: datetime | None = None) -> dict[str, Any]:
    """Check the log of changes against its chain; every night. Fails where something does not fit."""
    return audit_jobs.log_verify()


@effect_handler(BACKUP_KIND, queue=Queue.SCHEDULED, label=_("backup, asked for"))
def backup_asked_for(run: EffectRun) -> None:
    """Make the backup that somebody asked for. It is not tried again: who asked sees that it failed."""
    try:
        backups.backup_scheduled(run.payload["kind"], always=True)
    except BackupError as error:
        raise DeadLetter(str(error)) from error


@scheduled_job(backups.DAILY, crontab=backups.TIMES[backups.DAILY], label=_("back up, every night"))
def backup_daily(*, at: datetime | None = None) -> dict[str, Any]:
    """Make the daily backup."""
    return backups.backup_scheduled("daily")


@scheduled_job(backups.WEEKLY, crontab=backups.TIMES[backups.WEEKLY], label=_("back up, every Sunday"))
def backup_weekly(*, at: datetime | None = None) -> dict[str, Any]:
    """Make the weekly backup."""
    return backups.backup_scheduled("weekly")


@scheduled_job(
    backups.MONTHLY, crontab=backups.TIMES[backups.MONTHLY], label=_("back up, on the first of the month")
)
def backup_monthly(*, at: datetime | None = None) -> dict[str, Any]:
    """Make the monthly backup."""
    return backups.backup_scheduled("monthly")


@scheduled_job(backups.DRILL, crontab=backups.TIMES[backups.DRILL], label=_("rehearse a restore"))
def backup_drill(*, at: datetime | None = None) -> dict[str, Any]:
    """Restore the newest backup into a scratch database, and prove that it works."""
    return backups.drill_scheduled()


@scheduled_job(backups.MONITOR, crontab=backups.TIMES[backups.MONITOR], label=_("watch the backups"))
def backup_monitor(*, at: datetime | None = None) -> dict[str, Any]:
    """Tell the operators when the newest backup is too old or not good; every hour."""
    return backups.monitor_scheduled()


@scheduled_job(
    recovery.BASE_JOB, crontab=recovery.TIMES[recovery.BASE_JOB], label=_("make a base backup, every night")
)
def backup_base(*, at: datetime | None = None) -> dict[str, Any]:
    """Copy the server's files, where its log is archived."""
    return recovery.base_scheduled()


@scheduled_job(
    recovery.CHECK_JOB,
    crontab=recovery.TIMES[recovery.CHECK_JOB],
    label=_("look for gaps in the archived log"),
)
def wal_check(*, at: datetime | None = None) -> dict[str, Any]:
    """Look for gaps in the archive of the database's log, where there is one; every hour."""
    return recovery.check_scheduled()


@scheduled_job(outside.LOOK_JOB, every=300, label=_("look at certificates and the mail server"))
def outside_look(*, at: datetime | None = None) -> dict[str, Any]:
    """Look at what is outside, for the figures of Prometheus; every five minutes."""
    return outside.outside_look()
