"""Price alerts for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.fields import MoneyField
from core.api.inputs import BodySerializer, IdField
from core.api.views import PageView
from core.exceptions import ValidationFailed
from inventory.api.inputs import DatesMixin, PartyMixin
from inventory.types import CHILD_MAX_AGE, PARTY_MAX_CHILDREN
from waitlist.alert_exceptions import AlertExists, AlertsTooMany
from waitlist.models import AlertStatus, PriceAlert
from waitlist.models.alerts import DROP_PERCENT_MAX, DROP_PERCENT_MIN
from waitlist.selectors.alerts import alert_for_access, alerts_of_user
from waitlist.services.alerts import AlertWish, alert_change, alert_create, alert_delete

EXAMPLE: dict[str, Any] = {
    "reference": "K7XM3PQR",
    "status": "active",
    "property": "hotel-am-kanal",
    "room_type": 12,
    "arrival": "2027-03-05",
    "departure": "2027-03-07",
    "adults": 2,
    "children_ages": [],
    "rooms": 1,
    "target_total": None,
    "drop_percent": 10,
    "reference_total": {"amount": "260.00", "currency": "EUR"},
    "last_total": {"amount": "255.00", "currency": "EUR"},
    "checked_at": "2026-11-20T09:30:00Z",
}
SHOWN = OpenApiExample("Ten percent less", value=EXAMPLE, response_only=True)
WISHED = OpenApiExample(
    "Tell me of ten percent less",
    value={
        "property_id": 12,
        "arrival": "2027-03-05",
        "departure": "2027-03-07",
        "adults": 2,
        "drop_percent": 10,
        "email": "guest@example.com",
    },
    request_only=True,
)
CHANGED = OpenApiExample("At most 240", value={"target_total": "240.00"}, request_only=True)
SENT = OpenApiExample(
    "A link was sent", value={"confirmation": "sent"}, response_only=True, status_codes=["202"]
)


@extend_schema_serializer(component_name="PriceAlert")
class AlertSerializer(serializers.Serializer[Any]):
    """A watched stay."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=AlertStatus.choices)
    property = serializers.CharField(source="property.slug", help_text="Its slug.")
    room_type = serializers.IntegerField(source="room_type_id", allow_null=True, help_text="None: any.")
    arrival = serializers.DateField()
    departure = serializers.DateField()
    adults = serializers.IntegerField()
    children_ages = serializers.ListField(child=serializers.IntegerField())
    rooms = serializers.IntegerField()
    target_total = MoneyField(help_text="Told when the stay costs at most that.")
    drop_percent = serializers.IntegerField(
        allow_null=True, help_text="Told when it costs so many percent less than `reference_total`."
    )
    reference_total = MoneyField(help_text="The price when the alert was set, or the last one told.")
    last_total = MoneyField(help_text="The price at the last look at which it could be booked.")
    checked_at = serializers.DateTimeField(allow_null=True)


class WishMixin(serializers.Serializer[Any]):
    """Exactly one of both."""

    target_total = serializers.DecimalField(
        max_digits=14,
        decimal_places=3,
        min_value=0,
        default=None,
        allow_null=True,
        help_text="In the property's currency.",
    )
    drop_percent = serializers.IntegerField(
        min_value=DROP_PERCENT_MIN, max_value=DROP_PERCENT_MAX, default=None, allow_null=True
    )

    @property
    def wish(self) -> AlertWish:
        """What is waited for. Raises `ValidationFailed` unless exactly one is given."""
        return AlertWish(self.validated_data["target_total"], self.validated_data["drop_percent"])


@extend_schema_serializer(component_name="NewPriceAlert")
class AlertBody(BodySerializer, DatesMixin, PartyMixin, WishMixin):
    """The stay to be watched; `email` for who is not logged in."""

    property_id = IdField(help_text="Id of the property.")
    room_type = IdField(default=None, allow_null=True, help_text="Id of the room type; any unless given.")
    children_ages = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=CHILD_MAX_AGE),
        max_length=PARTY_MAX_CHILDREN,
        default=list,
    )
    email = serializers.EmailField(default="", allow_blank=True)
    name = serializers.CharField(max_length=150, default="", allow_blank=True)


@extend_schema_serializer(component_name="PriceAlertChange")
class AlertChangeBody(BodySerializer, WishMixin):
    """What is waited for instead."""


@extend_schema_serializer(component_name="PriceAlertSent")
class AlertSentSerializer(serializers.Serializer[Any]):
    """A link was sent, unless that address watches the stay already or has too many alerts."""

    confirmation = serializers.CharField(help_text="Always `sent`.")


class AlertListView(PageView):
    """The account's price alerts."""

    serializer_class = AlertSerializer
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="price_alert_list",
        summary="List one's price alerts",
        description="Those that are open first, by arrival.",
        tags=["alerts"],
        responses=AlertSerializer(many=True),
        examples=[SHOWN],
    )
    def get(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        return self.page(alerts_of_user(user=request.user))

    @extend_schema(
        operation_id="price_alert_create",
        summary="Watch the price of a stay",
        description=(
            "One mail for each drop, and only when the stay can be booked at that price. An account's alert is active "
            "at once (201). Without an account `email` gets a link first (202); nothing is sent before it was followed."
        ),
        tags=["alerts"],
        request=AlertBody,
        responses={201: AlertSerializer, 202: AlertSentSerializer},
        examples=[
            WISHED,
            OpenApiExample("Ten percent less", value=EXAMPLE, response_only=True, status_codes=["201"]),
            SENT,
        ],
    )
    def post(self, request: Request) -> Response:
        body = AlertBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        user = request.user if isinstance(request.user, User) else None
        if user is None and not wanted["email"]:
            raise ValidationFailed(field="email")
        try:
            alert = alert_create(
                property_id=wanted["property_id"],
                room_type_id=wanted["room_type"],
                stay=body.stay,
                party=body.party,
                wish=body.wish,
                user=user,
                email=wanted["email"],
                name=wanted["name"],
                language=getattr(request, "LANGUAGE_CODE", "en"),
            )
        except (AlertExists, AlertsTooMany):
            if user is not None:
                raise
        if user is None:
            return Response({"confirmation": "sent"}, status=202)
        return Response(AlertSerializer(alert).data, status=201)

    def get_permissions(self) -> Sequence[Any]:
        """Only who has an account has a list."""
        return [IsAuthenticated()] if self.request.method in ("GET", "HEAD") else super().get_permissions()


class AlertView(APIView):
    """One alert of the account's."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="price_alert_read",
        summary="Read a price alert",
        description="One's own; somebody else's is not found.",
        tags=["alerts"],
        responses=AlertSerializer,
        examples=[SHOWN],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(AlertSerializer(self._alert(request, reference)).data)

    @extend_schema(
        operation_id="price_alert_change",
        summary="Wait for something else",
        description="A percentage counts from what the stay costs now.",
        tags=["alerts"],
        request=AlertChangeBody,
        responses=AlertSerializer,
        examples=[CHANGED, SHOWN],
    )
    def patch(self, request: Request, reference: str) -> Response:
        body = AlertChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        alert_change(alert=self._alert(request, reference), wish=body.wish)
        return Response(AlertSerializer(self._alert(request, reference)).data)

    @extend_schema(
        operation_id="price_alert_delete",
        summary="Delete a price alert",
        description="With what it told.",
        tags=["alerts"],
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        alert_delete(alert=self._alert(request, reference))
        return Response(status=204)

    def _alert(self, request: Request, reference: str) -> PriceAlert:
        return alert_for_access(reference=reference, user=request.user)
