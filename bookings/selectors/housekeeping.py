"""What whoever cleans needs to know of each room today: how far it is, who leaves, who comes, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, RoomAssignment
from bookings.transitions import BookingStatus
from core.dates import ONE_DAY
from core.exceptions import NotFound
from inventory.models import ClosureKind, Housekeeping, Property, Room, RoomClosure

HERE = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.CHECKED_OUT)


class Occupancy(models.TextChoices):
    """Who is in a room today."""

    FREE = "free", _("free")
    STAYS = "stays", _("guest stays")
    LEAVES = "leaves", _("guest leaves today")


@dataclass(frozen=True, slots=True)
class RoomToday:
    """One room on one day. No guest is named: cleaning needs nobody's name.

    ``guests`` and ``arrival_time`` are of who comes today (``comes``); ``closed`` is why it is out of order, "" if not.
    """

    room: Room
    occupancy: Occupancy
    comes: bool
    guests: int
    arrival_time: time | None
    closed: str

    @property
    def is_urgent(self) -> bool:
        """Somebody comes today, and the room is not ready."""
        return self.comes and self.room.housekeeping == Housekeeping.DIRTY and not self.closed

    @property
    def is_to_do(self) -> bool:
        """Dirty, and nobody says it cannot be cleaned."""
        return self.room.housekeeping == Housekeeping.DIRTY and not self.closed


@dataclass(frozen=True, slots=True)
class Floor:
    """The rooms of a floor, by number; ``name`` is "" where rooms have no floor."""

    name: str
    rooms: Sequence[RoomToday]

    @property
    def to_do(self) -> int:
        """How many rooms are dirty."""
        return sum(room.is_to_do for room in self.rooms)


@dataclass(slots=True)
class _Stays:
    """The stays in one room around a day."""

    leaving: Booking | None = None
    staying: Booking | None = None
    coming: Booking | None = None
    reasons: list[str] = field(default_factory=list)


def housekeeping_house(*, slug: str, property_ids: Sequence[int] | None) -> Property:
    """A house by its slug, published or not, if it is one of these (None: of all). One query. Raises `NotFound`."""
    rows = Property.objects.filter(slug=slug)
    found = (rows if property_ids is None else rows.filter(pk__in=property_ids)).first()
    if found is None:
        raise NotFound
    return found


def housekeeping_today(*, property_id: int, day: date, room_ids: Sequence[int] | None = None) -> list[Floor]:
    """All rooms in use of a house (or some of them) by floor, as they are on a day. Three queries."""
    rooms = Room.objects.filter(property_id=property_id, is_active=True).select_related("room_type")
    if room_ids is not None:
        rooms = rooms.filter(pk__in=room_ids)
    stays = _stays_by_room(property_id=property_id, day=day)
    floors: dict[str, list[RoomToday]] = defaultdict(list)
    for room in sorted(rooms, key=lambda room: (_natural(room.floor), _natural(room.number))):
        floors[room.floor].append(_room_today(room, stays.get(room.pk, _Stays())))
    return [Floor(name, found) for name, found in floors.items()]


def housekeeping_counts(floors: Iterable[Floor]) -> dict[str, int]:
    """How many rooms are in each state, how many are urgent, and how many are closed. No query."""
    rooms = [room for floor in floors for room in floor.rooms]
    counts = {state.value: sum(room.room.housekeeping == state for room in rooms) for state in Housekeeping}
    return {
        **counts,
        "urgent": sum(room.is_urgent for room in rooms),
        "closed": sum(bool(room.closed) for room in rooms),
    }


def _stays_by_room(*, property_id: int, day: date) -> dict[int, _Stays]:
    found: dict[int, _Stays] = defaultdict(_Stays)
    assignments = RoomAssignment.objects.filter(
        room__property_id=property_id, start__lte=day, end__gte=day, booking__status__in=HERE
    ).select_related("booking")
    for assignment in assignments:
        stays, booking = found[assignment.room_id], assignment.booking
        if assignment.end == day:
            stays.leaving = booking if booking.status == BookingStatus.CHECKED_IN else stays.leaving
        elif assignment.start == day and booking.status == BookingStatus.CONFIRMED:
            stays.coming = booking
        elif booking.status == BookingStatus.CHECKED_IN:
            stays.staying = booking
    closures = RoomClosure.objects.filter(
        room__property_id=property_id, kind=ClosureKind.OUT_OF_ORDER, start__lt=day + ONE_DAY, end__gt=day
    )
    for closure in closures:
        found[closure.room_id].reasons.append(closure.reason)
    return found


def _room_today(room: Room, stays: _Stays) -> RoomToday:
    occupancy = Occupancy.FREE
    if stays.staying is not None:
        occupancy = Occupancy.STAYS
    elif stays.leaving is not None:
        occupancy = Occupancy.LEAVES
    coming = stays.coming
    party = 0 if coming is None else -(-(coming.adults + len(coming.children_ages)) // coming.rooms)
    return RoomToday(
        room=room,
        occupancy=occupancy,
        comes=coming is not None,
        guests=party,
        arrival_time=None if coming is None else coming.arrival_time,
        closed=", ".join(stays.reasons),
    )


def _natural(text: str) -> tuple[int, int, str]:
    """Sort "2" before "10", and numbers before names."""
    digits = "".join(character for character in text if character.isdigit())
    return (0, int(digits), text) if digits else (1, 0, text)
