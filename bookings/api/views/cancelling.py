"""Calling a stay off, with the refund in sight before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import examples
from bookings.api.access import booking_of_request, booking_to_change, principal_for, request_user
from bookings.api.inputs import CancelBody
from bookings.api.serializers import BookingDetailsSerializer, CancellationPreviewSerializer
from bookings.models import Booking
from bookings.selectors import booking_details, cancellation_preview
from bookings.services import booking_cancel
from bookings.transitions import BookingStatus, transition_allowed
from core.api.idempotency import idempotent
from core.exceptions import ValidationFailed
from core.idempotency import Answer

from .details import IF_MATCH_PARAMETER, version_given
from .private import ONE_BOOKING, PrivateView

CANCELLING_ROLES = OPERATION_PERMISSIONS["booking_cancel"]


class OtherCurrency(ValidationFailed):
    """An amount in another currency than the booking's (422)."""

    code = "other_currency"
    message = _("The amount must be in the currency of the booking.")


class CancellationView(PrivateView):
    """What cancelling would cost."""

    @extend_schema(
        operation_id="booking_cancellation_read",
        summary="Preview a cancellation",
        description="The fee and the refund if it were cancelled now, and what it costs later.",
        tags=["bookings"],
        parameters=ONE_BOOKING,
        responses=CancellationPreviewSerializer,
        examples=[examples.PREVIEW],
    )
    def get(self, request: Request, reference: str) -> Response:
        booking = booking_of_request(request, reference)
        context = {
            "currency": booking.currency,
            "is_possible": transition_allowed(source=booking.status, target=BookingStatus.CANCELLED),
        }
        preview = cancellation_preview(booking=booking)
        return Response(CancellationPreviewSerializer(preview, context=context).data)


class BookingCancelView(PrivateView):
    """Call it off."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="booking_cancel",
        summary="Cancel a booking",
        description=(
            "Under the terms it was sold with; the rest of what was paid goes back. With the fee that was previewed, "
            "so that nobody pays more than they have seen: if it is another by now the answer is 409 `fee_changed`. "
            "With If-Match only if nobody has changed it since: else 409 `version_conflict`."
        ),
        tags=["bookings"],
        parameters=[*ONE_BOOKING, IF_MATCH_PARAMETER],
        request=CancelBody,
        responses=BookingDetailsSerializer,
        examples=[examples.CANCEL, examples.CANCELLED],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = booking_to_change(request, reference, CANCELLING_ROLES)
        body = CancelBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        return idempotent(
            request,
            execute=lambda claim: booking_cancel(
                booking_id=booking.pk,
                actor=request_user(request),
                expected_fee=_expected_fee(booking, wanted),
                reason=wanted["reason"],
                waive_fee=wanted["waive_fee"],
                expected_version=version_given(request, None),
                idempotency=claim,
            ),
            render=_cancelled_answer,
            principal=principal_for(request, booking),
        )


def _expected_fee(booking: Booking, wanted: dict[str, Any]) -> Decimal | None:
    fee = wanted.get("expected_fee")
    if fee is None:
        return None
    if fee["currency"] != booking.currency:
        raise OtherCurrency(field="expected_fee.currency", data={"currency": booking.currency})
    amount: Decimal = fee["amount"]
    return amount


def _cancelled_answer(booking: Booking) -> Answer:
    return Answer(status.HTTP_200_OK, BookingDetailsSerializer(booking_details(booking=booking)).data)
