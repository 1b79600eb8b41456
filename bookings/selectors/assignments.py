"""Who has which physical room, and which rooms somebody could have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.exceptions import VersionConflict
from bookings.models import Booking, RoomAssignment
from core.dates import ONE_DAY, StayDates, property_today
from core.exceptions import Difference
from core.formats import format_stay
from inventory.models import ClosureKind, Room, RoomClosure
from inventory.selectors.nights import free_nights

CLEAN_STATES = ("clean", "inspected")


@dataclass(frozen=True, slots=True)
class FreeRoom:
    """A room that a guest could have. ``reason`` is what to know before: empty, or a sentence.

    ``other_type``: it is an upgrade, which needs a reason. ``fit`` counts the guest's wishes that the room fulfils.
    """

    room: Room
    is_clean: bool
    other_type: bool
    reason: str
    fit: int = 0


def assignments_of(booking: Booking) -> list[RoomAssignment]:
    """The rooms of a booking with their types, by room of the booking and time. One query."""
    return list(
        RoomAssignment.objects.filter(booking_id=booking.pk)
        .select_related("room__room_type", "assigned_by")
        .order_by("room_index", "start")
    )


def assignments_seen(booking: Booking) -> str:
    """What somebody sees who looks at a booking on the tape chart: its version and its rooms, short. One query."""
    rows = RoomAssignment.objects.filter(booking_id=booking.pk).order_by("room_index", "start")
    parts = [
        f"{pk}.{room}.{start:%j}.{end:%j}"
        for pk, room, start, end in rows.values_list("pk", "room_id", "start", "end")
    ]
    return "-".join([str(booking.version), *parts])


def seen_check(booking: Booking, seen: str | None) -> None:
    """Refuse to overwrite what the actor has not seen; ``seen`` is `assignments_seen`, None for whatever is there.

    One query. Raises `VersionConflict` with what is there now.
    """
    if seen is None or seen == assignments_seen(booking):
        return
    changes = [
        Difference(label=str(_("Arrival")), theirs=booking.arrival.isoformat(), at=booking.updated_at),
        Difference(label=str(_("Departure")), theirs=booking.departure.isoformat(), at=booking.updated_at),
    ]
    changes += [
        Difference(
            label=str(_("Room")),
            theirs=f"{row.room.number}, {format_stay(row.start, row.end)}",
            by=str(row.assigned_by or ""),
            at=row.updated_at,
        )
        for row in assignments_of(booking)
    ]
    raise VersionConflict(changes=changes)


def assignment_span(
    booking: Booking, *, at: datetime | None = None, start: date | None = None, end: date | None = None
) -> StayDates:
    """The nights that a room is given for: the whole stay, without the nights that are over. No query.

    Of a stay that ends today, or has ended, its last night. Raises `InvalidStay`.
    """
    today = property_today(booking.property.time_zone, at or timezone.now())
    first = start or min(max(booking.arrival, today), booking.departure - ONE_DAY)
    return StayDates(first, end or booking.departure)


def rooms_free_for(
    booking: Booking,
    room_index: int = 1,
    *,
    start: date | None = None,
    end: date | None = None,
    at: datetime | None = None,
) -> list[FreeRoom]:
    """The rooms that one room of a booking could have on all nights of its span (see `assignment_span`), best first.

    Rooms that are in use, free, not out of order and large enough: of the booked type, then of others of which one more
    can be taken from sale. Clean rooms come first. Four queries.
    """
    span = assignment_span(booking, at=at, start=start, end=end)
    rooms = list(
        _free_rooms(booking, room_index, span)
        .select_related("room_type")
        .order_by("room_type__position", "room_type_id", "number")
    )
    notes = dict(
        RoomClosure.objects.filter(
            room__property_id=booking.property_id,
            kind=ClosureKind.OUT_OF_SERVICE,
            start__lt=span.departure,
            end__gt=span.arrival,
        ).values_list("room_id", "reason")
    )
    sellable = free_nights(room_type_ids={room.room_type_id for room in rooms}, stay=span)
    has = set(
        RoomAssignment.objects.filter(
            booking_id=booking.pk, room_index=room_index, start__lt=span.departure, end__gt=span.arrival
        ).values_list("room_id", flat=True)
    )
    wishes = frozenset(getattr(getattr(booking, "guest", None), "wishes", None) or ())
    found = []
    for room in rooms:
        other_type = room.room_type_id != booking.room_type_id
        nights = sellable.get(room.room_type_id, {})
        if other_type and room.pk not in has and any(nights.get(night, 0) < 1 for night in span.dates()):
            continue
        is_clean = getattr(room, "housekeeping", "clean") in CLEAN_STATES
        note = gettext("Out of service: %(reason)s") % {"reason": notes[room.pk]} if room.pk in notes else ""
        fit = len(wishes & frozenset(getattr(room, "features", None) or ()))
        found.append(FreeRoom(room, is_clean, other_type, note, fit))
    return sorted(found, key=lambda free: (free.other_type, bool(free.reason), -free.fit, not free.is_clean))


def party_share(booking: Booking) -> tuple[int, int]:
    """The most guests, and the most adults, that one room of the booking has to take."""
    guests = booking.adults + len(booking.children_ages)
    return -(-guests // booking.rooms), -(-booking.adults // booking.rooms)


def _free_rooms(booking: Booking, room_index: int, span: StayDates) -> QuerySet[Room]:
    guests, adults = party_share(booking)
    nights = {"start__lt": span.departure, "end__gt": span.arrival}
    taken = RoomAssignment.objects.filter(**nights, room__property_id=booking.property_id).exclude(
        booking_id=booking.pk, room_index=room_index
    )
    closed = RoomClosure.objects.filter(
        **nights, room__property_id=booking.property_id, kind=ClosureKind.OUT_OF_ORDER
    )
    return Room.objects.filter(
        property_id=booking.property_id,
        is_active=True,
        room_type__max_occupancy__gte=guests,
        room_type__max_adults__gte=adults,
    ).exclude(Q(pk__in=taken.values("room_id")) | Q(pk__in=closed.values("room_id")))


def booking_at(*, booking_id: int, property_ids: list[int] | None) -> Booking | None:
    """A booking of one of these properties (None: of any) with what its bar and its price need. One query."""
    rows = Booking.objects.with_summary().select_related("guest", "folio").filter(pk=booking_id)
    return (rows if property_ids is None else rows.filter(property_id__in=property_ids)).first()


def room_at(*, room_id: int, property_ids: list[int] | None) -> Room | None:
    """A room of one of these properties with its type. One query."""
    rows = Room.objects.select_related("room_type", "property").filter(pk=room_id)
    return (rows if property_ids is None else rows.filter(property_id__in=property_ids)).first()


def closure_at(*, closure_id: int, property_ids: list[int] | None) -> RoomClosure | None:
    """A closure of a room of one of these properties. One query."""
    rows = RoomClosure.objects.select_related("room__room_type", "room__property", "created_by")
    rows = rows.filter(pk=closure_id)
    return (rows if property_ids is None else rows.filter(room__property_id__in=property_ids)).first()


def closures_ahead(room: Room, *, today: date) -> list[RoomClosure]:
    """The closures of a room that are not over, the next first. One query."""
    return list(
        RoomClosure.objects.filter(room=room, end__gt=today).select_related("created_by").order_by("start")
    )
