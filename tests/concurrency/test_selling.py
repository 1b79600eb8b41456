"""Sixteen processes sell the same few rooms: with the locks nothing is sold twice, without them it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from bookings.models import Booking
from bookings.selectors import inventory_differences
from inventory.models import RoomInventory
from tests.concurrency.crowd import MEMBERS, crowd_run
from tests.factories.inventory import hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NIGHTS = 21
ROOMS = 2
SECONDS = 120.0
ATTEMPTS = 12
ENOUGH_BOOKINGS = 30


def sell(*, locks: bool) -> list[dict[str, Any]]:
    house = hotel(rooms=ROOMS, nights=NIGHTS)
    other = hotel(rooms=ROOMS, nights=NIGHTS, in_property=house.property, plan=house.plan)
    orders = {
        "locks": locks,
        "members": MEMBERS,
        "seed": 1,
        "seconds": SECONDS,
        "attempts": ATTEMPTS,
        "first": house.first.isoformat(),
        "nights": NIGHTS,
        "room_types": [house.room_type.pk, other.room_type.pk],
        "rate_plan": house.plan.pk,
    }
    return crowd_run(
        "tests.concurrency.sellers:sell",
        orders=orders,
        database=connection.settings_dict["NAME"],
    )


def refusals(reports: list[dict[str, Any]]) -> Counter[str]:
    return sum((Counter(report["refused"]) for report in reports), Counter())


def test_with_the_locks_no_night_is_sold_twice():
    reports = sell(locks=True)

    assert [report["failed"] for report in reports if "failed" in report] == []
    told = {reference: status for report in reports for reference, status in report["ends"].items()}
    assert dict(Booking.objects.values_list("reference", "status")) == told, (
        "what was acknowledged is there, no more"
    )
    assert len(told) >= ENOUGH_BOOKINGS
    assert set(refusals(reports)) == {"sold_out"}, "nobody waited in vain, and some came too late"
    assert not RoomInventory.objects.filter(available__lt=0).exists()
    assert inventory_differences() == []


@pytest.fixture
def no_constraint() -> Iterator[None]:
    """The constraint that stands behind the locks is away for one test."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_roominventory DROP CONSTRAINT inventory_available_not_negative")
    yield
    RoomInventory.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE inventory_roominventory"
            " ADD CONSTRAINT inventory_available_not_negative CHECK (available >= 0)"
        )


def test_the_twin_without_the_locks_oversells(no_constraint):
    reports = sell(locks=False)

    told = {reference: status for report in reports for reference, status in report.get("ends", {}).items()}
    oversold = RoomInventory.objects.filter(available__lt=0)
    assert len(told) >= ENOUGH_BOOKINGS
    assert oversold.exists(), "without locks check and write are two moments, and somebody comes between"
    assert sum(oversold.values_list(F("sold") + F("held") - F("total"), flat=True)) > 0


def test_without_the_locks_the_constraint_still_refuses():
    reports = sell(locks=False)

    assert not RoomInventory.objects.filter(available__lt=0).exists()
    assert refusals(reports)["sold_out"] > 0
