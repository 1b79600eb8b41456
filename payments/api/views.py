"""Where payment providers tell us what has happened."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.exceptions import EventInvalid
from payments.gateways.sandbox.signing import HEADER
from payments.gateways.stripe.events import HEADER as STRIPE_HEADER
from payments.services import event_receive

RECEIVED = inline_serializer("EventReceived", {"received": serializers.BooleanField()})


class EventsView(APIView):
    """Provider events: who signs is believed, nobody logs in, and no rate limit drops what a provider says."""

    authentication_classes = ()
    throttle_classes = ()

    @extend_schema(
        operation_id="payment_event_receive",
        summary="Receive a provider's event",
        description=(
            "For payment providers. The raw body must carry the provider's signature, at most 300 seconds old. An "
            "event is stored once by its id and answered at once; what it is about is then read from the provider, "
            "so that order and repetition do not matter."
        ),
        tags=["payments"],
        parameters=[
            OpenApiParameter(
                "gateway", str, OpenApiParameter.PATH, description="Code of the gateway: stripe or sandbox."
            ),
            OpenApiParameter(
                HEADER, str, OpenApiParameter.HEADER, description="The sandbox's signature: `t=…,v1=…`."
            ),
            OpenApiParameter(
                STRIPE_HEADER, str, OpenApiParameter.HEADER, description="Stripe's signature: `t=…,v1=…`."
            ),
        ],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: OpenApiResponse(RECEIVED, description="Stored, now or before.")},
        examples=[
            OpenApiExample(
                "Event of the sandbox",
                value={
                    "id": "evt_sb_x_succeeded",
                    "type": "intent.succeeded",
                    "intent": "sb_x",
                    "created": 1767225600,
                },
                request_only=True,
            ),
            OpenApiExample("Received", value={"received": True}, response_only=True, status_codes=["200"]),
        ],
    )
    def post(self, request: Request, gateway: str) -> Response:
        """Store the event and its work, and answer at once."""
        event_receive(gateway=gateway, body=_body(request), headers=request.headers)
        return Response({"received": True})


def _body(request: Request) -> bytes:
    """Give the raw body, over which the signature is made. Raises `EventInvalid` for one beyond the upload limit."""
    try:
        return request.body
    except RequestDataTooBig:
        raise EventInvalid(code="event_too_large", http_status=413) from None
