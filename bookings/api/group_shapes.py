"""What programs send and get of groups."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers

from bookings.group_types import GroupDetails, GroupRoom
from bookings.models import Group, GroupStatus
from bookings.selectors.groups import group_release_at
from bookings.services import NAME_MAX_LENGTH, REQUESTS_MAX_LENGTH
from bookings.transitions import BookingStatus
from core.api.fields import MoneySerializer, money_json
from core.api.inputs import AmountSerializer, BodySerializer, DayField, IdField
from inventory.api.serializers import (
    PropertyShortSerializer,
    RatePlanShortSerializer,
    RoomTypeShortSerializer,
)
from inventory.types import PARTY_MAX_ADULTS

from .inputs import EMAIL_MAX_LENGTH, VERSION_MAX

Plain = serializers.Serializer[Any]
BLOCK_ROOMS_MAX = 10_000
NIGHTS_MAX = 366
ROOMS_MAX = 500
KEY_MAX_LENGTH = 40
_DETAILS = tuple(one.name for one in fields(GroupDetails))


class GroupsQuery(serializers.Serializer[Any]):
    """Which groups to list."""

    property = IdField(default=None, help_text="Id of the property.")
    open = serializers.BooleanField(default=False, help_text="Only those that still keep rooms.")


class GroupFields(BodySerializer):
    """What is agreed with a group, but its rooms."""

    name = serializers.CharField(max_length=120)
    arrival = DayField()
    departure = DayField()
    rate_plan = IdField(help_text="Id of the rate plan that the rooms are sold at.")
    release_date = DayField(help_text="What nobody has taken goes back on sale.")
    release_time = serializers.TimeField(default=time(18), help_text="On the property's clock.")
    is_definite = serializers.BooleanField(default=False)
    company = serializers.CharField(max_length=150, allow_blank=True, default="")
    company_address = serializers.CharField(max_length=500, allow_blank=True, default="")
    vat_number = serializers.CharField(max_length=40, allow_blank=True, default="")
    contact_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    contact_email = serializers.EmailField(max_length=EMAIL_MAX_LENGTH, allow_blank=True, default="")
    contact_phone = PhoneNumberField(allow_blank=True, default="")
    shared_folio = serializers.BooleanField(
        default=False, help_text="Rooms and taxes are charged to the group, extras to the guests."
    )
    notes = serializers.CharField(max_length=4000, allow_blank=True, default="")

    @property
    def details(self) -> GroupDetails:
        given = self.validated_data
        named = {name: given[name] for name in _DETAILS if name in given}
        return GroupDetails(rate_plan_id=given["rate_plan"], **named)


@extend_schema_serializer(component_name="GroupCreate")
class GroupBody(GroupFields):
    """A new group."""

    property = IdField(help_text="Id of the property.")


@extend_schema_serializer(component_name="GroupUpdate")
class GroupUpdateBody(GroupFields):
    """All that is agreed, as it is to be."""

    version = serializers.IntegerField(
        min_value=0,
        max_value=VERSION_MAX,
        required=False,
        help_text="Instead of the header If-Match: the `version` of the group that was read.",
    )


@extend_schema_serializer(component_name="GroupBlockBody")
class BlockBody(BodySerializer):
    """How many rooms of a type are kept on each of some nights."""

    room_type = IdField()
    first = DayField(default=None, allow_null=True, help_text="Left out: the group's first night.")
    last = DayField(default=None, allow_null=True, help_text="The last night; left out: the group's last.")
    rooms = serializers.IntegerField(min_value=0, max_value=BLOCK_ROOMS_MAX)
    price = AmountSerializer(
        default=None, allow_null=True, help_text="Of a room and night; left out: as the rate plan says."
    )


@extend_schema_serializer(component_name="GroupRoomBody")
class GroupRoomBody(BodySerializer):
    """A room of the rooming list: who sleeps there, when."""

    room_type = IdField()
    arrival = DayField()
    departure = DayField()
    guests = serializers.ListField(
        child=serializers.CharField(max_length=NAME_MAX_LENGTH), min_length=1, max_length=PARTY_MAX_ADULTS
    )
    email = serializers.EmailField(max_length=EMAIL_MAX_LENGTH, allow_blank=True, default="")
    requests = serializers.CharField(max_length=REQUESTS_MAX_LENGTH, allow_blank=True, default="")
    language = serializers.CharField(max_length=10, allow_blank=True, default="")
    key = serializers.RegexField(
        r"^[\w.-]*\Z",
        max_length=KEY_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="Tells this room apart for ever: with the same key it is booked once.",
    )


@extend_schema_serializer(component_name="RoomingList")
class RoomingListBody(BodySerializer):
    """Rooms that are booked, all or none."""

    rooms = serializers.ListField(child=GroupRoomBody(), min_length=1, max_length=ROOMS_MAX)
    tell_guests = serializers.BooleanField(default=False, help_text="Guests get their confirmation by mail.")

    @property
    def group_rooms(self) -> list[GroupRoom]:
        return [
            GroupRoom(
                room_type_id=given["room_type"],
                guests=tuple(given["guests"]),
                **{name: given[name] for name in ("arrival", "departure")},
                **{name: given[name] for name in ("email", "requests", "language", "key")},
            )
            for given in self.validated_data["rooms"]
        ]


class GroupSerializer(Plain):
    """A group."""

    id = serializers.IntegerField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=GroupStatus.choices)
    property = PropertyShortSerializer()
    rate_plan = RatePlanShortSerializer()
    name = serializers.CharField()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    release_date = serializers.DateField()
    release_time = serializers.TimeField()
    release_at = serializers.SerializerMethodField()
    company = serializers.CharField()
    company_address = serializers.CharField()
    vat_number = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    contact_phone = serializers.CharField()
    shared_folio = serializers.BooleanField()
    notes = serializers.CharField()
    released_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.DateTimeField)
    def get_release_at(self, group: Group) -> str:
        return group_release_at(group).isoformat()


class GroupNightSerializer(Plain):
    """A night of a room type of a group; ``left`` of the rooms are still kept."""

    date = serializers.DateField()
    rooms = serializers.IntegerField()
    picked_up = serializers.IntegerField()
    released = serializers.IntegerField()
    left = serializers.IntegerField()
    price = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_price(self, night: Any) -> dict[str, str] | None:
        return None if night.price is None else money_json(night.price, self.context["currency"])


class GroupBlocksSerializer(Plain):
    """A room type of a group, night by night."""

    room_type = serializers.IntegerField(source="room_type_id")
    name = serializers.CharField(source="room_type_name")
    nights = GroupNightSerializer(many=True)


class GroupDetailsSerializer(GroupSerializer):
    """A group with its rooms."""

    blocks = serializers.SerializerMethodField()

    @extend_schema_field(GroupBlocksSerializer(many=True))
    def get_blocks(self, group: Group) -> Any:
        context = {"currency": group.property.currency}
        return GroupBlocksSerializer(self.context["pick_ups"], many=True, context=context).data


class GroupBookingSerializer(Plain):
    """A line of the rooming list."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=BookingStatus.choices)
    name = serializers.CharField(source="guest_name")
    email = serializers.CharField(source="guest_email")
    room_type = RoomTypeShortSerializer()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    adults = serializers.IntegerField()
    requests = serializers.CharField(source="special_requests")


class PickedUpSerializer(Plain):
    """What was booked now, and what had been before."""

    booked = GroupBookingSerializer(source="made", many=True)
    known = GroupBookingSerializer(many=True)
