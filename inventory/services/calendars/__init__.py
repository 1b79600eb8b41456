"""Bringing calendars of other channels into the inventory.

What an outside event wants, it gets as far as rooms are free: it is blocked night by night, and the nights that are
sold already are a conflict for staff, open until rooms become free (then they are blocked) or the event goes away.
Nights before today are history and are never touched.

Everything here is done under the house's setup lock, one calendar at a time. Lock order: setup lock → RoomInventory.
"""

from .conflicts import conflict_resolve
from .fetching import CalendarFetchFailed, calendar_fetch, calendar_fetches_enqueue, conflicts_retry
from .importing import calendar_apply
from .managing import (
    calendar_add,
    calendar_change,
    calendar_fetch_now,
    calendar_remove,
    calendar_shrink_accept,
)
from .report import ImportReport

__all__ = [
    "CalendarFetchFailed",
    "ImportReport",
    "calendar_add",
    "calendar_apply",
    "calendar_change",
    "calendar_fetch",
    "calendar_fetch_now",
    "calendar_fetches_enqueue",
    "calendar_remove",
    "calendar_shrink_accept",
    "conflict_resolve",
    "conflicts_retry",
]
