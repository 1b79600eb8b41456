"""What programs send and get about spaces by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from bookings.models import SpaceBooking
from bookings.space_transitions import SpaceBookingStatus
from bookings.space_types import Occurrence, problem_json
from core.api.fields import MoneyField, MoneySerializer, money_json
from inventory.models import Space

Plain = serializers.Serializer[Any]


class SpaceSerializer(Plain):
    """A space that is let by the hour."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    building = serializers.CharField()
    floor = serializers.CharField()
    capacity = serializers.IntegerField()
    equipment = serializers.SerializerMethodField()
    hourly_price = MoneyField(currency_source="property.currency", help_text="Where no price by time fits.")
    min_minutes = serializers.IntegerField()
    max_minutes = serializers.IntegerField()
    step_minutes = serializers.IntegerField()
    needs_approval = serializers.BooleanField()
    needs_check_in = serializers.BooleanField()
    free_cancellation_hours = serializers.IntegerField()
    cancellation_fee_percent = serializers.IntegerField()
    opening_hours = serializers.SerializerMethodField(help_text="On the property's clock; 0 is Monday.")

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": {"type": "string"}, "name": {"type": "string"}},
            },
        }
    )
    def get_equipment(self, space: Space) -> list[dict[str, str]]:
        return [{"code": piece.code, "name": piece.name} for piece in space.equipment.all()]

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "weekday": {"type": "integer"},
                    "opens": {"type": "string"},
                    "closes": {"type": "string"},
                },
            },
        }
    )
    def get_opening_hours(self, space: Space) -> list[dict[str, Any]]:
        return [
            {"weekday": one.weekday, "opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}"}
            for one in space.hours.all()
        ]


class PeriodSerializer(Plain):
    """Time between two instants."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class SpaceStartSerializer(Plain):
    """A time at which a booking may begin, and how long it may then last at most."""

    start = serializers.DateTimeField()
    max_minutes = serializers.IntegerField()


class SpaceFreeDaySerializer(Plain):
    """One day of the property."""

    day = serializers.DateField()
    free = PeriodSerializer(many=True)
    starts = SpaceStartSerializer(many=True)


class SpaceOccurrenceSerializer(Plain):
    """One time of a quote, or why it cannot be had."""

    day = serializers.DateField()
    start = serializers.DateTimeField(source="period.start", default=None)
    end = serializers.DateTimeField(source="period.end", default=None)
    is_free = serializers.BooleanField()
    total = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer)
    def get_total(self, one: Occurrence) -> dict[str, str] | None:
        return None if one.quote is None else money_json(one.quote.total, one.quote.currency)

    @extend_schema_field({"type": "object", "nullable": True})
    def get_problem(self, one: Occurrence) -> dict[str, Any] | None:
        return problem_json(one.problem)


class SpaceQuoteSerializer(Plain):
    """What the times that can be had cost together."""

    total = MoneyField()
    occurrences = SpaceOccurrenceSerializer(many=True)


class SpaceBookingSerializer(Plain):
    """A booking of a space."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=SpaceBookingStatus.choices)
    property = serializers.CharField(source="property.slug")
    space = serializers.IntegerField(source="space_id")
    space_name = serializers.CharField(source="space.name")
    series = serializers.CharField(source="series.reference", default=None)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    persons = serializers.IntegerField()
    purpose = serializers.CharField()
    equipment = serializers.ListField(child=serializers.CharField())
    guest_name = serializers.CharField()
    total = MoneyField()
    stay = serializers.CharField(source="stay.reference", default=None)
    hold_expires_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    cancellation_fee = MoneyField()
    version = serializers.IntegerField()


class SpaceBookingsSerializer(Plain):
    """The bookings that something was done to, in order of time."""

    reference = serializers.CharField(help_text="Of the first.")
    bookings = SpaceBookingSerializer(many=True)


@extend_schema_serializer(component_name="BookedSpace")
class BookedSpaceSerializer(SpaceBookingsSerializer):
    """What was booked, and the secret that opens the first without a log-in."""

    access_token = serializers.CharField()


def bookings_json(bookings: Sequence[SpaceBooking]) -> dict[str, Any]:
    """Bookings that something was done to, as programs get them; there is at least one."""
    return dict(
        SpaceBookingsSerializer({"reference": bookings[0].reference, "bookings": list(bookings)}).data
    )


class SpaceFeedSerializer(Plain):
    """Where the calendar of a space is."""

    space_id = serializers.IntegerField()
    address = serializers.CharField()
    rotated_at = serializers.DateTimeField()
