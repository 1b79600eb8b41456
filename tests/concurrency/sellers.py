"""A crowd that books and cancels through the services, with the locks or without them.

Without means: the members' own copy of the code does not lock the nights. Nothing but a test can ask for that.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from datetime import date, timedelta
from typing import Any

import django
from django.db import connection

from core import locks
from tests.concurrency.crowd import PATIENT_LOCKS_SECONDS

PAUSE_SECONDS = 0.002
"""Every member waits so long between check and write, with locks and without: what can come between, will."""

MEETING_SECONDS = 120.0
"""Without locks all members meet once between check and write of the same stay, so that the race needs no luck."""

CANCELLED_SHARE = 0.3


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Load everything once, book and cancel once so that it is warm, and take the locks away if ordered."""
    django.setup()
    locks.LOCK_TIMEOUT_SECONDS = PATIENT_LOCKS_SECONDS
    from inventory.querysets import RoomInventoryQuerySet
    from inventory.services import nights

    ends: dict[str, str] = {}
    ours: dict[int, str] = {}
    _book(orders, random.Random(orders["seed"]), ours, ends)
    _cancel(ours, ends)
    connection.close()
    write = nights._nights_update

    meeting = None if orders["locks"] else multiprocessing.Barrier(orders["members"])
    met = threading.Event()

    def write_late(*arguments: Any, **named: Any) -> Any:
        if meeting is None or met.is_set():
            time.sleep(PAUSE_SECONDS)
        else:
            met.set()
            meeting.wait(MEETING_SECONDS)
        return write(*arguments, **named)

    nights._nights_update = write_late
    if not orders["locks"]:
        RoomInventoryQuerySet.select_for_update = lambda self, **_named: self  # type: ignore[method-assign]
    return {"ends": ends, "refused": {}}


def sell(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """Book stays of one to seven nights and cancel some of them: so many attempts, or until the time is up.

    Everybody's first stay is the same and is kept.
    """
    from core.exceptions import DomainError

    chance = random.Random(orders["seed"] * 1000 + number)
    ours: dict[int, str] = {}
    ends: dict[str, str] = {}
    refused: dict[str, int] = {}
    stop_at = time.monotonic() + orders["seconds"]
    for attempt in range(orders["attempts"]):
        if time.monotonic() > stop_at:
            break
        try:
            if attempt == 0:
                _book(orders, random.Random(orders["seed"]), {}, ends)
            elif ours and chance.random() < CANCELLED_SHARE:
                _cancel(ours, ends)
            else:
                _book(orders, chance, ours, ends)
        except DomainError as error:
            refused[error.code] = refused.get(error.code, 0) + 1
    return {"ends": ends, "refused": refused}


def _book(orders: dict[str, Any], chance: random.Random, ours: dict[int, str], ends: dict[str, str]) -> None:
    from bookings.services import booking_hold
    from core.dates import StayDates
    from inventory.types import Party

    length = chance.randint(1, 7)
    arrival = date.fromisoformat(orders["first"]) + timedelta(
        days=chance.randint(0, orders["nights"] - length)
    )
    held = booking_hold(
        room_type_id=chance.choice(orders["room_types"]),
        rate_plan_id=orders["rate_plan"],
        stay=StayDates(arrival, arrival + timedelta(days=length)),
        party=Party(adults=2),
        expected_total=None,
        guest=None,
        user=None,
        actor=None,
        channel="api",
    )
    ours[held.booking.pk] = held.booking.reference
    ends[held.booking.reference] = "held"


def _cancel(ours: dict[int, str], ends: dict[str, str]) -> None:
    from bookings.services import booking_cancel

    booking_id, reference = ours.popitem()
    booking_cancel(booking_id=booking_id, actor=None)
    ends[reference] = "cancelled"
