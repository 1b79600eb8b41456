"""Guests who wait, as the services put them on the list."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import User
from bookings.models import Booking
from bookings.types import GuestDetails
from core.dates import StayDates
from inventory.types import Party
from waitlist.models import WaitlistEntry
from waitlist.services import entry_join

from .bookings import held
from .inventory import Hotel

_numbers = count(1)


def sold_out(house: Hotel, **more: Any) -> list[Booking]:
    """Every room of the house held for its first two nights (``stay``) by a day, one booking for each."""
    stay = more.pop("stay", None) or house.stay()
    rooms = house.inventory((stay.arrival - house.first).days).available
    return [held(house, stay=stay, hold_minutes=1440, **more).booking for _room in range(rooms)]


def waiting(
    house: Hotel,
    *,
    stay: StayDates | None = None,
    rooms: int = 1,
    adults: int | None = None,
    children_ages: tuple[int, ...] = (),
    any_room: bool = False,
    flexible_days: int = 0,
    max_total: Decimal | str | None = None,
    user: User | None = None,
    email: str | None = None,
    at: datetime | None = None,
) -> WaitlistEntry:
    """Somebody who waits for the first two nights, two adults per room."""
    number = next(_numbers)
    return entry_join(
        property_id=house.property.pk,
        room_type_id=None if any_room else house.room_type.pk,
        stay=stay or house.stay(),
        party=Party(adults or 2 * rooms, children_ages, rooms),
        flexible_days=flexible_days,
        max_total=None if max_total is None else Decimal(max_total),
        guest=GuestDetails(
            name=f"Guest {number}", email=email or f"guest{number}@example.com", language="en"
        ),
        user=user,
        at=at,
    ).entry
