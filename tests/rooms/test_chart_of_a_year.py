"""A year of a house of 500 rooms, each let for nine nights and free for one.

It opens within a second on the machine of the promises, which answers 2,778 empty views in that time. How many this
machine, with whatever else runs on it now, answers while it makes a chart is counted directly before and after.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import Booking, RoomAssignment
from bookings.services.assigning import room_assign
from tests.admin.conftest import staff_of
from tests.factories.inventory import RoomFactory, hotel
from tests.rooms.houses import clerk, rooms_of, stay

pytestmark = [pytest.mark.performance, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOMS = 500
STAYS = 36
STEP_DAYS = 10
NIGHTS = 9
EMPTY_VIEWS_OF_A_SECOND = 2_778
"""An empty view took 0.36 ms where the promises were made."""
ROUNDS = 3
COUNTING_SECONDS = 0.5


def copied(table: str, changed: dict[str, str], rows: str) -> str:
    """A statement that writes a row of ``table`` again for each of ``rows`` (named n), with some columns changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, f'o."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} o, {rows}"


def seconds_of(work: Callable[[], HttpResponseBase], *, at_least: float = 0) -> float:
    """How long it takes once, in the mean of ``at_least`` so many seconds; it is answered with 200."""
    times, started = 0, time.perf_counter()
    while times == 0 or time.perf_counter() - started < at_least:
        assert work().status_code == 200
        times += 1
    return (time.perf_counter() - started) / times


def chart_in_empty_views(desk: Client, first: date) -> float:
    """How many empty views could be answered in the time of a chart, counted on both sides of it."""
    address = reverse("admin:chart")

    def empty() -> float:
        return seconds_of(lambda: desk.get("/bench/empty/"), at_least=COUNTING_SECONDS)

    before = empty()
    chart = seconds_of(lambda: desk.get(address, {"days": 365, "from": first.isoformat()}))
    return chart / ((before + empty()) / 2)


@pytest.mark.urls("benchmarks.urls")
def test_it_opens_in_under_a_second() -> None:
    house = hotel(rooms=3, nights=370)
    first = rooms_of(house)[0]
    RoomFactory.create_batch(ROOMS - len(rooms_of(house)), room_type=house.room_type)
    original = stay(house, 0, NIGHTS)
    room_assign(booking_id=original.pk, room_id=first.pk, actor=clerk(house))
    shift = f"n.number * {STEP_DAYS}"
    rows = (
        f"(SELECT number, room.id AS room, nextval('bookings_booking_id_seq') AS id,"
        f" nextval('payments_folio_id_seq') AS folio FROM generate_series(0, {STAYS - 1}) number,"
        f" (SELECT id FROM inventory_room WHERE room_type_id = {house.room_type.pk}) room"
        f" WHERE NOT (number = 0 AND room.id = {first.pk})) n"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as a restore does: no triggers
        cursor.execute(f"CREATE TEMPORARY TABLE n ON COMMIT DROP AS SELECT * FROM {rows}")
        cursor.execute(copied("payments_folio", {"id": "n.folio"}, "n"))
        changed = {
            "id": "n.id",
            "reference": "upper(left(md5(n.id::text), 10))",
            "arrival": f"o.arrival + {shift}",
            "departure": f"o.departure + {shift}",
            "folio_id": "n.folio",
        }
        cursor.execute(copied("bookings_booking", changed, "n"))
        changed = {
            "id": "nextval('bookings_roomassignment_id_seq')",
            "booking_id": "n.id",
            "room_id": "n.room",
            "start": f"o.start + {shift}",
            "end": f'o."end" + {shift}',
        }
        cursor.execute(copied("bookings_roomassignment", changed, "n"))
    assert Booking.objects.count() == RoomAssignment.objects.count() == ROOMS * STAYS
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_booking, bookings_roomassignment")
    desk = staff_of(house, StaffRole.FRONT_DESK)
    assert min(chart_in_empty_views(desk, house.first) for _ in range(ROUNDS)) < EMPTY_VIEWS_OF_A_SECOND
