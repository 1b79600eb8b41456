"""What the nightly proofs found: each is a scheduled job that fails where something differs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext

from core.models import ScheduledJob
from core.schedule.missed import GRACE_SECONDS, job_due_after
from core.schedule.registry import Job, scheduled_jobs

from .lines import Finding, State

CHECK_HOURS_MAX = 26
"""A nightly proof that is older proves nothing any more."""


def job_finding(name: str, *, command: str, at: datetime | None = None) -> Finding:
    """What the last run of a nightly proof says: green, red where it failed, amber where it is old. One query.

    Grey before the first night of a new installation: nothing is wrong, and nothing is proven yet.
    """
    record = ScheduledJob.objects.filter(pk=name).first()
    ran_at, now = _ran_at(record), at or timezone.now()
    if record is None or ran_at is None:
        advice = gettext("Check now: %(command)s") % {"command": command}
        job = scheduled_jobs().get(name)
        waits = first_run(job, since=record.created_at, at=now) if job and record else ""
        return Finding(State.GREY if waits else State.AMBER, waits or gettext("never checked"), advice)
    when = gettext("checked %(time)s ago") % {"time": timesince(ran_at, now)}
    if record.failures_in_a_row:
        figure = f"{when}: {_first_line(record.last_error)}"
        return Finding(State.RED, figure, gettext("See what differs: %(command)s") % {"command": command}, 0)
    figure = f"{when}: {_exact(record.last_result)}"
    if now - ran_at > timedelta(hours=CHECK_HOURS_MAX):
        return Finding(State.AMBER, figure, gettext("Check now: %(command)s") % {"command": command}, 1)
    return Finding(State.GREEN, figure, value=1)


def first_run(job: Job, *, since: datetime, at: datetime) -> str:
    """When a job that has been there ``since`` then runs for the first time, in words; nothing once that was missed."""
    due_at = job_due_after(job, since)
    if at > due_at + timedelta(seconds=GRACE_SECONDS):
        return ""
    when = date_format(timezone.localtime(due_at), "SHORT_DATETIME_FORMAT")
    return gettext("not yet, first run on %(time)s") % {"time": f"{when} {timezone.localtime(due_at):%Z}"}


def proof_state(name: str) -> int:
    """The last run of a proof as a figure: 1 exact, 0 not, -1 never run. One query."""
    return record_state(ScheduledJob.objects.filter(pk=name).first())


def record_state(record: ScheduledJob | None) -> int:
    """The same of a record that was read."""
    if record is None or _ran_at(record) is None:
        return -1
    return int(not record.failures_in_a_row)


def _ran_at(record: ScheduledJob | None) -> datetime | None:
    """When it last ended, well or not."""
    if record is None:
        return None
    ends = [moment for moment in (record.last_succeeded_at, record.last_failed_at) if moment is not None]
    return max(ends, default=None)


def _exact(result: Any) -> str:
    """How much was looked at, where the job says so."""
    number = result.get("entries") if isinstance(result, dict) else result
    if isinstance(number, int) and not isinstance(number, bool):
        return gettext("%(number)d looked at, all exact") % {"number": number}
    return gettext("all exact")


def _first_line(error: str) -> str:
    return (error.splitlines() or [gettext("it failed")])[0][:160]
