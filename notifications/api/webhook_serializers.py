"""What programs send and get about webhook endpoints, deliveries and events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.inputs import BIGINT_MAX, BodySerializer, CommaListField, IdField
from notifications.models import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.models.webhooks import DESCRIPTION_MAX_LENGTH, URL_MAX_LENGTH
from notifications.payloads import event_payload, message_id_of, payload_of
from notifications.selectors.events import EVENTS_MAX
from notifications.services.resending import EventRange
from notifications.types.events import EVENT_TYPES

TYPES = [(name, name) for name in EVENT_TYPES]


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint, without its secret."""

    property = serializers.IntegerField(
        source="property_id", allow_null=True, help_text="Null: the events of all properties."
    )
    owner = serializers.EmailField(source="owner.email", default=None, allow_null=True)
    disabled_reason = serializers.CharField(
        help_text="`by_hand`, `gone`, `failing`, or empty while it is on."
    )
    event_types = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id",
            "property",
            "url",
            "description",
            "event_types",
            "owner",
            "is_enabled",
            "disabled_reason",
            "disabled_at",
            "failing_since",
            "last_success_at",
            "last_failure_at",
            "created_at",
        )


class SecretEndpointSerializer(EndpointSerializer):
    """An endpoint with its new secret, which is not told again."""

    secret = serializers.SerializerMethodField(help_text="`whsec_…`: what deliveries are signed with.")

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        return str(self.context.get("secret", ""))


class EndpointBody(BodySerializer):
    """A new endpoint."""

    url = serializers.CharField(max_length=URL_MAX_LENGTH, help_text="`https://…`")
    property = IdField(required=False, allow_null=True, default=None)
    description = serializers.CharField(
        max_length=DESCRIPTION_MAX_LENGTH, required=False, allow_blank=True, default=""
    )
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), required=False, default=list, max_length=len(TYPES)
    )


class EndpointChangeBody(BodySerializer):
    """What is different now; what is left out stays."""

    url = serializers.CharField(max_length=URL_MAX_LENGTH, required=False)
    description = serializers.CharField(max_length=DESCRIPTION_MAX_LENGTH, required=False, allow_blank=True)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), required=False, max_length=len(TYPES)
    )
    is_enabled = serializers.BooleanField(required=False)


class RangeBody(BodySerializer):
    """Which events to send again, by number or by time."""

    after = serializers.IntegerField(min_value=0, max_value=BIGINT_MAX, required=False, default=None)
    until = serializers.IntegerField(min_value=1, max_value=BIGINT_MAX, required=False, default=None)
    since = serializers.DateTimeField(required=False, default=None)
    before = serializers.DateTimeField(required=False, default=None)
    is_missing_only = serializers.BooleanField(required=False, default=False)

    def wanted(self) -> EventRange:
        """The range that was sent."""
        return EventRange(**self.validated_data)


class ResentSerializer(serializers.Serializer[Any]):
    """How much is sent again."""

    events = serializers.IntegerField(help_text="Counted to 10,000.")


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """One event on its way to an endpoint, or a test."""

    webhook_id = serializers.SerializerMethodField(help_text="The header `webhook-id`, at every attempt.")
    type = serializers.SerializerMethodField()
    sequence = serializers.IntegerField(source="event.sequence", default=None, allow_null=True)
    subject = serializers.CharField(source="event.subject", default=None, allow_null=True)
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = (
            "id",
            "webhook_id",
            "type",
            "sequence",
            "subject",
            "status",
            "attempts",
            "resends",
            "created_at",
            "delivered_at",
            "next_attempt_at",
        )

    def get_webhook_id(self, delivery: WebhookDelivery) -> str:
        return message_id_of(delivery)

    def get_type(self, delivery: WebhookDelivery) -> str:
        return delivery.event.type if delivery.event else "webhook.test"


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """One try. Secrets in headers and body are masked."""

    request_headers = serializers.DictField(child=serializers.CharField())
    answer_headers = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = WebhookAttempt
        fields = (
            "number",
            "started_at",
            "seconds",
            "url",
            "address",
            "request_headers",
            "answer_status",
            "answer_headers",
            "answer_body",
            "error",
        )


class DeliveryDetailsSerializer(DeliverySerializer):
    """A delivery with its attempts and what was sent."""

    attempt_log = AttemptSerializer(many=True)
    payload = serializers.SerializerMethodField()

    class Meta(DeliverySerializer.Meta):
        fields = (*DeliverySerializer.Meta.fields, "attempt_log", "payload")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_payload(self, delivery: WebhookDelivery) -> dict[str, Any]:
        return payload_of(delivery, self.context["endpoint"])


class DeliveryQuery(BodySerializer):
    """Which deliveries."""

    status = CommaListField(
        child=serializers.ChoiceField(choices=DeliveryStatus.choices), required=False, default=list
    )
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class EventQuery(BodySerializer):
    """Which events."""

    property = IdField(required=False, default=None, help_text="By the numbers of this property.")
    after = serializers.IntegerField(
        min_value=0,
        max_value=BIGINT_MAX,
        required=False,
        default=None,
        help_text="The last number you have; without it the oldest that is kept comes first.",
    )
    types = CommaListField(child=serializers.ChoiceField(choices=TYPES), required=False, default=list)
    limit = serializers.IntegerField(min_value=1, max_value=EVENTS_MAX, required=False, default=100)


class EventPropertySerializer(serializers.Serializer[Any]):
    """Where it happened."""

    id = serializers.IntegerField()
    slug = serializers.CharField()


class EventSerializer(serializers.Serializer[Any]):
    """An event, as it is delivered to endpoints."""

    id = serializers.CharField(help_text="The `webhook-id` of its deliveries.")
    type = serializers.CharField()
    version = serializers.IntegerField(help_text="Of this shape.")
    sequence = serializers.IntegerField(help_text="At its property; the next one is one more.")
    chain_sequence = serializers.IntegerField(
        required=False, help_text="Among all properties; only where those are read."
    )
    created_at = serializers.DateTimeField()
    property = EventPropertySerializer()
    subject = serializers.CharField(help_text="What it is about, such as `booking:K7XM3PQR`.")
    data = serializers.DictField()  # type: ignore[assignment]  # the name is a property of the base

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return event_payload(instance, is_chain=self.context["is_chain"])


class EventPageSerializer(serializers.Serializer[Any]):
    """Events in the order of their numbers, and where to go on."""

    events = EventSerializer(many=True)
    next_after = serializers.IntegerField(help_text="The next `after`.")
    oldest = serializers.IntegerField(help_text="The oldest number that is kept.")
    last = serializers.IntegerField(help_text="The newest number.")
    has_more = serializers.BooleanField()
