"""Work beside requests: what waits, what was given up, what runs at set times, and whom we cannot call."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.audit.jobs import VERIFY_JOB
from core.outbox.figures import outbox_figures
from core.resilience.breaker import Status
from core.resilience.report import service_states
from core.resilience.services import service_label
from core.schedule.states import JobState, job_statuses
from core.system.checked import job_finding
from core.system.lines import Finding, Group, Reads, State, system_line

WAIT_SECONDS_MAX = 600
BACKLOG_MAX = 100
NAMES_SHOWN = 3


@system_line(
    "outbox", label=_("Work that waits"), group=Group.WORK, runbook="outbox-old", reads=Reads.DATABASE
)
def outbox() -> Finding:
    """How much is due in all queues, and how long the oldest has been. One query."""
    queues = outbox_figures()
    due, lag = sum(queue.due for queue in queues), max(queue.lag_seconds for queue in queues)
    if not due:
        return Finding(State.GREEN, gettext("nothing is due"), value=0)
    figure = ngettext(
        "%(number)d due, for %(seconds)d s", "%(number)d due, the oldest for %(seconds)d s", due
    ) % {"number": due, "seconds": lag}
    advice = gettext("See whether dispatcher and workers run; nothing is lost.")
    if lag > WAIT_SECONDS_MAX:
        return Finding(State.RED, figure, advice, lag)
    if max(queue.due for queue in queues) > BACKLOG_MAX:
        return Finding(State.AMBER, figure, advice, lag)
    return Finding(State.GREEN, figure, value=lag)


@system_line(
    "dead-letters", label=_("Work given up"), group=Group.WORK, runbook="dead-letters", reads=Reads.DATABASE
)
def dead_letters() -> Finding:
    """Effects that failed for the last time, and that nobody has decided about. One query."""
    dead = sum(queue.dead for queue in outbox_figures())
    if not dead:
        return Finding(State.GREEN, gettext("nothing"), value=0)
    figure = ngettext("%(number)d dead letter", "%(number)d dead letters", dead) % {"number": dead}
    return Finding(State.RED, figure, gettext("Read why, then try them again or discard them."), dead)


@system_line("jobs", label=_("Scheduled work"), group=Group.WORK, runbook="job-overdue", reads=Reads.DATABASE)
def jobs() -> Finding:
    """Whether everything ran when it should have. One query."""
    statuses = job_statuses()
    overdue = [status.job.name for status in statuses if status.state == JobState.OVERDUE]
    failing = [status.job.name for status in statuses if status.state == JobState.FAILING]
    never = [status.job.name for status in statuses if status.state == JobState.NEVER]
    if overdue:
        figure = gettext("overdue: %(names)s") % {"names": _some(overdue)}
        return Finding(State.RED, figure, gettext("See why: manage.py scheduled_jobs."), len(overdue))
    if failing:
        figure = gettext("failing: %(names)s") % {"names": _some(failing)}
        return Finding(State.AMBER, figure, gettext("See why: manage.py scheduled_jobs."), len(failing))
    ran = len(statuses) - len(never)
    figure = gettext("%(ran)d of %(all)d have run, none is late") % {"ran": ran, "all": len(statuses)}
    return Finding(State.GREEN, figure, value=0)


@system_line("breakers", label=_("Outside services"), group=Group.WORK, runbook="breaker-open")
def breakers() -> Finding:
    """Which services are left alone because they fail. Two round trips to the cache server."""
    states = service_states()
    resting = sorted(name for name, status in states.items() if status is Status.OPEN)
    if not resting:
        figure = ngettext("%(number)d in use, it answers", "%(number)d in use, all answer", len(states))
        return Finding(State.GREEN, figure % {"number": len(states)}, value=0)
    figure = gettext("left alone: %(names)s") % {"names": _some([service_label(name) for name in resting])}
    return Finding(State.RED, figure, gettext("See what they answer, at “Outside services”."), len(resting))


@system_line(
    "audit", label=_("Log of changes"), group=Group.DATA, runbook="audit-broken", reads=Reads.DATABASE
)
def audit() -> Finding:
    """What the nightly check of the log's chain found. One query."""
    return job_finding(VERIFY_JOB, command="manage.py audit_verify")


def _some(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" +{more}" if more > 0 else "")
