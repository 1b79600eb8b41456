"""What programs send about the waitlist: shapes and limits; what they mean is for the services to refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from bookings.api.inputs import EMAIL_MAX_LENGTH, PHONE_MAX_LENGTH
from bookings.services import NAME_MAX_LENGTH
from bookings.types import GuestDetails
from core.api.inputs import AmountSerializer, BodySerializer, CommaListField, DayField, IdField
from inventory.api.inputs import DatesMixin, PartyMixin
from inventory.types import CHILD_MAX_AGE, PARTY_MAX_CHILDREN
from waitlist.models import FLEXIBLE_DAYS_MAX
from waitlist.selectors import ENTRY_ORDERS
from waitlist.transitions import EntryStatus


@extend_schema_serializer(component_name="WaitlistGuest")
class GuestBody(BodySerializer):
    """Whom to write to."""

    name = serializers.CharField(max_length=NAME_MAX_LENGTH)
    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH, help_text="Offers go there.")
    phone = serializers.CharField(
        max_length=PHONE_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="In international form: +442079460018.",
    )
    language = serializers.CharField(
        max_length=10, allow_blank=True, default="", help_text="The language to write in: en, de, es, fr, pt."
    )


class _Wish(BodySerializer):
    """What is read of a wish."""

    @property
    def guest_details(self) -> GuestDetails:
        return GuestDetails(**self.validated_data["guest"])

    @property
    def limit(self) -> tuple[Decimal | None, str | None]:
        """Return the most that is accepted, and the currency in which the program names it."""
        given = self.validated_data["max_total"]
        return (given["amount"], given["currency"]) if given else (None, None)


@extend_schema_serializer(component_name="WaitlistWish")
class JoinBody(_Wish, DatesMixin, PartyMixin):
    """What somebody waits for."""

    property = IdField(help_text="Id of the property.")
    room_type = IdField(default=None, allow_null=True, help_text="Id of the room type; null: any that fits.")
    children_ages = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=CHILD_MAX_AGE),
        max_length=PARTY_MAX_CHILDREN,
        default=list,
    )
    flexible_days = serializers.IntegerField(
        min_value=0,
        max_value=FLEXIBLE_DAYS_MAX,
        default=0,
        help_text="The stay may begin so many days earlier or later.",
    )
    max_total = AmountSerializer(
        default=None, allow_null=True, help_text="Nothing dearer is offered, taxes included. Null: any price."
    )
    guest = GuestBody()


class EntryQuery(serializers.Serializer[Any]):
    """Which entries to list."""

    property = IdField(default=None, help_text="Id of the property.")
    room_type = IdField(default=None, help_text="Id of the room type.")
    status = CommaListField(
        child=serializers.ChoiceField(choices=EntryStatus.choices),
        max_length=len(EntryStatus.choices),
        default=list,
        help_text="One or more: `waiting,offered`, or the parameter repeated.",
    )
    night_from = DayField(default=None, help_text="Who might take this night or a later one.")
    night_to = DayField(default=None, help_text="Who might take this night or an earlier one.")
    own = serializers.BooleanField(default=False, help_text="For staff: only entries of their own account.")
    order = serializers.ChoiceField(choices=tuple(ENTRY_ORDERS), default="queue")


@extend_schema_serializer(component_name="WaitlistDecline")
class DeclineBody(BodySerializer):
    """How an offer is turned down."""

    keep_waiting = serializers.BooleanField(
        default=False, help_text="Wait on for other dates or rooms, at the end of the queue."
    )
