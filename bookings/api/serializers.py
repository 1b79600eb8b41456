"""What programs get to see of bookings and their payments."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.models import BookingChannel
from bookings.transitions import BookingStatus
from core.api.fields import MoneyField, MoneySerializer, money_json
from inventory.api.serializers import (
    CancellationTermsSerializer,
    PropertyShortSerializer,
    QuoteLineSerializer,
    RatePlanShortSerializer,
    RoomTypeShortSerializer,
)
from payments.models import PaymentMethod, PaymentPurpose, PaymentStatus, RefundStatus

Plain = serializers.Serializer[Any]

LINKS = {
    "self": "api:booking",
    "guest": "api:booking-guest",
    "pay": "api:booking-pay",
    "payments": "api:booking-payments",
    "cancellation": "api:booking-cancellation",
    "cancel": "api:booking-cancel",
    "calendar": "api:booking-calendar",
    "page": "bookings:detail",
}


class LinksSerializer(Plain):
    """Where to go from here; ``page`` is for people."""

    self = serializers.URLField()
    guest = serializers.URLField()
    pay = serializers.URLField()
    payments = serializers.URLField()
    cancellation = serializers.URLField()
    cancel = serializers.URLField()
    calendar = serializers.URLField()
    page = serializers.URLField()


class GuestSerializer(Plain):
    """Who comes."""

    name = serializers.CharField(source="guest_name")
    email = serializers.CharField(source="guest_email")
    phone = serializers.CharField(source="guest_phone")
    country = serializers.CharField(source="guest_country")
    language = serializers.CharField()
    special_requests = serializers.CharField()
    arrival_time = serializers.TimeField(allow_null=True)


class BookingLineSerializer(Plain):
    """A booking in a list. Give ``balances`` by folio in the context."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=BookingStatus.choices)
    property = PropertyShortSerializer()
    room_type = RoomTypeShortSerializer()
    rate_plan = RatePlanShortSerializer()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    rooms = serializers.IntegerField()
    adults = serializers.IntegerField()
    children_ages = serializers.ListField(child=serializers.IntegerField())
    guest_name = serializers.CharField()
    channel = serializers.ChoiceField(choices=BookingChannel.choices)
    total = MoneyField()
    balance = serializers.SerializerMethodField(
        help_text="What is still owed; negative if it is owed to the guest."
    )
    hold_expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(MoneySerializer)
    def get_balance(self, booking: Any) -> dict[str, str]:
        return money_json(self.context["balances"][booking.folio_id], booking.currency)


class BookingSerializer(Plain):
    """A booking as it was sold."""

    reference = serializers.CharField(help_text="Names the booking; it opens nothing by itself.")
    status = serializers.ChoiceField(choices=BookingStatus.choices)
    version = serializers.IntegerField(help_text="For If-Match; also the ETag.")
    hold_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the rooms are kept without payment."
    )
    property = PropertyShortSerializer()
    room_type = RoomTypeShortSerializer()
    rate_plan = RatePlanShortSerializer()
    arrival = serializers.DateField()
    departure = serializers.DateField()
    rooms = serializers.IntegerField()
    adults = serializers.IntegerField()
    children_ages = serializers.ListField(child=serializers.IntegerField())
    guest = serializers.SerializerMethodField()
    channel = serializers.ChoiceField(choices=BookingChannel.choices)
    room_total = MoneyField()
    tax_added = MoneyField()
    total = MoneyField()
    deposit_due = MoneyField(help_text="Of the total, what is due when booking.")
    lines = serializers.SerializerMethodField()
    cancellation_terms = CancellationTermsSerializer()
    cancellation_fee = MoneyField(help_text="What was kept when it was cancelled.")
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    links = serializers.SerializerMethodField()

    @extend_schema_field(GuestSerializer(allow_null=True))
    def get_guest(self, booking: Any) -> dict[str, Any] | None:
        return GuestSerializer(booking).data if booking.guest_name else None

    @extend_schema_field(QuoteLineSerializer(many=True))
    def get_lines(self, booking: Any) -> list[dict[str, Any]]:
        lines = booking.quote.get("lines", ())
        return [line | {"amount": {"amount": line["amount"], "currency": booking.currency}} for line in lines]

    @extend_schema_field(LinksSerializer)
    def get_links(self, booking: Any) -> dict[str, str]:
        return {
            name: settings.SITE_URL + reverse(view, args=[booking.reference]) for name, view in LINKS.items()
        }


class PaymentOptionSerializer(Plain):
    """One way to pay now."""

    gateway = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name is an attribute of the base
    purpose = serializers.ChoiceField(choices=PaymentPurpose.choices)
    amount = MoneyField()
    is_guarantee = serializers.BooleanField(help_text="Nothing is charged before the stay.")


class BookingMoneySerializer(Plain):
    """What has happened to money so far. Give ``currency`` in the context."""

    balance = serializers.SerializerMethodField(
        help_text="What is still owed; negative if it is owed to the guest."
    )
    paid = serializers.SerializerMethodField(help_text="All that was captured.")
    refunded = serializers.SerializerMethodField()
    refunds_pending = serializers.SerializerMethodField(help_text="On its way back.")
    is_guaranteed = serializers.BooleanField(help_text="To be paid at the property.")
    is_waiting = serializers.BooleanField(
        source="has_open_payment", help_text="A payment is with the provider; ask again in a moment."
    )

    @extend_schema_field(MoneySerializer)
    def get_balance(self, money: Any) -> dict[str, str]:
        return money_json(money.balance, self.context["currency"])

    @extend_schema_field(MoneySerializer)
    def get_paid(self, money: Any) -> dict[str, str]:
        return money_json(money.captured, self.context["currency"])

    @extend_schema_field(MoneySerializer)
    def get_refunded(self, money: Any) -> dict[str, str]:
        return money_json(money.refunded, self.context["currency"])

    @extend_schema_field(MoneySerializer)
    def get_refunds_pending(self, money: Any) -> dict[str, str]:
        return money_json(money.refunds_open, self.context["currency"])


class BookingDetailsSerializer(BookingSerializer):
    """A booking with its money and the ways to pay. Takes `BookingDetails`."""

    money = serializers.SerializerMethodField()
    payment_options = serializers.SerializerMethodField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        self._details = instance
        return super().to_representation(instance.booking)

    @extend_schema_field(BookingMoneySerializer)
    def get_money(self, booking: Any) -> Any:
        return BookingMoneySerializer(self._details.money, context={"currency": booking.currency}).data

    @extend_schema_field(PaymentOptionSerializer(many=True))
    def get_payment_options(self, _booking: Any) -> Any:
        return PaymentOptionSerializer(self._details.payment_options, many=True).data


class HeldBookingSerializer(BookingSerializer):
    """A booking that was just made."""

    access_token = serializers.CharField(
        help_text="Opens the booking without a log-in, in the header X-Booking-Token. Keep it secret."
    )


class OpenedBookingSerializer(BookingDetailsSerializer):
    """A booking that was found by what its guest knows of it."""

    access_token = serializers.CharField(
        help_text="Opens the booking from now on, in the header X-Booking-Token; empty for imported bookings."
    )


class RefundSerializer(Plain):
    amount = MoneyField(currency_source="payment.currency")
    status = serializers.ChoiceField(choices=RefundStatus.choices)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class PaymentSerializer(Plain):
    """One attempt to move money."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    gateway = serializers.CharField()
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    purpose = serializers.ChoiceField(choices=PaymentPurpose.choices)
    amount = MoneyField()
    redirect_url = serializers.SerializerMethodField(
        help_text="Where the guest has to confirm with the bank; empty if there is nothing to do."
    )
    failure_code = serializers.CharField()
    created_at = serializers.DateTimeField()
    captured_at = serializers.DateTimeField(allow_null=True)

    def get_redirect_url(self, payment: Any) -> str:
        if payment.status != PaymentStatus.REQUIRES_ACTION:
            return ""
        url: str = payment.redirect_url
        return settings.SITE_URL + url if url.startswith("/") else url


class PaymentToFinishSerializer(PaymentSerializer):
    """A payment that waits for the guest or the provider."""

    client_secret = serializers.CharField(
        required=False,
        help_text="Finishes the payment in the guest's browser, by Stripe's Payment Element. Never store or log it.",
    )
    publishable_key = serializers.CharField(required=False, help_text="Names the account to Stripe's script.")


class PaymentHistorySerializer(PaymentSerializer):
    """A payment with its refunds."""

    refunds = RefundSerializer(source="refunds.all", many=True)


class CancellationStepSerializer(Plain):
    """Cancelling before ``until`` costs ``fee``; the last step lasts from then on."""

    until = serializers.DateTimeField(allow_null=True)
    fee = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer)
    def get_fee(self, step: Any) -> dict[str, str]:
        return money_json(step.fee, self.context["currency"])


class CancellationPreviewSerializer(Plain):
    """What cancelling costs now. Give ``currency`` and ``is_possible`` in the context."""

    is_possible = serializers.SerializerMethodField(help_text="Whether the booking can be cancelled at all.")
    fee = MoneyField()
    refund = MoneyField(help_text="Of what was paid, what goes back.")
    due = MoneyField(help_text="Of the fee, what is not paid yet.")
    free_until = serializers.DateTimeField(allow_null=True)
    steps = CancellationStepSerializer(many=True)

    def get_is_possible(self, _preview: Any) -> bool:
        return bool(self.context["is_possible"])
