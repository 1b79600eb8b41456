"""A house whose rooms have names, and stays in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import StaffRole, User
from bookings.models import Booking, RoomAssignment
from bookings.services import booking_confirm_by_staff
from inventory.models import Room
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import GUEST, held
from tests.factories.inventory import Hotel


def rooms_of(house: Hotel) -> list[Room]:
    """The house's rooms of its first type, in order."""
    return list(Room.objects.filter(room_type=house.room_type).order_by("pk"))


def stay(house: Hotel, offset: int = 0, nights: int = 2, *, rooms: int = 1, **more: Any) -> Booking:
    """A confirmed stay that begins so many days after the house's first night."""
    booking = held(
        house, stay=house.stay(offset, nights), rooms=rooms, guest=more.pop("guest", GUEST), **more
    ).booking
    return booking_confirm_by_staff(booking_id=booking.pk, actor=SuperuserFactory.create())


def clerk(house: Hotel, role: str = StaffRole.FRONT_DESK) -> User:
    """Somebody who works at the house."""
    user: User = StaffFactory.create(property=house.property, role=role)
    return user


def given(booking: Booking) -> list[tuple[int, str, date, date]]:
    """The rooms of a booking: index, number, first night and end."""
    rows = RoomAssignment.objects.filter(booking=booking).order_by("room_index", "start")
    return list(rows.values_list("room_index", "room__number", "start", "end"))


def day(house: Hotel, offset: int) -> date:
    """A date so many days after the house's first night."""
    return house.first + timedelta(days=offset)
