"""What the page of the administration shows of the backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import BackupRun
from core.schedule.missed import job_due_after
from core.schedule.registry import scheduled_jobs

from .catalog import Backup, backups_list
from .drills import DrillRecord
from .scheduling import MONITOR, TIMES
from .state import BackupsState, backups_state

RUNS_SHOWN = 15
STEPS: dict[str, str | Promise] = {
    "hash": _("compare the hashes"),
    "decode": _("read everything to its end"),
    "restore": _("restore the database"),
    "compare": _("compare every table"),
    "reapply": _("do again what was done since"),
    "start": _("start the program"),
    "migrate": _("bring the schema up to date"),
    "migrations": _("check the migrations"),
    "inventory": _("check the inventory"),
    "ledger": _("check the ledger"),
    "log of changes": _("check the log of changes"),
    "booking": _("make a booking"),
}
"""The steps of a drill in words."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What the schedule does next."""

    label: str | Promise
    at: datetime


@dataclass(frozen=True, slots=True)
class Drill:
    """A restore drill with the words of its steps."""

    at: datetime
    seconds: float
    backup: str
    error: str
    steps: list[tuple[str | Promise, float]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page. `second_place` has no password."""

    state: BackupsState
    backups: list[Backup]
    runs: list[BackupRun]
    coming: list[Coming]
    drill: Drill | None
    last_success: Drill | None
    second_place: str
    is_encrypted: bool


def backups_overview(*, at: datetime | None = None) -> Overview:
    """The page at an instant. One query; the rest is read from the files."""
    now = at or timezone.now()
    state = backups_state(at=now)
    return Overview(
        state=state,
        backups=backups_list(),
        runs=list(BackupRun.objects.all()[:RUNS_SHOWN]),
        coming=_coming(now),
        drill=_drill(state.last_drill),
        last_success=_drill(state.last_successful_drill),
        second_place=_place(settings.BACKUP_DESTINATION),
        is_encrypted=bool(settings.BACKUP_KEY_FILE),
    )


def _coming(now: datetime) -> list[Coming]:
    """The next time of each job, the earliest first; none where others make the backups."""
    if not settings.BACKUP_SCHEDULED:
        return []
    jobs = scheduled_jobs()
    coming = [Coming(jobs[name].label, job_due_after(jobs[name], now)) for name in TIMES if name != MONITOR]
    return sorted(coming, key=lambda one: one.at)


def _drill(record: DrillRecord | None) -> Drill | None:
    if record is None:
        return None
    steps = [(STEPS.get(name, name), seconds) for name, seconds in record.steps.items()]
    return Drill(datetime.fromisoformat(record.at), record.seconds, record.backup, record.error, steps)


def _place(text: str) -> str:
    url = urlsplit(text)
    return urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2], query=""))
