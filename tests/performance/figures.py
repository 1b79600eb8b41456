"""How much data there is, and where in it to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .filling import BASE

NIGHTS = 60
TYPES_PER_HOUSE = 5


@dataclass(frozen=True, slots=True)
class World:
    """What there is: ids are ``BASE + 1`` and on."""

    at: datetime
    today: date
    houses: int
    users: int
    bookings: int

    @property
    def room_types(self) -> int:
        return self.houses * TYPES_PER_HOUSE

    @property
    def house(self) -> int:
        """A property somewhere in the middle."""
        return BASE + self.houses // 2

    @property
    def room_type(self) -> int:
        """One of its room types: room types take turns."""
        return self.house

    @property
    def user(self) -> int:
        return BASE + self.users // 2

    def day(self, days: int) -> date:
        """So many days from today."""
        return self.today + timedelta(days=days)
