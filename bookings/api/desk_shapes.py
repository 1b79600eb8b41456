"""What programs of the desk send when a guest comes or goes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from bookings.api.examples import problem
from bookings.services.assigning import REASON_MAX_LENGTH
from core.api.inputs import BodySerializer, IdField
from inventory.types import PARTY_MAX_ROOMS


@extend_schema_serializer(component_name="ComingRoom")
class ComingRoomBody(BodySerializer):
    """The room that one of the booking's rooms is."""

    room = IdField(help_text="Id of the room.")
    room_index = serializers.IntegerField(
        min_value=1,
        max_value=PARTY_MAX_ROOMS,
        default=1,
        help_text="Which of the rooms of the booking; the first is 1.",
    )


@extend_schema_serializer(component_name="CheckIn")
class CheckInBody(BodySerializer):
    """Who has a room already, or gets one later, needs none here."""

    rooms = serializers.ListField(
        child=ComingRoomBody(),
        max_length=PARTY_MAX_ROOMS,
        default=list,
        help_text="Rooms that are given with it: all of them and the check-in, or nothing.",
    )
    reason = serializers.CharField(
        max_length=REASON_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="Why a room of another type is given.",
    )

    def validate_rooms(self, rooms: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each of the booking's rooms is named once."""
        if len({room["room_index"] for room in rooms}) != len(rooms):
            raise serializers.ValidationError("Each room_index may come once.")
        return rooms

    @property
    def room_ids(self) -> dict[int, int]:
        return {room["room_index"]: room["room"] for room in self.validated_data["rooms"]}


@extend_schema_serializer(component_name="CheckOut")
class CheckOutBody(BodySerializer):
    """Without anything: only with a settled folio."""

    is_on_invoice = serializers.BooleanField(
        default=False, help_text="What is owed stays open on an invoice, which has to be issued before."
    )
    reason = serializers.CharField(
        max_length=REASON_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="Why somebody goes with an unsettled folio; for managers, noted on the booking.",
    )


CHECK_IN = OpenApiExample(
    "With the room", value={"rooms": [{"room": 41, "room_index": 1}]}, request_only=True
)
CHECK_OUT = OpenApiExample("With a settled folio", value={}, request_only=True)
NOT_TODAY = problem(
    "Another day",
    409,
    "wrong_day",
    "This is not possible on this day of the stay.",
    {"arrival": "2027-03-05", "departure": "2027-03-07"},
)
UNSETTLED = problem(
    "An open folio",
    409,
    "folio_unsettled",
    "The folio is not settled. Take the payment, give back what was paid too much, or send an invoice.",
    {"balance": "12.50", "currency": "EUR"},
)
