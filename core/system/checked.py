"""What the nightly proofs found: each is a scheduled job that fails where something differs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from core.models import ScheduledJob

from .lines import Finding, State

CHECK_HOURS_MAX = 26
"""A nightly proof that is older proves nothing any more."""


def job_finding(name: str, *, command: str, at: datetime | None = None) -> Finding:
    """What the last run of a nightly proof says: green, red where it failed, amber where it is old. One query."""
    record = ScheduledJob.objects.filter(pk=name).first()
    ran_at = _ran_at(record)
    if record is None or ran_at is None:
        advice = gettext("Check now: %(command)s") % {"command": command}
        return Finding(State.AMBER, gettext("never checked"), advice)
    now = at or timezone.now()
    when = gettext("checked %(time)s ago") % {"time": timesince(ran_at, now)}
    if record.failures_in_a_row:
        figure = f"{when}: {_first_line(record.last_error)}"
        return Finding(State.RED, figure, gettext("See what differs: %(command)s") % {"command": command}, 0)
    figure = f"{when}: {_exact(record.last_result)}"
    if now - ran_at > timedelta(hours=CHECK_HOURS_MAX):
        return Finding(State.AMBER, figure, gettext("Check now: %(command)s") % {"command": command}, 1)
    return Finding(State.GREEN, figure, value=1)


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
