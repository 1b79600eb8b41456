"""What a write of inventory outdates. Receivers call this for single rows, services after bulk writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.cache.generations import MadeFrom, bump
from core.cache.keys import AVAILABILITY, CATALOGUE, NIGHTS, SPECIAL_DAYS
from core.dates import monday_of

EVERY_PROPERTY = 0
"""Scope of what is made from several properties."""
EVERY_WEEK = "every"
"""Scope of what shows nights of any week."""


def catalogue_changed(*, property_id: int) -> None:
    """Outdate a property's catalogue, and with it its calendars and what is made from several properties."""
    bump(CATALOGUE, property_id)
    bump(CATALOGUE, EVERY_PROPERTY)
    bump(AVAILABILITY, property_id)


def special_days_changed(*, property_id: int) -> None:
    """Outdate a property's special days, which are also terms of its catalogue."""
    bump(SPECIAL_DAYS, property_id)
    catalogue_changed(property_id=property_id)


def availability_changed(*, property_id: int) -> None:
    """Outdate a property's free rooms, rates and calendars."""
    bump(AVAILABILITY, property_id)


def nights_changed(*, property_id: int, nights: Iterable[date]) -> None:
    """Outdate what shows how many rooms are free on these nights; other weeks stay as they are."""
    bump(NIGHTS, property_id, EVERY_WEEK)
    for monday in _mondays(nights):
        bump(NIGHTS, property_id, monday)


def made_from_nights(property_id: int, nights: Iterable[date]) -> list[MadeFrom]:
    """The scopes of what shows how many rooms are free on these nights."""
    return [(NIGHTS, (property_id, monday)) for monday in _mondays(nights)]


def _mondays(nights: Iterable[date]) -> list[str]:
    """Return the weeks of some nights, each named for its Monday."""
    return sorted({monday_of(night).isoformat() for night in nights})
