"""What programs send and get of changes of a stay."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from bookings.changes import party_of, stay_change_from
from bookings.models import Booking, ChangeStatus
from bookings.types import StayChange
from core.api.fields import MoneySerializer, money_json
from core.api.inputs import AmountSerializer, BodySerializer, DayField, IdField
from inventory.api.serializers import Plain, QuotedSerializer
from inventory.types import CHILD_MAX_AGE, PARTY_MAX_ADULTS, PARTY_MAX_CHILDREN, PARTY_MAX_ROOMS, Party

from .inputs import REASON_MAX_LENGTH, VERSION_MAX

STAFF_FLAGS = ("ignore_restrictions", "reprice", "waive_fee", "pay_first")


@extend_schema_serializer(component_name="BookingChangePreview")
class ChangePreviewBody(BodySerializer):
    """What a stay is to become; what is left out stays as it is. The last six are for staff of the property."""

    arrival = DayField(required=False)
    departure = DayField(required=False)
    room_type = IdField(required=False)
    rate_plan = IdField(required=False)
    adults = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ADULTS, required=False)
    rooms = serializers.IntegerField(min_value=1, max_value=PARTY_MAX_ROOMS, required=False)
    children_ages = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=CHILD_MAX_AGE),
        max_length=PARTY_MAX_CHILDREN,
        required=False,
    )
    nightly_override = AmountSerializer(
        required=False, help_text="The price of each night of each room instead of the quoted one."
    )
    override_reason = serializers.CharField(
        max_length=REASON_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="Why a price or restrictions are set aside.",
    )
    ignore_restrictions = serializers.BooleanField(default=False)
    reprice = serializers.BooleanField(default=False, help_text="All nights at today's price.")
    waive_fee = serializers.BooleanField(default=False, help_text="For managers and finance.")
    pay_first = serializers.BooleanField(
        default=False, help_text="The guest pays the difference first; else it is owed on the folio."
    )

    def change_of(self, booking: Booking) -> StayChange:
        """The change of a booking. Raises `PartyInvalid`."""
        given, party = self.validated_data, party_of(booking)
        override = given.get("nightly_override")
        return stay_change_from(
            booking,
            party=Party(
                given.get("adults", party.adults),
                tuple(given.get("children_ages", party.children_ages)),
                given.get("rooms", party.rooms),
            ),
            **{name: given[name] for name in ("arrival", "departure") if name in given},
            **{f"{name}_id": given[name] for name in ("room_type", "rate_plan") if name in given},
            nightly_override=override["amount"] if override else None,
            override_reason=given["override_reason"],
            **{name: given[name] for name in STAFF_FLAGS},
        )


@extend_schema_serializer(component_name="BookingChange")
class ChangeBody(ChangePreviewBody):
    """The change, at the figures that were previewed."""

    expected_total = AmountSerializer(
        help_text="`after_total` of the preview. If the stay costs something else by now, nothing is changed."
    )
    expected_fee = AmountSerializer(required=False, help_text="`fee` of the preview. Left out: any fee.")
    expected_version = serializers.IntegerField(
        min_value=0,
        max_value=VERSION_MAX,
        required=False,
        help_text="Instead of the header If-Match: `version` of the preview.",
    )


class ChangeNightSerializer(Plain):
    """A night before and after, all rooms together; null where the stay has no such night."""

    date = serializers.DateField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_before(self, night: Any) -> dict[str, str] | None:
        return None if night.before is None else money_json(night.before, self.context["currency"])

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_after(self, night: Any) -> dict[str, str] | None:
        return None if night.after is None else money_json(night.after, self.context["currency"])


class RefusalSerializer(Plain):
    """Why it cannot be done."""

    code = serializers.CharField()
    detail = serializers.CharField(source="__str__")
    data = serializers.DictField()  # type: ignore[assignment]  # the name is a property of the base


class ChangePreviewSerializer(Plain):
    """What a change comes to, to the cent: what is done if it is confirmed now. Takes `ChangePreview`."""

    is_possible = serializers.SerializerMethodField()
    refusal = RefusalSerializer(allow_null=True)
    version = serializers.IntegerField(help_text="Of the booking; for If-Match or `expected_version`.")
    before_total = serializers.SerializerMethodField()
    after_total = serializers.SerializerMethodField()
    difference = serializers.SerializerMethodField(help_text="`after_total` less `before_total`.")
    fee = serializers.SerializerMethodField(
        help_text="Comes on top: for the change, and for what is given up."
    )
    paid = serializers.SerializerMethodField()
    due_now = serializers.SerializerMethodField(help_text="Paid before the change is done.")
    refund = serializers.SerializerMethodField(help_text="Goes back when it is done.")
    owed = serializers.SerializerMethodField(help_text="Left to pay afterwards, `due_now` included.")
    nights = serializers.SerializerMethodField()
    quote = QuotedSerializer(allow_null=True)

    def get_is_possible(self, preview: Any) -> bool:
        return preview.refusal is None

    @extend_schema_field(MoneySerializer)
    def get_before_total(self, preview: Any) -> dict[str, str]:
        return money_json(preview.before_total, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_after_total(self, preview: Any) -> dict[str, str]:
        return money_json(preview.after_total, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_difference(self, preview: Any) -> dict[str, str]:
        return money_json(preview.difference, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_fee(self, preview: Any) -> dict[str, str]:
        return money_json(preview.fee, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_paid(self, preview: Any) -> dict[str, str]:
        return money_json(preview.paid, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_due_now(self, preview: Any) -> dict[str, str]:
        return money_json(preview.due_now, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_refund(self, preview: Any) -> dict[str, str]:
        return money_json(preview.refund, preview.currency)

    @extend_schema_field(MoneySerializer)
    def get_owed(self, preview: Any) -> dict[str, str]:
        return money_json(preview.owed, preview.currency)

    @extend_schema_field(ChangeNightSerializer(many=True))
    def get_nights(self, preview: Any) -> Any:
        context = {"currency": preview.currency}
        return ChangeNightSerializer(preview.nights, many=True, context=context).data


class ChangedStaySerializer(Plain):
    """The stay at one side of a change."""

    arrival = serializers.DateField()
    departure = serializers.DateField()
    room_type = serializers.IntegerField(source="room_type.id")
    rate_plan = serializers.IntegerField(source="rate_plan.id")
    rooms = serializers.IntegerField()
    adults = serializers.IntegerField()
    children_ages = serializers.ListField(child=serializers.IntegerField())


class BookingChangeSerializer(Plain):
    """A change of a booking, and what has become of it."""

    status = serializers.ChoiceField(choices=ChangeStatus.choices)
    is_by_staff = serializers.BooleanField()
    before = ChangedStaySerializer()
    after = ChangedStaySerializer()
    before_total = serializers.SerializerMethodField()
    after_total = serializers.SerializerMethodField()
    fee = serializers.SerializerMethodField()
    due_now = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when it waits for its payment.")
    refusal = serializers.CharField(help_text="Why it was not done, as a code.")
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MoneySerializer)
    def get_before_total(self, change: Any) -> dict[str, str]:
        return money_json(change.before_total, change.currency)

    @extend_schema_field(MoneySerializer)
    def get_after_total(self, change: Any) -> dict[str, str]:
        return money_json(change.after_total, change.currency)

    @extend_schema_field(MoneySerializer)
    def get_fee(self, change: Any) -> dict[str, str]:
        return money_json(change.fee, change.currency)

    @extend_schema_field(MoneySerializer)
    def get_due_now(self, change: Any) -> dict[str, str]:
        return money_json(change.due_now, change.currency)
