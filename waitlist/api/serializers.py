"""What programs get to see of the waitlist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import MoneyField
from inventory.api.serializers import (
    PropertyShortSerializer,
    RatePlanShortSerializer,
    RoomTypeShortSerializer,
)
from waitlist.models import WaitlistEntry
from waitlist.transitions import EntryStatus, OfferStatus

Plain = serializers.Serializer[Any]


class WaitlistGuestSerializer(Plain):
    """Whom to write to."""

    name = serializers.CharField(source="guest_name")
    email = serializers.CharField(source="guest_email")
    phone = serializers.CharField(source="guest_phone")
    language = serializers.CharField()


class WaitlistEntrySerializer(Plain):
    """Somebody who waits."""

    reference = serializers.CharField(help_text="Names the entry; it opens nothing by itself.")
    status = serializers.ChoiceField(choices=EntryStatus.choices)
    property = PropertyShortSerializer()
    room_type = RoomTypeShortSerializer(allow_null=True, help_text="Null: any that fits.")
    arrival = serializers.DateField()
    departure = serializers.DateField()
    flexible_days = serializers.IntegerField(help_text="Days the stay may begin earlier or later.")
    rooms = serializers.IntegerField()
    adults = serializers.IntegerField()
    children_ages = serializers.ListField(child=serializers.IntegerField())
    max_total = MoneyField(help_text="Nothing dearer is offered.")
    guest = serializers.SerializerMethodField()
    priority = serializers.IntegerField(help_text="0 for everybody; the house may put somebody first.")
    queued_at = serializers.DateTimeField(help_text="The age that counts in the queue.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(WaitlistGuestSerializer)
    def get_guest(self, entry: WaitlistEntry) -> dict[str, str]:
        return dict(WaitlistGuestSerializer(entry).data)


class QueuePlaceSerializer(Plain):
    """Where an entry stands among those who want some of the same nights."""

    before = serializers.IntegerField(help_text="So many come first.")
    waiting = serializers.IntegerField(help_text="So many wait, this one counted.")


class WaitlistOfferSerializer(Plain):
    """Rooms that are kept for an entry."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    entry = serializers.CharField(source="entry.reference")
    booking = serializers.CharField(source="booking.reference", help_text="The booking that holds the rooms.")
    room_type = RoomTypeShortSerializer(source="booking.room_type")
    rate_plan = RatePlanShortSerializer(source="booking.rate_plan")
    arrival = serializers.DateField(source="booking.arrival")
    departure = serializers.DateField(source="booking.departure")
    rooms = serializers.IntegerField(source="booking.rooms")
    total = MoneyField(help_text="The price charged if it is taken.")
    expires_at = serializers.DateTimeField(help_text="Then it goes to the next.")
    answered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WaitlistEntryDetailsSerializer(Plain):
    """An entry with its place in the queue, or what it was offered last."""

    entry = WaitlistEntrySerializer()
    place = QueuePlaceSerializer(allow_null=True, help_text="While it waits.")
    offer = WaitlistOfferSerializer(allow_null=True)


class JoinedEntrySerializer(WaitlistEntrySerializer):
    """An entry just made, and the secret that opens it."""

    access_token = serializers.CharField(help_text="For X-Waitlist-Token. Shown once, stored nowhere.")


class AcceptedOfferSerializer(WaitlistOfferSerializer):
    """An offer that was taken."""

    booking_status = serializers.CharField(
        source="booking.status", help_text="`confirmed`, or `held` until it is paid for."
    )
    booking_access_token = serializers.CharField(
        help_text="For X-Booking-Token: read, pay or cancel the booking with it."
    )
