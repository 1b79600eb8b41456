"""Webhook endpoints for integrators, their deliveries, and the list of events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.pagination import NewestFirstPagination
from core.api.views import PageView
from notifications.models import DeliveryStatus, WebhookEndpoint
from notifications.selectors.events import events_page
from notifications.selectors.webhooks import (
    EVENT,
    deliveries_of,
    delivery_of,
    endpoint_visible,
    endpoints_visible,
    events_access_check,
    property_ids_visible,
)
from notifications.services.endpoints import (
    webhook_endpoint_change,
    webhook_endpoint_delete,
    webhook_endpoint_disable,
    webhook_endpoint_enable,
    webhook_endpoint_register,
    webhook_secret_rotate,
)
from notifications.services.numbering import events_number_all
from notifications.services.resending import (
    deliveries_resend_start,
    delivery_resend,
    webhook_test_send,
)

from . import webhook_examples as examples
from .webhook_serializers import (
    DeliveryDetailsSerializer,
    DeliveryQuery,
    DeliverySerializer,
    EndpointBody,
    EndpointChangeBody,
    EndpointSerializer,
    EventPageSerializer,
    EventQuery,
    RangeBody,
    ResentSerializer,
    SecretEndpointSerializer,
)

STATUS_PARAMETER = OpenApiParameter(
    "status", str, enum=DeliveryStatus.values, many=True, description="Only these, separated by commas."
)


class WebhookView(APIView):
    """What all views here share."""

    permission_classes = (IsAuthenticated,)

    @property
    def user(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def endpoint(self, endpoint_id: int) -> WebhookEndpoint:
        """The endpoint, if it is the user's to see."""
        return endpoint_visible(user=self.user, endpoint_id=endpoint_id)


class DeliveryPagination(NewestFirstPagination):
    ordering = ("-pk",)


class EndpointListView(WebhookView, PageView):
    """The endpoints somebody may see; a new one."""

    serializer_class = EndpointSerializer

    @extend_schema(
        operation_id="webhook_endpoint_list",
        summary="List webhook endpoints",
        description="Those of the properties where one is a manager, newest first; without their secrets.",
        tags=["webhooks"],
        responses=EndpointSerializer(many=True),
        examples=[examples.ENDPOINT],
    )
    def get(self, request: Request) -> Response:
        return self.page(endpoints_visible(user=self.user))

    @extend_schema(
        operation_id="webhook_endpoint_create",
        summary="Register a webhook endpoint",
        description=(
            "For managers of the property; without a property, for superusers. The address is resolved, and one that "
            "leads into a private network is refused. The answer holds the secret, which is not told again. "
            "Deliveries are signed as Standard Webhooks are."
        ),
        tags=["webhooks"],
        request=EndpointBody,
        responses={201: SecretEndpointSerializer},
        examples=[examples.ENDPOINT_NEW, examples.ENDPOINT_MADE],
    )
    def post(self, request: Request) -> Response:
        body = EndpointBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        endpoint, secret = webhook_endpoint_register(
            property_id=wanted.pop("property"), actor=self.user, **wanted
        )
        return _with_secret(endpoint, secret, status.HTTP_201_CREATED)


class EndpointView(WebhookView):
    """One endpoint."""

    @extend_schema(
        operation_id="webhook_endpoint_read",
        summary="Read a webhook endpoint",
        description="How it is doing: whether it is on, and since when it fails.",
        tags=["webhooks"],
        responses=EndpointSerializer,
        examples=[examples.ENDPOINT],
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        return Response(EndpointSerializer(self.endpoint(endpoint_id)).data)

    @extend_schema(
        operation_id="webhook_endpoint_update",
        summary="Change a webhook endpoint",
        description=(
            "What is left out stays. A new address is checked. Switched on again it gets what happens from then on; "
            "what it missed is sent by `resend`."
        ),
        tags=["webhooks"],
        request=EndpointChangeBody,
        responses=EndpointSerializer,
        examples=[examples.ENDPOINT_CHANGE, examples.ENDPOINT],
    )
    def patch(self, request: Request, endpoint_id: int) -> Response:
        body = EndpointChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(body.validated_data)
        is_enabled = changes.pop("is_enabled", None)
        self.endpoint(endpoint_id)
        if changes:
            webhook_endpoint_change(endpoint_id=endpoint_id, actor=self.user, **changes)
        if is_enabled is not None:
            switch = webhook_endpoint_enable if is_enabled else webhook_endpoint_disable
            switch(endpoint_id=endpoint_id, actor=self.user)
        return Response(EndpointSerializer(self.endpoint(endpoint_id)).data)

    @extend_schema(
        operation_id="webhook_endpoint_delete",
        summary="Delete a webhook endpoint",
        description="With its secrets and the record of its deliveries.",
        tags=["webhooks"],
        responses={204: None},
    )
    def delete(self, request: Request, endpoint_id: int) -> Response:
        self.endpoint(endpoint_id)
        webhook_endpoint_delete(endpoint_id=endpoint_id, actor=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EndpointSecretView(WebhookView):
    """A new secret."""

    @extend_schema(
        operation_id="webhook_secret_rotate",
        summary="Give a webhook endpoint a new secret",
        description="The answer holds it, once. The secret before signs beside it for 24 hours.",
        tags=["webhooks"],
        request=None,
        responses=SecretEndpointSerializer,
        examples=[examples.ENDPOINT_ROTATED],
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        self.endpoint(endpoint_id)
        endpoint, secret = webhook_secret_rotate(endpoint_id=endpoint_id, actor=self.user)
        return _with_secret(endpoint, secret, status.HTTP_200_OK)


class EndpointTestView(WebhookView):
    """A test event."""

    @extend_schema(
        operation_id="webhook_test",
        summary="Send a test to a webhook endpoint",
        description="Sent once, in the background, also while the endpoint is off. Read the delivery for how it went.",
        tags=["webhooks"],
        request=None,
        responses={202: DeliverySerializer},
        examples=[examples.DELIVERY_ACCEPTED],
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        self.endpoint(endpoint_id)
        delivery = webhook_test_send(endpoint_id=endpoint_id, actor=self.user)
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


class EndpointResendView(WebhookView):
    """The events of a range again."""

    @extend_schema(
        operation_id="webhook_resend",
        summary="Have a range of events sent again",
        description=(
            "By number (`after`, up to and including `until`) or by time (`since`, before `before`); in the "
            "background, in their order, also those that happened while the endpoint was off. `is_missing_only` "
            "leaves out what was delivered."
        ),
        tags=["webhooks"],
        request=RangeBody,
        responses={202: ResentSerializer},
        examples=[examples.RANGE, examples.RESENT],
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        body = RangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        self.endpoint(endpoint_id)
        count = deliveries_resend_start(endpoint_id=endpoint_id, wanted=body.wanted(), actor=self.user)
        return Response({"events": count}, status=status.HTTP_202_ACCEPTED)


class DeliveryListView(WebhookView, PageView):
    """What was sent to an endpoint."""

    serializer_class = DeliverySerializer
    pagination_class = DeliveryPagination

    @extend_schema(
        operation_id="webhook_delivery_list",
        summary="List the deliveries of a webhook endpoint",
        description="Newest first, if wanted only those of a `status`.",
        tags=["webhooks"],
        parameters=[STATUS_PARAMETER],
        responses=DeliverySerializer(many=True),
        examples=[examples.DELIVERY],
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        query = DeliveryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        endpoint = self.endpoint(endpoint_id)
        return self.page(deliveries_of(endpoint=endpoint, statuses=query.validated_data["status"]))


class DeliveryView(WebhookView):
    """One delivery."""

    @extend_schema(
        operation_id="webhook_delivery_read",
        summary="Read a delivery with its attempts",
        description="What was sent, and status, headers and the beginning of the body of each answer.",
        tags=["webhooks"],
        responses=DeliveryDetailsSerializer,
        examples=[examples.DELIVERY_DETAILS],
    )
    def get(self, request: Request, endpoint_id: int, delivery_id: int) -> Response:
        endpoint = self.endpoint(endpoint_id)
        delivery = delivery_of(endpoint=endpoint, delivery_id=delivery_id)
        return Response(DeliveryDetailsSerializer(delivery, context={"endpoint": endpoint}).data)


class DeliveryResendView(WebhookView):
    """One delivery again."""

    @extend_schema(
        operation_id="webhook_delivery_resend",
        summary="Send a delivery again",
        description="At once, with the same `webhook-id`, whatever became of it; its attempts begin anew.",
        tags=["webhooks"],
        request=None,
        responses={202: DeliverySerializer},
        examples=[examples.DELIVERY_ACCEPTED],
    )
    def post(self, request: Request, endpoint_id: int, delivery_id: int) -> Response:
        delivery_of(endpoint=self.endpoint(endpoint_id), delivery_id=delivery_id)
        delivery = delivery_resend(delivery_id=delivery_id, actor=self.user)
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


class EventListView(WebhookView):
    """What happened."""

    @extend_schema(
        operation_id="event_list",
        summary="List events by number",
        description=(
            "For staff who may see events of the property. The numbers of a property are without gaps and in the order "
            "in which one reads them: who has all from n to m has missed nothing. Without `property` the events of all "
            "properties that one may see come by `chain_sequence`. Ask with `next_after` for what comes next. Events "
            "are kept for 90 days unless the operator says otherwise."
        ),
        tags=["webhooks"],
        parameters=[EventQuery],
        responses={
            200: EventPageSerializer,
            410: OpenApiResponse(
                examples.PROBLEM, "Events after this number are not kept any more.", [examples.TOO_OLD]
            ),
        },
        examples=[examples.EVENTS],
    )
    def get(self, request: Request) -> Response:
        query = EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        visible = property_ids_visible(self.user, EVENT)
        events_access_check(visible, wanted["property"])
        events_number_all()
        page = events_page(
            property_id=wanted["property"],
            visible_property_ids=visible,
            after=wanted["after"],
            types=wanted["types"],
            limit=wanted["limit"],
        )
        return Response(EventPageSerializer(page, context={"is_chain": wanted["property"] is None}).data)


def _with_secret(endpoint: WebhookEndpoint, secret: str, code: int) -> Response:
    serializer = SecretEndpointSerializer(endpoint, context={"secret": secret})
    return Response(serializer.data, status=code, headers={"Cache-Control": "private, no-store"})
