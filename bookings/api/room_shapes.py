"""What programs send and get of physical rooms: who has which, which are free, and how far the cleaning is."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from bookings.services.assigning import REASON_MAX_LENGTH
from core.api.inputs import BodySerializer, DayField, IdField
from inventory.api.examples import DOUBLE, shown
from inventory.api.serializers import RoomTypeShortSerializer
from inventory.models import Housekeeping
from inventory.services.housekeeping import NOTE_MAX_LENGTH
from inventory.types import PARTY_MAX_ROOMS

Plain = serializers.Serializer[Any]
SEEN_MAX_LENGTH = 2000
SEEN_HELP = "The `seen` that was read. If the rooms or the booking are others by now: 409 `version_conflict`."


class RoomShortSerializer(Plain):
    """A physical room."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    floor = serializers.CharField()
    room_type = RoomTypeShortSerializer()
    housekeeping = serializers.ChoiceField(choices=Housekeeping.choices)


class AssignmentSerializer(Plain):
    """A room that a stay has on the nights from ``start`` to before ``end``."""

    room_index = serializers.IntegerField(help_text="Which of the rooms of the booking; the first is 1.")
    room = RoomShortSerializer()
    start = serializers.DateField()
    end = serializers.DateField()
    reason = serializers.CharField(help_text="Why a room of another type was given.")
    is_automatic = serializers.BooleanField(help_text="Nobody has chosen this room by hand.")


class AssignmentsSerializer(Plain):
    """All rooms of a stay."""

    reference = serializers.CharField()
    rooms = serializers.IntegerField(help_text="How many rooms were booked.")
    seen = serializers.CharField(help_text="Send it along with the next change.")
    assignments = AssignmentSerializer(many=True)


class FreeRoomSerializer(Plain):
    """A room that the stay could have."""

    room = RoomShortSerializer()
    is_clean = serializers.BooleanField()
    is_other_type = serializers.BooleanField(
        source="other_type", help_text="Needs a reason, and is taken from sale."
    )
    note = serializers.CharField(source="reason", help_text="What to know before it is given.")
    wishes_met = serializers.IntegerField(
        source="fit", help_text="How many of the guest's wishes it fulfils."
    )


@extend_schema_serializer(component_name="RoomAssignmentBody")
class AssignBody(BodySerializer):
    """Which room is given on which nights. Left out, ``room`` is the best free one for every room without one."""

    room = IdField(required=False, help_text="Id of the room.")
    room_index = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ROOMS, default=1)
    start = DayField(default=None, allow_null=True, help_text="The first night; left out: the next one.")
    end = DayField(default=None, allow_null=True, help_text="The day it is free again; left out: departure.")
    reason = serializers.CharField(max_length=REASON_MAX_LENGTH, allow_blank=True, default="")
    seen = serializers.CharField(
        max_length=SEEN_MAX_LENGTH, default=None, allow_null=True, help_text=SEEN_HELP
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Everything but ``seen`` is about one room, which has to be named then."""
        if "room" not in attrs and set(self.initial_data) - {"seen"}:
            raise serializers.ValidationError({"room": self.fields["room"].error_messages["required"]})
        return attrs


class FreeRoomsQuery(serializers.Serializer[Any]):
    """For which room of the booking, and on which nights."""

    room_index = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ROOMS, default=1)
    start = DayField(default=None, help_text="The first night; left out: the next one.")
    end = DayField(default=None, help_text="The day it is free again; left out: the departure.")


class UnassignQuery(serializers.Serializer[Any]):
    """What was read before."""

    seen = serializers.CharField(max_length=SEEN_MAX_LENGTH, default=None, help_text=SEEN_HELP)


class HousekeepingRoomSerializer(Plain):
    """A room on today's list. Nobody's name stands there."""

    room = RoomShortSerializer()
    occupancy = serializers.ChoiceField(choices=["free", "stays", "leaves"])
    is_urgent = serializers.BooleanField(help_text="Somebody comes today, and the room is dirty.")
    arrives = serializers.BooleanField(source="comes", help_text="Somebody comes today.")
    guests = serializers.IntegerField()
    arrival_time = serializers.TimeField(allow_null=True)
    out_of_order = serializers.CharField(source="closed", help_text="Why it is out of order; else empty.")
    note = serializers.CharField(source="room.housekeeping_note")
    changed_at = serializers.DateTimeField(source="room.housekeeping_at", allow_null=True)


class MarkedRoomSerializer(RoomShortSerializer):
    """A room after it was marked."""

    note = serializers.CharField(source="housekeeping_note")
    changed_at = serializers.DateTimeField(source="housekeeping_at", allow_null=True)


@extend_schema_serializer(component_name="RoomMark")
class MarkBody(BodySerializer):
    """How far a room is. Left out, the note stays as it is."""

    state = serializers.ChoiceField(choices=Housekeeping.choices)
    note = serializers.CharField(max_length=NOTE_MAX_LENGTH, allow_blank=True, required=False)


ROOM = {"id": 41, "number": "204", "floor": "2", "room_type": DOUBLE, "housekeeping": "clean"}
SEEN = "3-77.41.064.066"
_ASSIGNMENTS = {
    "reference": "K7XM3PQR",
    "rooms": 1,
    "seen": SEEN,
    "assignments": [
        {
            "room_index": 1,
            "room": ROOM,
            "start": "2027-03-05",
            "end": "2027-03-07",
            "reason": "",
            "is_automatic": False,
        }
    ],
}
ASSIGNMENTS = shown("The room of a stay", _ASSIGNMENTS)
ASSIGN_ONE = OpenApiExample("This room", value={"room": 41, "room_index": 1, "seen": "3"}, request_only=True)
ASSIGN_BEST = OpenApiExample("The best free room", value={}, request_only=True)
MOVE = OpenApiExample(
    "Another room from the second night on",
    value={"room": 52, "start": "2027-03-06", "reason": "The tap drips", "seen": SEEN},
    request_only=True,
)
FREE_ROOMS = shown(
    "A clean room of the booked type",
    {"room": ROOM, "is_clean": True, "is_other_type": False, "note": "", "wishes_met": 1},
)
HOUSEKEEPING = shown(
    "To be cleaned first",
    {
        "room": ROOM | {"housekeeping": "dirty"},
        "occupancy": "free",
        "is_urgent": True,
        "arrives": True,
        "guests": 2,
        "arrival_time": "15:30:00",
        "out_of_order": "",
        "note": "A cot, please",
        "changed_at": "2027-03-05T09:10:00Z",
    },
)
MARK = OpenApiExample("Clean", value={"state": "clean", "note": ""}, request_only=True)
MARKED = shown("Clean", ROOM | {"note": "", "changed_at": "2027-03-05T10:40:00Z"})
