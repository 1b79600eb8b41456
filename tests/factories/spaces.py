"""Spaces by the hour. `space_open` builds one that can be booked, in one line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from bookings.models import SpaceBooking
from bookings.services.spaces import space_book
from bookings.space_types import BookedSpace, SpaceWish
from bookings.types import GuestDetails
from inventory.hourly import Period, instant_of
from inventory.models import Equipment, Space, SpaceHours, SpacePrice

from .inventory import PropertyFactory

GUEST = GuestDetails(name="Ana Souza", email="ana@example.com", language="en")


class EquipmentFactory(DjangoModelFactory[Equipment]):
    class Meta:
        model = Equipment

    property = factory.SubFactory(PropertyFactory)
    code = factory.Sequence(lambda number: f"piece-{number:05}")
    name = factory.Sequence(lambda number: f"Piece {number:05}")


class SpaceFactory(DjangoModelFactory[Space]):
    class Meta:
        model = Space

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda number: f"Room {number:05}")
    slug = factory.Sequence(lambda number: f"room-{number:05}")
    capacity = 10
    hourly_price = Decimal(40)


class SpaceHoursFactory(DjangoModelFactory[SpaceHours]):
    class Meta:
        model = SpaceHours

    space = factory.SubFactory(SpaceFactory)
    weekday = 0
    opens = time(8)
    closes = time(20)


class SpacePriceFactory(DjangoModelFactory[SpacePrice]):
    class Meta:
        model = SpacePrice

    space = factory.SubFactory(SpaceFactory)
    weekday = None
    starts = time(17)
    ends = time(0)
    hourly_price = Decimal(60)


def space_open(*, opens: time = time(8), closes: time = time(20), **fields: Any) -> Space:
    """A space that is open every day between two times; 40 an hour from 60 minutes on, in steps of 30."""
    space: Space = SpaceFactory(**fields)
    for weekday in range(7):
        SpaceHoursFactory(space=space, weekday=weekday, opens=opens, closes=closes)
    return space


def slot(space: Space, day: date, begins: str, minutes: int = 60) -> Period:
    """A time on the clock of the space's property."""
    start = instant_of(day, time.fromisoformat(begins), space.property.time_zone)
    return Period(start, start + timedelta(minutes=minutes))


def booked(
    space: Space, day: date, begins: str, minutes: int = 60, *, at: datetime, **fields: Any
) -> SpaceBooking:
    """A booking made through the service."""
    return booked_space(space, day, begins, minutes, at=at, **fields).booking


def booked_space(
    space: Space, day: date, begins: str, minutes: int = 60, *, at: datetime, **fields: Any
) -> BookedSpace:
    """What the service answers."""
    defaults: dict[str, Any] = {
        "guest": GUEST,
        "user": None,
        "actor": None,
        "channel": "web",
        "expected_total": None,
    }
    wish = SpaceWish(
        space.pk,
        slot(space, day, begins, minutes),
        fields.pop("persons", 1),
        fields.pop("purpose", ""),
        fields.pop("equipment", ()),
    )
    return space_book(wish=wish, at=at, **(defaults | fields))
