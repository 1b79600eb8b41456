"""The backups: read from their files alone, so that the line is there while the database is away."""

from __future__ import annotations

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.backups.scheduling import DRILL
from core.backups.state import backups_state
from core.schedule.registry import scheduled_jobs
from core.system.archiving import log_archive
from core.system.checked import first_run
from core.system.lines import Finding, Group, Reads, State, system_line

HOUR_SECONDS = 3_600


@system_line("backups", label=_("Backups"), group=Group.DATA, runbook="backup-old", order=40)
def backups() -> Finding:
    """Whether the newest one that was verified is young, as large as expected, and whole. Reads the manifests."""
    state = backups_state()
    problems = [problem for problem in state.problems if not problem.code.startswith("drill")]
    if problems:
        figure = " ".join(problem.text for problem in problems[:2])
        return Finding(State.RED, figure, gettext("Make one now: manage.py backup_create."), state.age_hours)
    if state.age_hours is None:
        return Finding(State.GREY, gettext("none is asked for"))
    figure = gettext("%(number)d, the newest verified %(hours).1f hours old") % {
        "number": state.count,
        "hours": state.age_hours,
    }
    return Finding(State.GREEN, figure, value=state.age_hours)


@system_line("drill", label=_("Restore drill"), group=Group.DATA, runbook="backup-drill-failed", order=41)
def drill() -> Finding:
    """Whether the last rehearsed restore went well, and how long a real one would take."""
    state = backups_state()
    problem = next((one for one in state.problems if one.code.startswith("drill")), None)
    if problem is not None:
        return Finding(
            State.RED, problem.text, gettext("Rehearse a restore: manage.py backup_verify --level restore.")
        )
    if state.recovery_seconds is None:
        job, now = scheduled_jobs()[DRILL], timezone.now()
        waits = first_run(job, since=state.oldest_at or now, at=now)
        return Finding(
            State.GREY if waits else State.AMBER,
            waits or gettext("not yet rehearsed"),
            gettext("It is rehearsed every week."),
        )
    figure = gettext("went well; a restore takes %(number).0f s") % {"number": state.recovery_seconds}
    return Finding(State.GREEN, figure, value=state.recovery_seconds)


@system_line(
    "log-archive",
    label=_("Archive of the database's log"),
    group=Group.DATA,
    runbook="log-archive-failing",
    reads=Reads.DATABASE,
    order=42,
)
def log_archive_line() -> Finding:
    """Whether the log is put away, so that any moment can be gone back to. One query."""
    archive = log_archive()
    if not archive.is_on:
        return Finding(State.GREY, gettext("not set up: a restore goes back to the newest backup"))
    if archive.is_failing:
        figure = gettext("the last attempt failed, %(number)d in all") % {"number": archive.failures}
        advice = gettext("Mend it before the disk of the database is full: manage.py wal_check.")
        return Finding(State.RED, figure, advice, archive.failures)
    if archive.last_at is None:
        return Finding(
            State.AMBER, gettext("nothing yet"), gettext("See whether it works: manage.py wal_check.")
        )
    when = gettext("last %(time)s ago") % {"time": timesince(archive.last_at)}
    return Finding(State.GREEN, when, value=archive.last_at.timestamp())
