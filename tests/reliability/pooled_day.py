"""A day of a house as many processes live it at once, all of them behind a pooler in transaction mode."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django
from django.db import connection, transaction

from core import locks
from tests.concurrency.crowd import PATIENT_LOCKS_SECONDS

ROUNDS = 3


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Load everything once."""
    django.setup()
    locks.LOCK_TIMEOUT_SECONDS = PATIENT_LOCKS_SECONDS
    return {}


def live(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """Search, hold, pay, cancel, report, run what is due; a list through a cursor of the server, and a COPY."""
    from bookings.models import Booking
    from bookings.services import booking_cancel
    from core.audit.verifying import audit_verify
    from core.dates import StayDates
    from core.long_lists import values_of
    from core.outbox.dispatching import effects_run_due
    from core.schedule.running import job_run
    from inventory.models import Property, RatePlan, RoomType
    from inventory.selectors import property_search
    from inventory.types import Party
    from reports.catalogue import REPORTS
    from reports.types import Period, Scope
    from tests.factories import bookings as stays
    from tests.factories.inventory import Hotel

    first = date.fromisoformat(orders["first"])
    plan = RatePlan.objects.get(pk=orders["rate_plan"])
    room_type = RoomType.objects.get(pk=orders["room_type"])
    house = Hotel(Property.objects.get(pk=orders["property"]), room_type, plan, first, 30)
    done: dict[str, Any] = {"confirmed": 0, "cancelled": 0, "found": 0, "sold": 0, "run": 0}
    for round_number in range(ROUNDS):
        stay = StayDates(first + timedelta(days=round_number), first + timedelta(days=round_number + 2))
        found = property_search(destination=orders["city"], stay=stay, party=Party(2))
        done["found"] += len(found.offers)
        booking = stays.confirmed(house, stay=stay)
        done["confirmed"] += booking.status == "confirmed"
        if round_number == 0:
            booking_cancel(booking_id=booking.pk, actor=None)
            done["cancelled"] += 1
        report = REPORTS["occupancy"].run(
            scope=Scope((house.property.pk,)), period=Period(first, first + timedelta(days=7))
        )
        done["sold"] = len(report.rows)
        done["run"] += effects_run_due(limit=5).total
    if number == 0:
        job_run("bookings.holds_expire")
        done["entries"] = audit_verify().entries
    listed = list(
        values_of(Booking.objects.filter(property=house.property).order_by("pk"), ["reference"], size=2)
    )
    done["listed"] = (len(listed), len(set(listed)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('jit'), current_setting('timezone')"
        )
        done["settings"] = list(cursor.fetchone())
    connection.close()
    return done
