"""What programs ask of the inventory: shapes and limits; what they mean together is for the services to refuse."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.inputs import BodySerializer, CommaListField, DayField, IdField
from core.dates import StayDates
from inventory.models import BoardBasis
from inventory.selectors.availability import BATCH_MAX_REQUESTS
from inventory.selectors.calendar import CALENDAR_MAX_DAYS
from inventory.selectors.search import ORDERS
from inventory.types import (
    CHILD_MAX_AGE,
    PARTY_MAX_ADULTS,
    PARTY_MAX_CHILDREN,
    PARTY_MAX_ROOMS,
    Party,
)

STAY_MAX_NIGHTS = 365
CALENDAR_DAYS = 31
TEXT_MAX_LENGTH = 120
CODE_MAX_LENGTH = 40
AMENITIES_MAX = 20


def _age() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=CHILD_MAX_AGE)


class DatesMixin(serializers.Serializer[Any]):
    """Arrival and departure. ``stay`` raises `InvalidStay` unless they are in order."""

    arrival = DayField(help_text="The first night.")
    departure = DayField(help_text="The day after the last night.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["departure"] - attrs["arrival"]).days > STAY_MAX_NIGHTS:
            message = _("A stay has at most %(nights)d nights.") % {"nights": STAY_MAX_NIGHTS}
            raise serializers.ValidationError({"departure": [message]}, code="stay_too_long")
        return attrs

    @property
    def stay(self) -> StayDates:
        return StayDates(self.validated_data["arrival"], self.validated_data["departure"])


class PartyMixin(serializers.Serializer[Any]):
    """Who comes. ``party`` raises `PartyInvalid` unless every room has an adult."""

    adults = serializers.IntegerField(
        min_value=1, max_value=PARTY_MAX_ADULTS, default=2, help_text="At least one for each room."
    )
    rooms = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ROOMS, default=1)

    @property
    def party(self) -> Party:
        values = self.validated_data
        return Party(values["adults"], tuple(values["children_ages"]), values["rooms"])


class AgesQuery(serializers.Serializer[Any]):
    children_ages = CommaListField(
        child=_age(),
        max_length=PARTY_MAX_CHILDREN,
        default=list,
        help_text="The age of every child: `4,7`, or the parameter repeated.",
    )


class StayQuery(DatesMixin, PartyMixin, AgesQuery):
    """A stay, as query parameters."""


class StayBody(BodySerializer, DatesMixin, PartyMixin):
    """A stay in a room type at a rate plan."""

    room_type = IdField(help_text="Id of the room type.")
    rate_plan = IdField(help_text="Id of the rate plan.")
    adults = serializers.IntegerField(
        min_value=1, max_value=PARTY_MAX_ADULTS, help_text="At least one for each room."
    )
    children_ages = serializers.ListField(child=_age(), max_length=PARTY_MAX_CHILDREN, default=list)


@extend_schema_serializer(component_name="Quote")
class QuoteBody(StayBody):
    """The stay to be quoted."""


class PropertyQuery(serializers.Serializer[Any]):
    """Which properties to list. Case and accents do not count."""

    search = serializers.CharField(
        max_length=TEXT_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="City, country or part of the name.",
    )
    city = serializers.CharField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    country = serializers.CharField(
        max_length=2, allow_blank=True, default="", help_text="ISO 3166-1 alpha-2."
    )
    stars = serializers.IntegerField(min_value=1, max_value=5, default=None, help_text="At least so many.")
    amenity = CommaListField(
        child=serializers.CharField(max_length=CODE_MAX_LENGTH),
        max_length=AMENITIES_MAX,
        default=list,
        help_text="Codes of amenities, all of them wanted: `wifi,pool`, or the parameter repeated.",
    )


class SearchQuery(StayQuery):
    """What guests look for."""

    where = serializers.CharField(
        max_length=TEXT_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="City, country or name of a property; `Lisbon, Portugal` wants both.",
    )
    stars = serializers.IntegerField(min_value=1, max_value=5, default=None, help_text="At least so many.")
    amenity = CommaListField(
        child=serializers.CharField(max_length=CODE_MAX_LENGTH),
        max_length=AMENITIES_MAX,
        default=list,
        help_text="Codes of amenities, all of them wanted.",
    )
    board = serializers.ChoiceField(choices=BoardBasis.choices, default=None)
    refundable = serializers.BooleanField(default=False, help_text="Only rates that can be cancelled free.")
    max_total = serializers.DecimalField(
        max_digits=14,
        decimal_places=3,
        min_value=0,
        default=None,
        help_text="In the currency of each property.",
    )
    order = serializers.ChoiceField(choices=ORDERS, default="total")


class CalendarQuery(PartyMixin, AgesQuery):
    """Which nights to show, and for whom."""

    first = DayField(default=None, help_text="The first night; today at the property unless given.")
    days = serializers.IntegerField(min_value=1, max_value=CALENDAR_MAX_DAYS, default=CALENDAR_DAYS)
    room_type = IdField(default=None, help_text="Only this room type.")
    rate_plan = IdField(default=None, help_text="Only this rate plan.")


class PriceHistoryQuery(StayQuery):
    """Whose stay, and which part of its history."""

    rate_plan = IdField(default=None, help_text="Only this rate plan.")
    since = DayField(default=None, help_text="Only prices since this day (UTC); a year back unless given.")


@extend_schema_serializer(component_name="AvailabilityBatchStay")
class BatchStayBody(BodySerializer, DatesMixin):
    """One stay of a batch."""

    property = IdField(help_text="Id of the property.")
    rooms = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ROOMS, default=1)


@extend_schema_serializer(component_name="AvailabilityBatch")
class BatchBody(BodySerializer):
    """Up to 50 stays."""

    stays = BatchStayBody(many=True, min_length=1, max_length=BATCH_MAX_REQUESTS)  # type: ignore[call-arg]

    @property
    def requests(self) -> list[tuple[int, StayDates, int]]:
        """Property, stay and rooms of each. Raises `InvalidStay`."""
        return [
            (entry["property"], StayDates(entry["arrival"], entry["departure"]), entry["rooms"])
            for entry in self.validated_data["stays"]
        ]
