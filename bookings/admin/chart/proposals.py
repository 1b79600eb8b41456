"""What moving a bar would do, before anybody says yes; and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from bookings.changes import stay_change_from
from bookings.models import Booking, RoomAssignment
from bookings.selectors.assignments import assignment_span, assignments_of, room_at
from bookings.selectors.changes import change_preview
from bookings.services.assigning import room_assign, room_unassign
from bookings.services.changing import booking_change
from bookings.types import ChangePreview, StayChange
from core.dates import StayDates, stay_asked_for
from inventory.models import Room

from .forms import CHANGE_TYPE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bar is: one stretch of nights of one room of a booking, with the room it has there, if any."""

    booking: Booking
    room_index: int
    span: StayDates
    room: Room | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked for. ``change`` and ``preview`` where dates or the booked type become others."""

    place: Place
    room: Room | None
    stay: StayDates
    reason: str
    change: StayChange | None
    preview: ChangePreview | None

    @property
    def moves_room(self) -> bool:
        """Whether another room is given than the guest has."""
        now = self.place.room
        return self.room is not None and (now is None or now.pk != self.room.pk)

    @property
    def takes_room(self) -> bool:
        return self.room is None and self.place.room is not None

    @property
    def is_upgrade(self) -> bool:
        if self.room is None:
            return False
        booked = self.change.room_type_id if self.change else self.place.booking.room_type_id
        return self.room.room_type_id != booked

    @property
    def does_something(self) -> bool:
        return self.moves_room or self.takes_room or self.change is not None


def place_of(booking: Booking, room_index: int, night: date | None) -> Place:
    """The bar that begins on ``night``, or the nights without a room that do; otherwise the first. One query."""
    rows: list[RoomAssignment] = [row for row in assignments_of(booking) if row.room_index == room_index]
    whole = assignment_span(booking)
    for row in rows:
        if night is None or row.start <= night < row.end:
            return Place(booking, room_index, StayDates(row.start, row.end), row.room)
    start = night if night is not None and booking.arrival <= night < booking.departure else whole.arrival
    start = max(start, whole.arrival)
    ends = [row.start for row in rows if row.start > start]
    return Place(booking, room_index, StayDates(start, min([booking.departure, *ends])), None)


def proposal_make(place: Place, values: dict[str, Any], *, actor: User) -> Proposal:
    """Work out what the values of the form come to. Raises `InvalidStay`."""
    booking = place.booking
    stay = stay_asked_for(values["arrival"], values["departure"])
    room = None
    if values["room"] is not None:
        room = room_at(room_id=values["room"], property_ids=[booking.property_id])
    differences: dict[str, Any] = {}
    if (stay.arrival, stay.departure) != (booking.arrival, booking.departure):
        differences |= {"arrival": stay.arrival, "departure": stay.departure}
    if room is not None and values.get("kind") == CHANGE_TYPE and room.room_type_id != booking.room_type_id:
        differences["room_type_id"] = room.room_type_id
    change = preview = None
    if differences:
        change = stay_change_from(booking, **differences)
        preview = change_preview(booking=booking, change=change, actor=actor)
    return Proposal(place, room, stay, values.get("reason", "").strip(), change, preview)


def proposal_do(
    proposal: Proposal, *, actor: User, seen: str, version: int, total: Decimal | None, key: str
) -> None:
    """Change the stay first, if it changes, then the room; each is complete in itself.

    Rooms follow a change by themselves, so the room is given only where it is another one then. Raises what
    `booking_change`, `room_assign` and `room_unassign` raise.
    """
    place, booking = proposal.place, proposal.place.booking
    if proposal.change is not None:
        booking_change(
            booking_id=booking.pk,
            change=proposal.change,
            expected_total=total,
            expected_version=version,
            actor=actor,
            key=key,
        )
        seen = ""
    if proposal.takes_room:
        room_unassign(booking_id=booking.pk, room_index=place.room_index, actor=actor, seen=seen or None)
    elif proposal.room is not None and (proposal.moves_room or proposal.change is not None):
        span = _span(proposal)
        rows = [row for row in assignments_of(booking) if row.room_index == place.room_index]
        has = any(
            row.room_id == proposal.room.pk and row.start <= span.arrival and row.end >= span.departure
            for row in rows
        )
        if not has:
            room_assign(
                booking_id=booking.pk,
                room_index=place.room_index,
                room_id=proposal.room.pk,
                actor=actor,
                start=span.arrival,
                end=span.departure,
                reason=proposal.reason,
                seen=seen or None,
            )


def _span(proposal: Proposal) -> StayDates:
    """The nights of the new room: of the bar that was moved, or of the whole new stay; never nights that are over."""
    if proposal.change is None:
        whole = assignment_span(proposal.place.booking)
        start = max(proposal.place.span.arrival, whole.arrival)
        if start < proposal.place.span.departure:
            return StayDates(start, proposal.place.span.departure)
        return proposal.place.span
    booking = proposal.place.booking
    booking.refresh_from_db(fields=["arrival", "departure", "status", "room_type"])
    return assignment_span(booking)
