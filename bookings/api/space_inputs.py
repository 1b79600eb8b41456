"""What programs send about spaces by the hour."""

from __future__ import annotations

from datetime import UTC, timedelta

from rest_framework import serializers

from bookings.api.inputs import GuestBody, terms_field
from bookings.forms.spaces import MINUTES_MAX, SCOPES
from bookings.models import BookingChannel
from bookings.series import RULE_MAX_LENGTH
from bookings.space_transitions import SpaceBookingStatus
from bookings.space_types import SeriesWish, SpaceChange, SpaceWish
from bookings.types import GuestDetails
from core.api.inputs import AmountSerializer, BodySerializer, CommaListField, DayField, IdField, InstantField
from core.dates import property_now
from inventory.hourly import Period
from inventory.models import Space

CODE_MAX_LENGTH = 40
PERSONS_MAX = 10_000
PIECES_MAX = 30
DAYS_MAX = 31


class SpaceFreeQuery(BodySerializer):
    """Which days."""

    day = DayField(help_text="The first day, on the property's calendar.")
    days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX, default=1)


class SpaceRepeatBody(BodySerializer):
    """How it repeats, on the property's clock over daylight-saving changes."""

    rule = serializers.CharField(
        max_length=RULE_MAX_LENGTH,
        help_text="RRULE of RFC 5545: daily, weekly or monthly, with COUNT or UNTIL; at most 120 times.",
    )


class SpaceWishBody(BodySerializer):
    """When, how long, and for how many."""

    space = IdField()
    start = InstantField(
        help_text="With its offset: an hour that the clock shows twice is no question then.",
    )
    minutes = serializers.IntegerField(min_value=5, max_value=MINUTES_MAX)
    persons = serializers.IntegerField(min_value=1, max_value=PERSONS_MAX, default=1)
    purpose = serializers.CharField(max_length=200, allow_blank=True, default="")
    equipment = serializers.ListField(
        child=serializers.CharField(max_length=CODE_MAX_LENGTH), default=list, max_length=PIECES_MAX
    )
    repeat = SpaceRepeatBody(required=False, help_text="Left out: once.")

    def wish(self) -> SpaceWish:
        data = self.validated_data
        start = data["start"].astimezone(UTC)
        return SpaceWish(
            space_id=data["space"],
            period=Period(start, start + timedelta(minutes=data["minutes"])),
            persons=data["persons"],
            purpose=data["purpose"],
            equipment=tuple(data["equipment"]),
        )

    def series(self, space: Space) -> SeriesWish | None:
        """The wish that repeats, if it does: at the time that the property's clock shows at the start."""
        data = self.validated_data
        if "repeat" not in data:
            return None
        local = property_now(space.property.time_zone, data["start"])
        return SeriesWish(
            space_id=space.pk,
            rule=data["repeat"]["rule"],
            first_day=local.date(),
            starts_at=local.time().replace(fold=0),
            minutes=data["minutes"],
            persons=data["persons"],
            purpose=data["purpose"],
            equipment=tuple(data["equipment"]),
        )


class SpaceBookingBody(SpaceWishBody):
    """A wish, whose it is, and what it costs."""

    expected_total = AmountSerializer(
        help_text="What the quote said; if it is another by now, nothing is booked."
    )
    guest = GuestBody()
    terms_accepted = terms_field()
    skip_conflicts = serializers.BooleanField(
        default=False, help_text="Of a series: leave out the times that cannot be had."
    )
    stay = serializers.CharField(
        max_length=32, allow_blank=True, default="", help_text="Reference of the stay on whose bill it goes."
    )
    channel = serializers.ChoiceField(choices=(BookingChannel.API, BookingChannel.STAFF), default="api")

    @property
    def guest_details(self) -> GuestDetails:
        guest = self.validated_data["guest"]
        return GuestDetails(
            name=guest["name"], email=guest["email"], phone=guest["phone"], language=guest["language"]
        )


class SpaceCancelBody(BodySerializer):
    """How much of a series, and under which fee."""

    scope = serializers.ChoiceField(choices=SCOPES, default="one")
    expected_fee = AmountSerializer(required=False, help_text="Of all of them together. Left out: any fee.")
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")
    waive_fee = serializers.BooleanField(default=False, help_text="For managers and finance of the property.")


class SpaceChangeBody(BodySerializer):
    """What is to be different; what is left out stays."""

    scope = serializers.ChoiceField(choices=SCOPES, default="one")
    start = InstantField(required=False)
    minutes = serializers.IntegerField(required=False, min_value=5, max_value=MINUTES_MAX)
    persons = serializers.IntegerField(required=False, min_value=1, max_value=PERSONS_MAX)
    purpose = serializers.CharField(required=False, max_length=200, allow_blank=True)
    equipment = serializers.ListField(
        required=False, child=serializers.CharField(max_length=CODE_MAX_LENGTH), max_length=PIECES_MAX
    )
    expected_total = AmountSerializer(required=False, help_text="Of all that change, afterwards.")
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    skip_conflicts = serializers.BooleanField(default=False)

    def change(self) -> SpaceChange:
        data = self.validated_data
        return SpaceChange(
            start=data["start"].astimezone(UTC) if "start" in data else None,
            minutes=data.get("minutes"),
            persons=data.get("persons"),
            purpose=data.get("purpose"),
            equipment=tuple(data["equipment"]) if "equipment" in data else None,
        )


class SpaceDecisionBody(BodySerializer):
    """Yes or no, and why."""

    scope = serializers.ChoiceField(choices=SCOPES, default="one")
    reason = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="The guest reads it. Needed to decline."
    )


class SpaceBookingsQuery(BodySerializer):
    """Which bookings."""

    own = serializers.BooleanField(default=False, help_text="Staff: only one's own.")
    status = CommaListField(
        child=serializers.ChoiceField(choices=SpaceBookingStatus.choices),
        default=list,
        help_text="Any of these.",
    )
    property = IdField(required=False)
