"""Who takes rooms of a type on which nights: inventory knows its blocks, the apps above it add their stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class StayTaken:
    """A stay ``[start, end)`` that takes rooms. ``key`` tells it from others and never leaves the house."""

    key: str
    start: date
    end: date
    version: int
    changed_at: datetime


StaySource = Callable[[int, date], list[StayTaken]]
"""Gives the stays of a room type that are not over on a date. One query."""

_sources: list[StaySource] = []


def stay_source_register(source: StaySource) -> None:
    """Add a source of stays; called when an app is ready."""
    if source not in _sources:
        _sources.append(source)


def stays_taken(room_type_id: int, first: date) -> list[StayTaken]:
    """Every stay of a room type that is not over on ``first``. One query per source."""
    return [stay for source in _sources for stay in source(room_type_id, first)]
