"""Buyers and dispatchers who want the one room that came free, each in a process of their own.

The first members run the waitlist, as dispatchers do; the others book directly, again and again, as guests do who see
a room. One of the dispatchers may be ordered to die at a certain step.
"""

from __future__ import annotations

import os
import time
from datetime import date
from typing import Any

import django
from django.db import connection

from core import locks
from tests.concurrency.crowd import PATIENT_LOCKS_SECONDS


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Load everything, and free the room."""
    django.setup()
    locks.LOCK_TIMEOUT_SECONDS = PATIENT_LOCKS_SECONDS
    from bookings.services import booking_cancel

    if orders.get("cancel"):
        booking_cancel(booking_id=orders["cancel"], actor=None)
    connection.close()
    return {}


def want(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """Dispatch or buy; say what one got."""
    return _dispatch(orders) if number < orders["dispatchers"] else _buy(orders)


def _dispatch(orders: dict[str, Any]) -> dict[str, Any]:
    from waitlist.services import offers_make

    if orders.get("die_at"):
        _die_at(orders["die_at"])
    report = offers_make()
    return {"offered": report.offered}


def _buy(orders: dict[str, Any]) -> dict[str, Any]:
    from bookings.services import booking_hold
    from core.dates import StayDates
    from core.exceptions import DomainError
    from inventory.types import Party

    refused = ""
    for _attempt in range(orders["attempts"]):
        try:
            held = booking_hold(
                room_type_id=orders["room_type"],
                rate_plan_id=orders["rate_plan"],
                stay=StayDates(
                    date.fromisoformat(orders["arrival"]), date.fromisoformat(orders["departure"])
                ),
                party=Party(adults=2),
                expected_total=None,
                guest=None,
                user=None,
                actor=None,
                channel="web",
            )
        except DomainError as error:
            refused = error.code
            time.sleep(0.005)
        else:
            return {"bought": held.booking.reference}
    return {"refused": refused}


def _die_at(step: str) -> None:
    """End the process without a word when a step of making an offer begins, as a kill would."""
    from waitlist.services import making

    def die(*_arguments: Any, **_named: Any) -> None:
        connection.cursor().execute("SELECT 1")  # what was sent so far has arrived
        os.kill(os.getpid(), 9)

    setattr(making, step, die)
