"""A small house whose figures can be worked out by hand, and bookings as bare rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bookings.models import Booking, BookingNight
from core.dates import local_datetime
from payments.models import Folio
from reports.types import Period, Scope
from tests.factories.inventory import Hotel

MONDAY = date(2031, 3, 3)
WEEK = Period(MONDAY, MONDAY + timedelta(days=7))


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def noon(offset: int, zone: str = "Europe/Berlin") -> datetime:
    """Noon of a day of the world on the clock of the house."""
    return local_datetime(day(offset), time(12), zone)


def scope(*houses: Hotel) -> Scope:
    return Scope(tuple(house.property.pk for house in houses))


def booked(
    house: Hotel,
    arrival: int,
    nights: int,
    price: str = "100.00",
    *,
    status: str = "confirmed",
    made: int | None = None,
    cancelled: int | None = None,
    rooms: int = 1,
    adults: int = 2,
    tax: str = "0.00",
    fee: str | None = None,
    currency: str | None = None,
    never_confirmed: bool = False,
    **more: Any,
) -> Booking:
    """A booking that arrives so many days after the Monday, with ``price`` for each room and night.

    ``made`` and ``cancelled`` are days of the world as well; made ten days before the arrival unless told.
    """
    currency = currency or house.property.currency
    made_at = noon(made if made is not None else arrival - 10, house.property.time_zone)
    total = Decimal(price) * nights * rooms
    folio = Folio.objects.create(property=house.property, currency=currency)
    booking = Booking.objects.create(
        **{
            "reference": uuid4().hex[:12].upper(),
            "property": house.property,
            "room_type": house.room_type,
            "rate_plan": house.plan,
            "folio": folio,
            "arrival": day(arrival),
            "departure": day(arrival + nights),
            "rooms": rooms,
            "adults": adults,
            "status": status,
            "currency": currency,
            "room_total": total,
            "total": total,
            "quote": {"tax_included": tax, "lines": []},
            "confirmed_at": None if never_confirmed or status == "held" else made_at,
            "hold_expires_at": made_at if status == "held" else None,
            "cancelled_at": None if cancelled is None else noon(cancelled, house.property.time_zone),
            "cancellation_fee": fee,
            "channel": "web",
            **more,
        }
    )
    BookingNight.objects.bulk_create(
        BookingNight(booking=booking, room_index=index, date=day(arrival + offset), price=Decimal(price))
        for offset in range(nights)
        for index in range(1, rooms + 1)
    )
    return booking


def small_world(house: Hotel) -> dict[str, Booking]:
    """The bookings that the tests' figures are worked out from."""
    return {
        "ann": booked(
            house, 0, 2, "100.00", status="checked_out", guest_country="DE", market_segment="leisure"
        ),
        "bob": booked(
            house, 1, 3, "120.00", rooms=2, adults=4, made=-2, tax="47.10", channel="travel_agent",
            market_segment="online_ta", children_ages=[7],
        ),
        "cas": booked(house, 1, 1, "90.00", status="cancelled", made=-19, cancelled=-4, fee="45.00"),
        "dan": booked(house, 2, 2, "80.00", status="no_show", made=1, fee="80.00", guest_country="DE"),
        "eve": booked(house, 3, 1, "70.00", status="held"),
        "fay": booked(house, 3, 1, "70.00", status="cancelled", cancelled=0, never_confirmed=True),
    }  # fmt: skip
