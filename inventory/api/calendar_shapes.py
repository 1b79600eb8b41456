"""What programs of staff say and see of calendars of other channels."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from core.api.inputs import BodySerializer, IdField
from inventory.models import ConflictEnd, ConflictState

Plain = serializers.Serializer[Any]

NAME_MAX_LENGTH = 80
URL_MAX_LENGTH = 1_000
ROOMS_MAX = 1_000


class CalendarFields(BodySerializer):
    name = serializers.CharField(max_length=NAME_MAX_LENGTH, help_text="Such as Airbnb.")
    url = serializers.CharField(max_length=URL_MAX_LENGTH, help_text="https or webcal.")
    rooms = serializers.IntegerField(
        min_value=1, max_value=ROOMS_MAX, default=1, help_text="How many rooms each event takes."
    )
    is_enabled = serializers.BooleanField(
        default=True, help_text="Off: not fetched, and what it blocks stays blocked."
    )


@extend_schema_serializer(component_name="ExternalCalendarNew")
class CalendarBody(CalendarFields):
    """A calendar to be read."""

    room_type = IdField(help_text="Id of the room type.")


@extend_schema_serializer(component_name="ExternalCalendarChange")
class CalendarChangeBody(CalendarFields):
    """A calendar as it shall be."""


class CalendarsQuery(Plain):
    room_type = IdField(default=None, help_text="Only this room type.")


class ConflictsQuery(Plain):
    state = serializers.ChoiceField(choices=ConflictState.choices, default=None)


@extend_schema_serializer(component_name="ExternalCalendar")
class ExternalCalendarSerializer(Plain):
    id = serializers.IntegerField()
    room_type = serializers.IntegerField(source="room_type_id")
    property = serializers.CharField(source="room_type.property.slug")
    name = serializers.CharField()
    url = serializers.CharField()
    rooms = serializers.IntegerField()
    is_enabled = serializers.BooleanField()
    events = serializers.IntegerField(source="events_count")
    open_conflicts = serializers.IntegerField(source="conflicts_count")
    fetched_at = serializers.DateTimeField(allow_null=True)
    succeeded_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(help_text="In a row.")
    error = serializers.CharField(help_text="Why it failed the last time; empty if it did not.")
    shrunk_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it lacks many events that are kept blocked."
    )


@extend_schema_serializer(component_name="CalendarConflict")
class ConflictSerializer(Plain):
    id = serializers.IntegerField()
    calendar = serializers.IntegerField(source="calendar_id")
    room_type = serializers.IntegerField(source="calendar.room_type_id")
    summary = serializers.CharField()
    nights = serializers.ListField(child=serializers.DateField())
    rooms_missing = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ConflictState.choices)
    resolution = serializers.ChoiceField(choices=ConflictEnd.choices, allow_blank=True)
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="CalendarFeed")
class FeedSerializer(Plain):
    room_type = serializers.IntegerField(source="room_type_id")
    url = serializers.CharField(source="address", help_text="Secret: who knows it sees when rooms are taken.")
    rotated_at = serializers.DateTimeField(help_text="Since when this is the address.")


_CALENDAR = {
    "name": "Airbnb",
    "url": "https://www.airbnb.com/calendar/ical/1.ics?s=secret",
    "rooms": 1,
    "is_enabled": True,
}
CALENDAR_REQUEST = OpenApiExample("A calendar", value={"room_type": 12, **_CALENDAR}, request_only=True)
CALENDAR_CHANGE = OpenApiExample("A calendar", value=_CALENDAR, request_only=True)
CALENDAR_ANSWER = OpenApiExample(
    "A calendar",
    value={
        "id": 3,
        "room_type": 12,
        "property": "casa-azul-lisbon",
        **_CALENDAR,
        "events": 4,
        "open_conflicts": 1,
        "fetched_at": "2027-03-01T10:00:00Z",
        "succeeded_at": "2027-03-01T10:00:00Z",
        "failures": 0,
        "error": "",
        "shrunk_at": None,
    },
    response_only=True,
    status_codes=["200", "201"],
)
CONFLICT_ANSWER = OpenApiExample(
    "A conflict",
    value={
        "id": 7,
        "calendar": 3,
        "room_type": 12,
        "summary": "Reserved",
        "nights": ["2027-03-05"],
        "rooms_missing": 1,
        "state": "open",
        "resolution": "",
        "created_at": "2027-03-01T10:00:00Z",
        "resolved_at": None,
    },
    response_only=True,
    status_codes=["200"],
)
FEED_ANSWER = OpenApiExample(
    "A feed",
    value={
        "room_type": 12,
        "url": "https://hotel.example/calendars/q3b6KZt0.ics",
        "rotated_at": "2027-01-01T00:00:00Z",
    },
    response_only=True,
    status_codes=["200"],
)
