"""The whole page: every line is looked at, and none is waited for longer than a moment."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from core.observability.bounded import Asked, NoAnswer, ask
from core.observability.health import database_reachable
from core.observability.queries import bulk_work

from .lines import Finding, Group, Reads, State, SystemLine, system_lines

WAIT_SECONDS = 2.5
"""So long the others are waited for, all together."""
STATEMENT_MILLISECONDS = 2_000
ORDER = (State.RED, State.AMBER, State.GREY, State.GREEN)
"""From worst to best."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown."""

    key: str
    label: str | Promise
    group: Group
    state: State
    figure: str
    advice: str
    runbook: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every line, when they were looked at, and how long that took in seconds."""

    at: datetime
    seconds: float
    lines: tuple[Line, ...]

    @property
    def state(self) -> State:
        """The worst state of all; what is not known makes nothing worse."""
        states = {line.state for line in self.lines} - {State.GREY}
        return next((state for state in ORDER if state in states), State.GREEN)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are in which state."""
        counted = Counter(line.state.value for line in self.lines)
        return {state.value: counted[state.value] for state in ORDER}

    @property
    def groups(self) -> list[tuple[Group, list[Line]]]:
        """The lines group by group."""
        return [(group, [line for line in self.lines if line.group is group]) for group in Group]

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        lines = [asdict(line) | {"label": str(line.label), "group": line.group.value} for line in self.lines]
        return {
            "state": self.state.value,
            "at": self.at.isoformat(),
            "seconds": self.seconds,
            "counts": self.counts,
            "lines": [line | {"state": State(line["state"]).value} for line in lines],
        }


def system_report(*, at: datetime | None = None) -> Report:
    """Look at everything. Takes at most some three seconds, whoever is away; about 25 queries."""
    started = time.monotonic()
    lines = system_lines()
    asked = {line.key: ask(f"system-{line.key}", line.look) for line in lines if line.reads is Reads.NETWORK}
    has_database = database_reachable() is not None
    found: dict[str, Finding] = {}
    for line in lines:
        if line.reads is Reads.NOTHING:
            found[line.key] = _looked(line)
        elif line.reads is Reads.DATABASE:
            found[line.key] = _looked_in_database(line) if has_database else _unknown()
    deadline = started + WAIT_SECONDS
    for key, question in asked.items():
        found[key] = _answered(question, deadline - time.monotonic())
    return Report(
        at=at or timezone.now(),
        seconds=round(time.monotonic() - started, 3),
        lines=tuple(_line(line, found[line.key]) for line in lines),
    )


def _looked(line: SystemLine) -> Finding:
    try:
        return line.look()
    except Exception as error:
        logger.exception("system_line_failed", line=line.key)
        return _failed(error)


def _looked_in_database(line: SystemLine) -> Finding:
    """Look with a limit for every statement, and undo what is left of a failed one."""
    try:
        with transaction.atomic():
            with bulk_work(), connection.cursor() as cursor:  # the same for each line, which is meant
                cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_MILLISECONDS}")
                cursor.execute(f"SET LOCAL lock_timeout = {STATEMENT_MILLISECONDS}")
            finding = line.look()
            if connection.in_atomic_block and connection.savepoint_ids:
                _limits_lift()
            return finding
    except Exception as error:
        logger.exception("system_line_failed", line=line.key)
        return _failed(error)


def _limits_lift() -> None:
    """Within a transaction of somebody else's, which goes on: the limits were for us alone."""
    with bulk_work(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _answered(question: Asked[Finding], seconds: float) -> Finding:
    try:
        return question.answer(seconds)
    except NoAnswer:
        return Finding(
            State.RED, gettext("no answer in time"), gettext("See whether it runs and can be reached.")
        )
    except Exception as error:
        logger.exception("system_line_failed", line=question.name)
        return _failed(error)


def _failed(error: Exception) -> Finding:
    return Finding(
        State.RED,
        gettext("looking failed: %(error)s") % {"error": type(error).__name__},
        gettext("Read the log of this process; it says why."),
    )


def _unknown() -> Finding:
    return Finding(State.GREY, gettext("not known without the database"))


def _line(line: SystemLine, finding: Finding) -> Line:
    return Line(
        key=line.key,
        label=line.label,
        group=line.group,
        state=finding.state,
        figure=finding.figure,
        advice=finding.advice,
        runbook=line.runbook,
        value=finding.value,
    )
