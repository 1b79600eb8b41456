"""Which rooms somebody who arrives could have: the one they have already, the free and clean ones, and the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from bookings.models import Booking, RoomAssignment
from core.dates import StayDates
from inventory.models import Housekeeping, Room, RoomClosure, RoomFeature

from .assignments import CLEAN_STATES, FreeRoom, assignment_span, assignments_of, rooms_free_for


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """A room as the desk offers it. ``is_good``: of the booked type, clean, and nothing speaks against it."""

    room: Room
    is_clean: bool
    other_type: bool
    reason: str
    wishes: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return self.is_clean and not self.other_type and not self.reason

    @property
    def housekeeping_label(self) -> str:
        return str(Housekeeping(self.room.housekeeping).label)


@dataclass(frozen=True, slots=True)
class RoomOffers:
    """For every room of a booking what it could have, and what it has (``given``, by index) from today on."""

    by_index: dict[int, list[RoomOffer]]
    given: dict[int, int]

    @property
    def best(self) -> dict[int, int | None]:
        """The room to begin with: the one that is given, else a good one that no other room begins with."""
        chosen: dict[int, int | None] = {}
        taken = set(self.given.values())
        for index, offers in self.by_index.items():
            room_id = self.given.get(index)
            if room_id is None:
                good = (offer.room.pk for offer in offers if offer.is_good and offer.room.pk not in taken)
                room_id = next(good, None)
            if room_id is not None:
                taken.add(room_id)
            chosen[index] = room_id
        return chosen

    def initial(self) -> dict[str, Any]:
        """The best rooms as the fields of a form."""
        return {f"room_{index}": room_id for index, room_id in self.best.items()}


def rooms_offered(*, booking: Booking, at: datetime | None = None) -> RoomOffers:
    """The rooms for each room of a booking, the best first. One query, and five for each room of the booking."""
    span = assignment_span(booking, at=at)
    rows = [row for row in assignments_of(booking) if row.start <= span.arrival < row.end]
    wishes = frozenset(booking.guest.wishes if booking.guest else ())
    by_index = {
        index: [_offer(free, wishes) for free in rooms_free_for(booking, index, at=at)]
        for index in range(1, booking.rooms + 1)
    }
    return RoomOffers(
        by_index=by_index,
        given={row.room_index: row.room_id for row in rows},
    )


def rooms_offered_from(*, booking: Booking, room_index: int, start: date) -> list[RoomOffer]:
    """The rooms that one room of a booking could have from a night to the end, the best first. Four queries."""
    wishes = frozenset(booking.guest.wishes if booking.guest else ())
    return [_offer(free, wishes) for free in rooms_free_for(booking, room_index, start=start)]


def rooms_free_between(*, property_id: int, stay: StayDates) -> list[Room]:
    """The clean rooms of a house that nobody has on these nights and that are not closed, by number. One query."""
    nights = {"start__lt": stay.departure, "end__gt": stay.arrival}
    taken = RoomAssignment.objects.filter(**nights, room__property_id=property_id)
    closed = RoomClosure.objects.filter(**nights, room__property_id=property_id)
    free = Room.objects.filter(property_id=property_id, is_active=True, housekeeping__in=CLEAN_STATES)
    return list(
        free.exclude(Q(pk__in=taken.values("room_id")) | Q(pk__in=closed.values("room_id")))
        .select_related("room_type")
        .order_by("room_type__position", "number")
    )


def _offer(free: FreeRoom, wishes: frozenset[str]) -> RoomOffer:
    labels = dict(RoomFeature.choices)
    fulfilled = tuple(str(labels[code]) for code in free.room.features if code in wishes)
    return RoomOffer(free.room, free.is_clean, free.other_type, free.reason, fulfilled)
