"""The day at the front desk reads its few bookings through their own indexes, however many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bookings.models import Booking
from bookings.selectors.today import day_at_desk
from core.dates import property_today
from payments.models import Folio
from tests.desk.conftest import ZONE, checked_out, stay_of
from tests.factories.inventory import Hotel, hotel

pytestmark = [pytest.mark.django_db, pytest.mark.performance]

OVER, COMING = 3_000, 60
DAYS = 1_000
COPIED = [
    field.name for field in Booking._meta.concrete_fields if not field.generated and not field.primary_key
]


def copies(one: Booking, *, number: int, days_apart: int, before: int) -> None:
    """So many stays like one, a night each; the last of them so many days before today."""
    one.refresh_from_db()
    folios = Folio.objects.bulk_create(
        Folio(property=one.property, currency=one.currency) for _ in range(number)
    )
    last = property_today(one.property.time_zone) - timedelta(days=before)
    rows = []
    for index, folio in enumerate(folios):
        values: dict[str, Any] = {name: getattr(one, name) for name in COPIED}
        arrival = last - timedelta(days=index * days_apart // number)
        own = {"reference": uuid4().hex[:12], "folio": folio, "arrival": arrival}
        rows.append(Booking(**{**values, **own, "departure": arrival + timedelta(days=1)}))
    Booking.objects.bulk_create(rows)


def test_the_day_reads_through_its_own_indexes(house: Hotel, clerk: User) -> None:
    """Another house of the chain is full, so that an index without the house would read all its guests."""
    neighbour = hotel(rooms=8, nights=30, first=property_today(ZONE) - timedelta(days=3))
    copies(stay_of(neighbour, 0, 1), number=OVER, days_apart=COMING, before=0)
    copies(checked_out(house, clerk, None, -2, 0), number=OVER, days_apart=DAYS, before=1)
    copies(stay_of(house, 0, 1), number=COMING, days_apart=COMING, before=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookings_booking")

    with CaptureQueriesContext(connection) as captured:
        day_at_desk(house=house.property)
    reads = [query["sql"] for query in captured if 'FROM "bookings_booking"' in query["sql"]]
    plans = []
    with connection.cursor() as cursor:
        for sql in reads:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    assert len(plans) == 2
    assert "booking_active_dates" in plans[0], plans[0]
    assert "booking_left" in plans[1], plans[1]
