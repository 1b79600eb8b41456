"""A stay becomes another one, with the outcome in sight before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import change_examples as examples
from bookings.api.access import (
    booking_of_request,
    booking_to_change,
    is_guest_of,
    principal_for,
    request_user,
)
from bookings.api.change_shapes import (
    BookingChangeSerializer,
    ChangeBody,
    ChangePreviewBody,
    ChangePreviewSerializer,
)
from bookings.api.examples import PROBLEM
from bookings.api.serializers import BookingDetailsSerializer
from bookings.models import Booking
from bookings.selectors import booking_details
from bookings.selectors.changes import changes_of_booking
from bookings.services import booking_change, change_preview
from core.api.idempotency import idempotent
from core.api.views import PageView
from core.idempotency import Answer

from .cancelling import OtherCurrency
from .details import IF_MATCH_PARAMETER, version_given
from .private import ONE_BOOKING, PrivateView

CHANGING_ROLES = OPERATION_PERMISSIONS["booking_change"]


class BookingChangePreviewView(PrivateView):
    """What a change would come to."""

    @extend_schema(
        operation_id="booking_change_preview",
        summary="Preview a change of a stay",
        description=(
            "Other dates, room type, rate plan or party; what is left out stays as it is. Nights that stay as they are "
            "keep the price they were sold at, all others have today's. Nothing is changed. What stands against it is "
            "in `refusal`. What is for staff counts for staff who are not the booking's guest."
        ),
        tags=["bookings"],
        parameters=ONE_BOOKING,
        request=ChangePreviewBody,
        responses=ChangePreviewSerializer,
        examples=[examples.PREVIEW_REQUEST, examples.PREVIEW],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = booking_to_change(request, reference, CHANGING_ROLES)
        body = ChangePreviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        _override_check(booking, body.validated_data)
        preview = change_preview(
            booking=booking,
            change=body.change_of(booking),
            actor=request_user(request),
            as_staff=not is_guest_of(request, booking),
        )
        return Response(ChangePreviewSerializer(preview).data)


class BookingChangeView(PrivateView):
    """Make a stay another one."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="booking_change",
        summary="Change a stay",
        description=(
            "Exactly as previewed. What becomes dearer is paid first by guests: then the answer is 202, the rooms are "
            "kept for a while, `payment_options` has the purpose `change`, and its payment does the change. Everything "
            "else is done at once (200), and refunds go back the way they were paid. 409 `quote_changed` with the new "
            "quote, 409 `version_conflict` with what somebody else has made of it, 409 `sold_out` with the nights."
        ),
        tags=["bookings"],
        parameters=[
            *ONE_BOOKING,
            IF_MATCH_PARAMETER,
        ],
        request=ChangeBody,
        responses={
            200: BookingDetailsSerializer,
            202: BookingDetailsSerializer,
            409: OpenApiResponse(
                PROBLEM, "The price, the rooms or the booking have changed.", [examples.VERSION_CONFLICT]
            ),
        },
        examples=[examples.CHANGE_REQUEST, examples.CHANGED, examples.WAITS],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = booking_to_change(request, reference, CHANGING_ROLES)
        body = ChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        _override_check(booking, wanted)
        version = version_given(request, wanted.get("expected_version"))
        return idempotent(
            request,
            execute=lambda claim: booking_change(
                booking_id=booking.pk,
                change=body.change_of(booking),
                expected_total=_amount(booking, wanted, "expected_total"),
                expected_fee=_amount(booking, wanted, "expected_fee"),
                expected_version=booking.version if version is None else version,
                actor=request_user(request),
                as_staff=not is_guest_of(request, booking),
                idempotency=claim,
            ),
            render=_changed_answer,
            principal=principal_for(request, booking),
        )


class BookingChangesView(PrivateView, PageView):
    """What has become of a stay."""

    serializer_class = BookingChangeSerializer

    @extend_schema(
        operation_id="booking_changes",
        summary="List a booking's changes",
        description="Done, waiting for payment, and not done; newest first.",
        tags=["bookings"],
        parameters=ONE_BOOKING,
        responses=BookingChangeSerializer(many=True),
        examples=[examples.HISTORY],
    )
    def get(self, request: Request, reference: str) -> Response:
        booking = booking_of_request(request, reference)
        return self.page(changes_of_booking(booking=booking))


def _amount(booking: Booking, wanted: dict[str, Any], name: str) -> Decimal | None:
    given = wanted.get(name)
    if given is None:
        return None
    if given["currency"] != booking.currency:
        raise OtherCurrency(field=f"{name}.currency", data={"currency": booking.currency})
    amount: Decimal = given["amount"]
    return amount


def _override_check(booking: Booking, wanted: dict[str, Any]) -> None:
    _amount(booking, wanted, "nightly_override")


def _changed_answer(booking: Booking) -> Answer:
    code = status.HTTP_202_ACCEPTED if booking.pending_change_id is not None else status.HTTP_200_OK
    return Answer(code, BookingDetailsSerializer(booking_details(booking=booking)).data)
