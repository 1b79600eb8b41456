"""Background work of reports: exports, and what is sent regularly."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.outbox import EffectRun, Queue, Retry, effect_handler
from core.schedule import crontab, scheduled_job

from .services import (
    daily_stats_check_nightly,
    daily_stats_refresh,
    exporting,
    scheduling,
    sending,
    writing,
)

EXPORT_RETRY = Retry(attempts=4, base_seconds=10)


@effect_handler(exporting.WRITE, queue=Queue.PROCESSING, retry=EXPORT_RETRY, label=_("export"))
def export_write(run: EffectRun) -> None:
    """Write the file of an export."""
    writing.export_write(
        export_id=run.payload["export_id"], run=run, is_last=run.attempt >= EXPORT_RETRY.attempts_allowed
    )


@effect_handler(scheduling.SEND, queue=Queue.PROCESSING, label=_("scheduled report"))
def report_send(run: EffectRun) -> None:
    """Compute a scheduled report and write it to those who get it."""
    sending.report_send(
        schedule_id=run.payload["schedule_id"],
        due_at=datetime.fromisoformat(run.payload["due_at"]),
        only_user_id=run.payload.get("user_id"),
        key=run.dedup_key,
    )


@scheduled_job("reports.schedules_send", every=60, label=_("send scheduled reports"))
def schedules_send(*, at: datetime | None = None) -> int:
    """Have reports sent whose time it is; how many."""
    return scheduling.schedules_send(at=at)


@scheduled_job("reports.files_delete", crontab=crontab(hour="4", minute="20"), label=_("delete old exports"))
def files_delete(*, at: datetime | None = None) -> int:
    """Delete files of exports and reports whose time is over; every night."""
    return exporting.exports_delete_old(at=at) + sending.report_files_delete_old(at=at)


@scheduled_job("reports.days_refresh", every=60, label=_("add up the days that bookings have changed"))
def days_refresh(*, at: datetime | None = None) -> int:
    """Add up what bookings have changed, so that who reads a report next does not have to; every minute."""
    del at
    return daily_stats_refresh()


@scheduled_job(
    "reports.dailystats_check", crontab=crontab(hour="2", minute="50"), label=_("prove the figures of days")
)
def dailystats_check(*, at: datetime | None = None) -> int:
    """Prove that the figures of days equal the bookings; every night."""
    return daily_stats_check_nightly(at=at)
