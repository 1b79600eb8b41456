"""What is looked at: each part of the installation declares its line beside its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How a part is. Amber needs no getting up at night; grey is not set up here, or cannot be known just now."""

    GREEN = "green", _("good")
    AMBER = "amber", _("look at it")
    RED = "red", _("act now")
    GREY = "grey", _("not known")


class Group(models.TextChoices):
    """What belongs together on the page, in its order."""

    SERVERS = "servers", _("Servers")
    PROGRAMS = "programs", _("Programs")
    WORK = "work", _("Work")
    DATA = "data", _("Data")
    MACHINE = "machine", _("Machine")


class Reads(StrEnum):
    """What a look needs, and with it where it is done and how long it may take."""

    NOTHING = "nothing"
    """This process and the cache server, whose answers are bounded everywhere."""
    DATABASE = "database"
    """The database: not done while it is away, and every statement is limited."""
    NETWORK = "network"
    """Others: done in a thread beside the rest, and given up in time. It reads nothing of our database."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found: the state, a figure in words, what to do about it, and the figure as a number if it is one."""

    state: State
    figure: str
    advice: str = ""
    value: float | None = None


Look = Callable[[], Finding]


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One line. ``runbook`` is the entry of docs/runbook.md that says what to do; small ``order`` comes first."""

    key: str
    label: str | Promise
    group: Group
    reads: Reads
    runbook: str
    look: Look
    order: int


_lines: dict[str, SystemLine] = {}


def system_line(
    key: str,
    *,
    label: str | Promise,
    group: Group,
    runbook: str,
    reads: Reads = Reads.NOTHING,
    order: int = 50,
) -> Callable[[Look], Look]:
    """Add a line to the page; as a decorator, in an app's ``system_lines.py``."""

    def register(look: Look) -> Look:
        _lines[key] = SystemLine(key, label, group, reads, runbook, look, order)
        return look

    return register


def system_lines() -> list[SystemLine]:
    """Every line, group by group."""
    groups = list(Group)
    return sorted(_lines.values(), key=lambda line: (groups.index(line.group), line.order))
