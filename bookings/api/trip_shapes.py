"""What programs send and get about trips."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from bookings.api.inputs import PayBody
from bookings.selectors.trips import trip_calendar_url, trip_share_url
from bookings.services.trips import TITLE_MAX_LENGTH
from bookings.transitions import BookingStatus
from core.api.fields import MoneySerializer, money_json
from core.api.inputs import AmountSerializer, BodySerializer

from .serializers import PaymentOptionSerializer

Plain = serializers.Serializer[Any]
BOOKINGS_MAX = 30


class TripLineSerializer(Plain):
    """A trip in a list."""

    reference = serializers.CharField()
    title = serializers.CharField()
    bookings = serializers.IntegerField(source="booking_count")
    first_arrival = serializers.DateField(source="first", allow_null=True)
    last_departure = serializers.DateField(source="last", allow_null=True)
    created_at = serializers.DateTimeField()


class TripStaySerializer(Plain):
    """A booking of a trip, with its money."""

    reference = serializers.CharField(source="booking.reference")
    status = serializers.ChoiceField(source="booking.status", choices=BookingStatus.choices)
    property = serializers.CharField(source="booking.property.slug")
    room_type = serializers.CharField(source="booking.room_type.name")
    arrival = serializers.DateField(source="booking.arrival")
    departure = serializers.DateField(source="booking.departure")
    rooms = serializers.IntegerField(source="booking.rooms")
    paid = serializers.SerializerMethodField()
    due = serializers.SerializerMethodField(help_text="What can be paid of it now.")
    needs_guest = serializers.BooleanField(help_text="It says not yet who comes, and cannot be paid before.")

    @extend_schema_field(MoneySerializer)
    def get_paid(self, stay: Any) -> dict[str, str]:
        return money_json(stay.paid, stay.booking.currency)

    @extend_schema_field(MoneySerializer)
    def get_due(self, stay: Any) -> dict[str, str]:
        return money_json(stay.due, stay.booking.currency)


class TripTotalsSerializer(Plain):
    """What the trip comes to in one currency."""

    total = serializers.SerializerMethodField()
    paid = serializers.SerializerMethodField()
    due = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer)
    def get_total(self, totals: Any) -> dict[str, str]:
        return money_json(totals.total, totals.currency)

    @extend_schema_field(MoneySerializer)
    def get_paid(self, totals: Any) -> dict[str, str]:
        return money_json(totals.paid, totals.currency)

    @extend_schema_field(MoneySerializer)
    def get_due(self, totals: Any) -> dict[str, str]:
        return money_json(totals.due, totals.currency)


class TripSerializer(Plain):
    """A trip. Give ``stays``, ``totals`` and ``options`` in the context."""

    reference = serializers.CharField()
    title = serializers.CharField()
    notes = serializers.CharField()
    stays = serializers.SerializerMethodField(help_text="By arrival.")
    totals = serializers.SerializerMethodField(help_text="One for each currency.")
    payment_options = serializers.SerializerMethodField(
        help_text="How all that is due can be paid at once; none where it is in several currencies."
    )
    share_url = serializers.SerializerMethodField(help_text="Empty unless it is shared.")
    shares_prices = serializers.BooleanField()
    shares_guests = serializers.BooleanField()
    calendar_url = serializers.SerializerMethodField(help_text="Secret; empty unless there is one.")
    created_at = serializers.DateTimeField()

    @extend_schema_field(TripStaySerializer(many=True))
    def get_stays(self, _trip: Any) -> Any:
        return TripStaySerializer(self.context["stays"], many=True).data

    @extend_schema_field(TripTotalsSerializer(many=True))
    def get_totals(self, _trip: Any) -> Any:
        return TripTotalsSerializer(self.context["totals"], many=True).data

    @extend_schema_field(PaymentOptionSerializer(many=True))
    def get_payment_options(self, _trip: Any) -> Any:
        return PaymentOptionSerializer(self.context["options"], many=True).data

    def get_share_url(self, trip: Any) -> str:
        return trip_share_url(trip)

    def get_calendar_url(self, trip: Any) -> str:
        return trip_calendar_url(trip)


@extend_schema_serializer(component_name="TripRequest")
class TripBody(BodySerializer):
    """Bookings that belong together; without a title they are called after their cities."""

    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, allow_blank=True, default="")
    notes = serializers.CharField(max_length=2000, allow_blank=True, default="")
    bookings = serializers.ListField(
        child=serializers.CharField(max_length=32), max_length=BOOKINGS_MAX, default=list,
        help_text="References of own bookings.",
    )  # fmt: skip


@extend_schema_serializer(component_name="TripChange")
class TripChangeBody(BodySerializer):
    """What changes; the rest stays."""

    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, required=False)
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


@extend_schema_serializer(component_name="TripShare")
class TripShareBody(BodySerializer):
    """What who has the address may see besides houses and dates."""

    prices = serializers.BooleanField(default=False)
    guests = serializers.BooleanField(default=False)


@extend_schema_serializer(component_name="TripPay")
class TripPayBody(PayBody):
    """One of the trip's `payment_options`, at the amount that was seen."""

    expected_total = AmountSerializer(
        help_text="The option's amount. If something else is due by now, nothing is charged."
    )
