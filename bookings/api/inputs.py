"""What programs send about bookings: shapes and limits; what they mean is for the services to refuse."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from bookings.models import BookingChannel
from bookings.selectors import BOOKING_ORDERS
from bookings.services import NAME_MAX_LENGTH, REQUESTS_MAX_LENGTH
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails
from core.api.inputs import AmountSerializer, BodySerializer, CommaListField, DayField, IdField
from inventory.api.inputs import StayBody
from payments.models import PaymentPurpose

REFERENCE_MAX_LENGTH = 32
EMAIL_MAX_LENGTH = 254
PHONE_MAX_LENGTH = 40
CODE_MAX_LENGTH = 20
CARD_MAX_LENGTH = 80
REASON_MAX_LENGTH = 200
URL_MAX_LENGTH = 500
VERSION_MAX = 2**31 - 1

CHANNELS = (BookingChannel.API, BookingChannel.STAFF)


def terms_field() -> serializers.BooleanField:
    """Not required: programs that were written before it go on working."""
    return serializers.BooleanField(
        default=False,
        help_text=(
            "Your guest has read and accepted the terms of booking. It is written down with the version of the terms, "
            "the time, and the account or the e-mail address. Send it only where your guest was asked."
        ),
    )


@extend_schema_serializer(component_name="Guest")
class GuestBody(BodySerializer):
    """Who comes."""

    name = serializers.CharField(max_length=NAME_MAX_LENGTH)
    email = serializers.CharField(
        max_length=EMAIL_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="The confirmation goes there. Only staff may leave it out.",
    )
    phone = serializers.CharField(
        max_length=PHONE_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text="In international form: +442079460018.",
    )
    country = serializers.CharField(
        max_length=2, allow_blank=True, default="", help_text="ISO 3166-1 alpha-2."
    )
    language = serializers.CharField(
        max_length=10, allow_blank=True, default="", help_text="The language to write in: en, de, es, fr, pt."
    )
    special_requests = serializers.CharField(max_length=REQUESTS_MAX_LENGTH, allow_blank=True, default="")
    arrival_time = serializers.TimeField(allow_null=True, default=None)


@extend_schema_serializer(component_name="GuestChange")
class GuestChangeBody(BodySerializer):
    """What changes about who comes; the rest stays. The version is the one that was read."""

    version = serializers.IntegerField(
        min_value=0,
        max_value=VERSION_MAX,
        required=False,
        help_text="Instead of the header If-Match: the `version` of the booking that was read.",
    )
    name = serializers.CharField(max_length=NAME_MAX_LENGTH, required=False)
    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=PHONE_MAX_LENGTH, allow_blank=True, required=False)
    country = serializers.CharField(max_length=2, allow_blank=True, required=False)
    language = serializers.CharField(max_length=10, allow_blank=True, required=False)
    special_requests = serializers.CharField(max_length=REQUESTS_MAX_LENGTH, allow_blank=True, required=False)
    arrival_time = serializers.TimeField(allow_null=True, required=False)
    terms_accepted = terms_field()


@extend_schema_serializer(component_name="Booking")
class BookingBody(StayBody):
    """A stay to be held, at the total that was quoted."""

    expected_total = AmountSerializer(
        help_text="The total of the quote. If the stay costs something else by now, nothing is booked."
    )
    guest = GuestBody(required=False, help_text="May follow, but before paying.")
    terms_accepted = terms_field()
    channel = serializers.ChoiceField(
        choices=CHANNELS,
        default=BookingChannel.API,
        help_text="`staff`: staff of the property book for a guest, who needs no e-mail address.",
    )

    @property
    def guest_details(self) -> GuestDetails | None:
        given = self.validated_data.get("guest")
        return GuestDetails(**given) if given is not None else None


class BookingQuery(serializers.Serializer[Any]):
    """Which bookings to list."""

    property = IdField(default=None, help_text="Id of the property.")
    status = CommaListField(
        child=serializers.ChoiceField(choices=BookingStatus.choices),
        max_length=len(BookingStatus.choices),
        default=list,
        help_text="One or more: `held,confirmed`, or the parameter repeated.",
    )
    arrival_from = DayField(default=None, help_text="The first day of arrival.")
    arrival_to = DayField(default=None, help_text="The last day of arrival.")
    own = serializers.BooleanField(default=False, help_text="For staff: only bookings of their own account.")
    order = serializers.ChoiceField(choices=BOOKING_ORDERS, default=BOOKING_ORDERS[0])


@extend_schema_serializer(component_name="BookingLookup")
class LookupBody(BodySerializer):
    """What a guest knows of a booking."""

    reference = serializers.CharField(max_length=REFERENCE_MAX_LENGTH)
    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH)


@extend_schema_serializer(component_name="BookingPayment")
class PayBody(BodySerializer):
    """One way to pay out of the booking's ``payment_options``."""

    gateway = serializers.CharField(max_length=CODE_MAX_LENGTH)
    purpose = serializers.ChoiceField(choices=PaymentPurpose.choices)
    card = serializers.CharField(
        max_length=CARD_MAX_LENGTH,
        allow_blank=True,
        default="",
        help_text=(
            "A token of the provider's, never a card number. The sandbox knows success, decline, confirm, timeout and "
            "late. Stripe: `element` (the default) answers with a `client_secret`, `hosted` with a `redirect_url` to "
            "Stripe's page, and a PaymentMethod (`pm_…`) is tried at once."
        ),
    )
    return_url = serializers.CharField(
        max_length=URL_MAX_LENGTH,
        default="",
        allow_blank=True,
        help_text="Where the bank sends the guest back to: an address of this site, which is where it is by default.",
    )

    def validate_return_url(self, value: str) -> str:
        hosts = {self.context["host"], settings.SITE_URL.partition("://")[2], *settings.PAYMENT_RETURN_HOSTS}
        is_absolute = value.startswith(("https://", "http://")) and value.isprintable()
        if value and not (is_absolute and url_has_allowed_host_and_scheme(value, allowed_hosts=hosts)):
            raise serializers.ValidationError(
                _("The bank may not send guests to this address."), code="return_url_not_allowed"
            )
        return value


@extend_schema_serializer(component_name="BookingCancel")
class CancelBody(BodySerializer):
    """Under which fee a booking is cancelled."""

    expected_fee = AmountSerializer(
        required=False,
        help_text="The fee that was previewed. If it is another by now, nothing is cancelled. Left out: any fee.",
    )
    reason = serializers.CharField(max_length=REASON_MAX_LENGTH, allow_blank=True, default="")
    waive_fee = serializers.BooleanField(default=False, help_text="For managers and finance of the property.")
