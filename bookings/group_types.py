"""What groups hand in and out. Plain data, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Booking


@dataclass(frozen=True, slots=True)
class GroupDetails:
    """Everything about a group but its rooms. Dates are half-open, times on the property's clock."""

    name: str
    arrival: date
    departure: date
    release_date: date
    rate_plan_id: int
    release_time: time = time(18)
    is_definite: bool = False
    company: str = ""
    company_address: str = ""
    vat_number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    shared_folio: bool = False
    notes: str = ""


@dataclass(frozen=True, slots=True)
class GroupRoom:
    """One room of a rooming list: who sleeps there, when. ``key`` tells it apart, so that it is booked once."""

    room_type_id: int
    arrival: date
    departure: date
    guests: tuple[str, ...]
    email: str = ""
    requests: str = ""
    language: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PickUp:
    """How much of what is kept of one room type is taken: room nights, and the rooms of each night."""

    room_type_id: int
    room_type_name: str
    nights: tuple[GroupNight, ...]

    @property
    def rooms(self) -> int:
        return sum(night.rooms for night in self.nights)

    @property
    def picked_up(self) -> int:
        return sum(night.picked_up for night in self.nights)

    @property
    def left(self) -> int:
        return sum(night.left for night in self.nights)

    @property
    def percent(self) -> int | None:
        """Room nights picked up of those agreed, in percent; None where none were agreed."""
        return round(100 * self.picked_up / self.rooms) if self.rooms else None


@dataclass(frozen=True, slots=True)
class GroupNight:
    """One night of one room type of a group."""

    date: date
    rooms: int
    picked_up: int
    released: int
    price: Decimal | None

    @property
    def left(self) -> int:
        return self.rooms - self.picked_up - self.released


@dataclass(slots=True)
class GroupCancelReport:
    """What became of a group's bookings: references, and those that could not be cancelled, with the reason."""

    cancelled: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoomingLine:
    """A line of a rooming list as it was read, with what is wrong with it; ``number`` is its line in the file.

    ``booking``: the reference of the room, where the list came out of the house and it is booked already.
    """

    number: int
    name: str
    email: str
    room_type: str
    arrival: date | None
    departure: date | None
    sharing: str
    requests: str
    booking: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomingList:
    """A rooming list before it is booked: its lines, the rooms they make, and which of those are booked already.

    ``listed``: how many lines name a booking of the group instead of making a room.
    """

    lines: tuple[RoomingLine, ...]
    rooms: tuple[GroupRoom, ...] = ()
    booked: tuple[GroupRoom, ...] = ()
    listed: int = 0
    problems: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not self.problems and not any(line.errors for line in self.lines)

    @property
    def count(self) -> int:
        """All rooms of the list."""
        return len(self.rooms) + self.listed

    @property
    def booked_count(self) -> int:
        """Those of them that are booked already."""
        return len(self.booked) + self.listed


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What came of a pick-up: the bookings made now, and those that were there already."""

    made: tuple[Booking, ...] = ()
    known: tuple[Booking, ...] = ()
