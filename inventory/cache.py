"""What a write of inventory outdates. Receivers call this for single rows, services after bulk writes."""

from __future__ import annotations

from core.cache.generations import bump
from core.cache.keys import AVAILABILITY, CATALOGUE, SPECIAL_DAYS

EVERY_PROPERTY = 0
"""Scope of what is made from several properties."""


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
