"""Physical rooms for programs of staff: given, changed, taken back, and cleaned."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with
from accounts.selectors import staff_access
from bookings.api import room_shapes as shapes
from bookings.api.access import booking_of_request, staff_check
from bookings.models import Booking
from bookings.selectors.assignments import assignments_of, assignments_seen, room_at, rooms_free_for
from bookings.selectors.housekeeping import housekeeping_house, housekeeping_today
from bookings.services import rooms_pick
from bookings.services.assigning import room_assign, room_unassign
from core.api.idempotency import idempotent
from core.api.views import PageView
from core.dates import property_today
from core.idempotency import Answer
from inventory.api.views.calendars import StaffView
from inventory.exceptions import RoomUnknown
from inventory.services.housekeeping import room_mark

from .private import REFERENCE_PARAMETER

TAGS = ["rooms"]
ASSIGNING_ROLES = OPERATION_PERMISSIONS["room_assign"]
ONE_STAY = [REFERENCE_PARAMETER]
INDEX = OpenApiParameter(
    "room_index", int, OpenApiParameter.PATH, description="Which of the rooms of the booking; the first is 1."
)
HOUSE = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The property's slug.")
ROOM = OpenApiParameter("room_id", int, OpenApiParameter.PATH, description="Id of the room.")


class BookingRoomsView(StaffView):
    """The rooms of a stay."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="booking_rooms_read",
        summary="Read the rooms of a stay",
        description="For staff who may give rooms. `seen` goes along with the next change.",
        tags=TAGS,
        parameters=ONE_STAY,
        responses=shapes.AssignmentsSerializer,
        examples=[shapes.ASSIGNMENTS],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_assignments(_stay(request, reference)))

    @extend_schema(
        operation_id="booking_room_assign",
        summary="Give a stay its room, or another one",
        description=(
            "On the given nights, or on all that are not over; what the stay had on these nights is replaced, so that "
            "a guest moves by being given another room from a night on. A room of another type needs a `reason`. "
            "Without `room`, every room of the booking that has none gets the best free one. 409 `room_occupied`, "
            "`room_closed`, `room_too_small`, `no_room_free`, `version_conflict`."
        ),
        tags=TAGS,
        parameters=ONE_STAY,
        request=shapes.AssignBody,
        responses=shapes.AssignmentsSerializer,
        examples=[shapes.ASSIGN_ONE, shapes.ASSIGN_BEST, shapes.MOVE, shapes.ASSIGNMENTS],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = _stay(request, reference)
        body = shapes.AssignBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        room_id = wanted.pop("room", None)
        common: dict[str, Any] = {"booking_id": booking.pk, "actor": self.actor, "seen": wanted["seen"]}
        return idempotent(
            request,
            execute=lambda claim: (
                rooms_pick(**common, idempotency=claim)
                if room_id is None
                else room_assign(**{**common, **wanted}, room_id=room_id, idempotency=claim)
            ),
            render=lambda changed: Answer(status.HTTP_200_OK, _assignments(changed)),
        )


class BookingRoomView(StaffView):
    """One of the rooms of a stay."""

    @extend_schema(
        operation_id="booking_room_unassign",
        summary="Take a room back from a stay",
        description="The stay waits for another one. Not of guests in the house: they are given another room.",
        tags=TAGS,
        parameters=[*ONE_STAY, INDEX, shapes.UnassignQuery],
        request=None,
        responses=shapes.AssignmentsSerializer,
        examples=[shapes.ASSIGNMENTS],
    )
    def delete(self, request: Request, reference: str, room_index: int) -> Response:
        booking = _stay(request, reference)
        query = shapes.UnassignQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        room_unassign(
            booking_id=booking.pk,
            room_index=room_index,
            actor=self.actor,
            seen=query.validated_data["seen"],
        )
        return Response(_assignments(booking))


class FreeRoomsView(StaffView, PageView):
    """Which rooms a stay could have."""

    serializer_class = shapes.FreeRoomSerializer

    @extend_schema(
        operation_id="booking_rooms_free",
        summary="List the rooms that a stay could have",
        description="Free on all of the nights, large enough, not out of order; the best first.",
        tags=TAGS,
        parameters=[*ONE_STAY, shapes.FreeRoomsQuery],
        responses=shapes.FreeRoomSerializer(many=True),
        examples=[shapes.FREE_ROOMS],
    )
    def get(self, request: Request, reference: str) -> Response:
        booking = _stay(request, reference)
        query = shapes.FreeRoomsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return self.page(rooms_free_for(booking, **query.validated_data))


class CleaningView(StaffView):
    """For whoever cleans, and who works with them."""

    @property
    def cleaned(self) -> list[int] | None:
        """The houses where the user may mark rooms; None: all. One query."""
        return property_ids_with(staff_access(self.actor), OPERATION_PERMISSIONS["room_mark"])


class HousekeepingView(CleaningView, PageView):
    """The rooms of a house today."""

    serializer_class = shapes.HousekeepingRoomSerializer

    @extend_schema(
        operation_id="housekeeping_list",
        summary="List the rooms of a property with how far they are",
        description="As they are today, by floor and number; who leaves, who comes, and what is urgent.",
        tags=TAGS,
        parameters=[HOUSE],
        responses=shapes.HousekeepingRoomSerializer(many=True),
        examples=[shapes.HOUSEKEEPING],
    )
    def get(self, request: Request, slug: str) -> Response:
        house = housekeeping_house(slug=slug, property_ids=self.cleaned)
        floors = housekeeping_today(property_id=house.pk, day=property_today(house.time_zone))
        return self.page([room for floor in floors for room in floor.rooms])


class RoomHousekeepingView(CleaningView):
    """How far one room is."""

    @extend_schema(
        operation_id="room_mark",
        summary="Say how far a room is",
        description="Dirty, clean, inspected; the last is for front desk and managers. The note is for who comes next.",
        tags=TAGS,
        parameters=[ROOM],
        request=shapes.MarkBody,
        responses=shapes.MarkedRoomSerializer,
        examples=[shapes.MARK, shapes.MARKED],
    )
    def patch(self, request: Request, room_id: int) -> Response:
        body = shapes.MarkBody(data=request.data)
        body.is_valid(raise_exception=True)
        if room_at(room_id=room_id, property_ids=self.cleaned) is None:
            raise RoomUnknown
        wanted = body.validated_data
        room_mark(room_id=room_id, state=wanted["state"], note=wanted.get("note"), actor=self.actor)
        return Response(shapes.MarkedRoomSerializer(room_at(room_id=room_id, property_ids=None)).data)


def _stay(request: Request, reference: str) -> Booking:
    """The booking, for staff who may give it a room. Raises `BookingNotFound`, `PermissionDenied`."""
    booking = booking_of_request(request, reference)
    staff_check(request, booking, ASSIGNING_ROLES)
    return booking


def _assignments(booking: Booking) -> Any:
    shown = {
        "reference": booking.reference,
        "rooms": booking.rooms,
        "seen": assignments_seen(booking),
        "assignments": assignments_of(booking),
    }
    return shapes.AssignmentsSerializer(shown).data
