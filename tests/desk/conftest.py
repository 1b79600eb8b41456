"""A house at the front desk: two rooms of one type, guests who come today, and the clerk."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.models import StaffRole, User
from bookings.models import Booking
from bookings.services import booking_check_in, booking_check_out, booking_confirm_by_staff
from bookings.types import GuestDetails
from core.dates import StayDates, local_datetime, property_today
from inventory.models import Room
from payments.services import payment_record
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

ZONE = "Europe/Berlin"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def house(db: Any) -> Hotel:
    """Eight rooms a night, clean, 101 to 108, from three days ago on."""
    house = hotel(
        rooms=8,
        nights=30,
        price="100.00",
        gateways=["sandbox", "at_property"],
        first=property_today(ZONE) - timedelta(days=3),
    )
    rooms = Room.objects.filter(room_type=house.room_type)
    rooms.update(number=Concat(Value("was "), "number"))
    for number, room in enumerate(rooms.order_by("pk"), 101):
        Room.objects.filter(pk=room.pk).update(number=str(number))
    return house


@pytest.fixture
def rooms(house: Hotel) -> list[Room]:
    """101 to 108."""
    return list(Room.objects.filter(room_type=house.room_type).order_by("number"))


@pytest.fixture
def clerk(house: Hotel) -> User:
    return StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)


@pytest.fixture
def manager(house: Hotel) -> User:
    return StaffFactory.create(property=house.property, role=StaffRole.MANAGER)


def on_day(house: Hotel, offset: int, hour: str = "18:00") -> datetime:
    """An instant so many days from today, on the property's clock."""
    today = property_today(house.property.time_zone)
    return local_datetime(today + timedelta(days=offset), time.fromisoformat(hour), house.property.time_zone)


def stay_of(house: Hotel, arrives: int, leaves: int, **guest: Any) -> Booking:
    """A confirmed stay that was paid at the desk a day before it begins; days from today."""
    today = property_today(house.property.time_zone)
    made = on_day(house, arrives - 1, "10:00")
    chain = SuperuserFactory.create()
    booking = held(
        house,
        stay=StayDates(today + timedelta(days=arrives), today + timedelta(days=leaves)),
        guest=GuestDetails(**{"name": "Ada Lovelace", "email": "ada@example.com", "language": "en"} | guest),
        at=made,
    ).booking
    booking = booking_confirm_by_staff(booking_id=booking.pk, actor=chain, at=made)
    payment_record(
        folio_id=booking.folio_id,
        method="card",
        amount=booking.total,
        currency=booking.currency,
        idempotency_key=uuid4().hex,
        actor=chain,
        at=made,
    )
    return booking


def checked_in(
    house: Hotel, clerk: User, room: Room | None, arrives: int, leaves: int, **guest: Any
) -> Booking:
    """A stay whose guest came on its first day, at six in the evening."""
    booking = stay_of(house, arrives, leaves, **guest)
    return booking_check_in(
        booking_id=booking.pk,
        actor=clerk,
        room_ids={1: room.pk} if room else None,
        at=on_day(house, arrives),
    )


def checked_out(
    house: Hotel, clerk: User, room: Room | None, arrives: int, leaves: int, **guest: Any
) -> Booking:
    """A stay that took place and whose guest left on its last day."""
    booking = checked_in(house, clerk, room, arrives, leaves, **guest)
    return booking_check_out(booking_id=booking.pk, actor=clerk, at=on_day(house, leaves, "10:00"))
