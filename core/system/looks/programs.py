"""The programs beside the web processes: workers, dispatcher, scheduler."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import Queue
from core.system.heartbeats import BEAT, DISPATCHER, WORKER, heartbeats
from core.system.lines import Finding, Group, State, system_line


def _alive(program: str, queue: str, command: str) -> Finding:
    """What the last heartbeat says. Two round trips to the cache server."""
    told = heartbeats()
    if told is None:
        return Finding(State.GREY, gettext("not known without the cache server"))
    last = next((one for one in told if (one.program, one.queue) == (program, queue)), None)
    if last is None:
        return Finding(State.GREY, gettext("not used here"))
    advice = gettext("Start it: %(command)s") % {"command": command}
    if last.age_seconds is None:
        return Finding(State.RED, gettext("never heard of"), advice)
    figure = gettext("heard of %(seconds)d s ago") % {"seconds": last.age_seconds}
    if last.is_silent:
        return Finding(State.RED, figure, advice, last.age_seconds)
    return Finding(State.GREEN, figure, value=last.age_seconds)


@system_line("worker-email", label=_("Worker for e-mail"), group=Group.PROGRAMS, runbook="worker-silent")
def worker_email() -> Finding:
    """When the worker that sends mails was last heard of."""
    return _alive(WORKER, Queue.EMAIL, "celery -A config.celery worker --queues email")


@system_line(
    "worker-processing", label=_("Worker for processing"), group=Group.PROGRAMS, runbook="worker-silent"
)
def worker_processing() -> Finding:
    """When the worker for payments, webhooks and exports was last heard of."""
    return _alive(WORKER, Queue.PROCESSING, "celery -A config.celery worker --queues processing")


@system_line(
    "worker-scheduled", label=_("Worker for scheduled work"), group=Group.PROGRAMS, runbook="worker-silent"
)
def worker_scheduled() -> Finding:
    """When the worker for work at set times was last heard of."""
    return _alive(WORKER, Queue.SCHEDULED, "celery -A config.celery worker --queues scheduled")


@system_line(
    "dispatcher", label=_("Dispatcher of the outbox"), group=Group.PROGRAMS, runbook="dispatcher-silent"
)
def dispatcher() -> Finding:
    """When who hands work to the workers was last heard of."""
    return _alive(DISPATCHER, "", "manage.py dispatch_outbox --celery --watch")


@system_line("beat", label=_("Scheduler (beat)"), group=Group.PROGRAMS, runbook="beat-silent")
def beat() -> Finding:
    """When who starts work at set times was last heard of."""
    return _alive(BEAT, "", "celery -A config.celery beat")
