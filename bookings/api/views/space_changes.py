"""Bookings of spaces: changed, decided on, cancelled, checked in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import space_examples as examples
from bookings.api import space_inputs as inputs
from bookings.api import space_shapes as shapes
from bookings.api.access import (
    is_guest_of,
    principal_for,
    request_user,
    space_booking_of_request,
    space_booking_to_change,
)
from bookings.models import SpaceBooking
from bookings.services.spaces import (
    space_booking_approve,
    space_booking_cancel,
    space_booking_change,
    space_booking_check_in,
    space_booking_decline,
)
from core.api.idempotency import idempotent
from core.idempotency import Answer

from .cancelling import OtherCurrency
from .private import ONE_BOOKING, PrivateView
from .space_bookings import TAGS


def _schema(*, example: OpenApiExample | None = None, **told: Any) -> Callable[..., Any]:
    """What is the same in the description of everything that is done to a booking."""
    return extend_schema(
        tags=TAGS,
        parameters=ONE_BOOKING,
        responses=shapes.SpaceBookingsSerializer,
        examples=[*([example] if example else []), examples.DONE],
        **told,
    )


class SpaceBookingCancelView(PrivateView):
    """Call it off."""

    idempotency_required = ("post",)

    @_schema(
        operation_id="space_booking_cancel",
        summary="Cancel a booking of a space",
        description=(
            "One time, this and the following of its series, or all. If the fee is another by now: 409 `fee_changed`."
        ),
        request=inputs.SpaceCancelBody,
        example=examples.CANCEL,
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = space_booking_to_change(request, reference, OPERATION_PERMISSIONS["space_cancel"])
        body = inputs.SpaceCancelBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        return idempotent(
            request,
            execute=lambda claim: space_booking_cancel(
                booking_id=booking.pk,
                actor=request_user(request),
                scope=wanted["scope"],
                expected_fee=_amount(wanted, "expected_fee", booking),
                reason=wanted["reason"],
                waive_fee=wanted["waive_fee"],
                idempotency=claim,
            ),
            render=_done_answer,
            principal=principal_for(request, booking),
        )


class SpaceBookingChangeView(PrivateView):
    """Another time."""

    idempotency_required = ("post",)

    @_schema(
        operation_id="space_booking_change",
        summary="Change a booking of a space",
        description=(
            "In a series the others move by as many days, to the same time of the property's clock. The price is that "
            "of the new time; a difference stays to be paid or goes back."
        ),
        request=inputs.SpaceChangeBody,
        example=examples.CHANGE,
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = space_booking_to_change(request, reference, OPERATION_PERMISSIONS["space_book"])
        body = inputs.SpaceChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        return idempotent(
            request,
            execute=lambda claim: space_booking_change(
                booking_id=booking.pk,
                change=body.change(),
                actor=request_user(request),
                scope=wanted["scope"],
                is_staff=not is_guest_of(request, booking),
                expected_total=_amount(wanted, "expected_total", booking),
                expected_version=wanted.get("version"),
                skip_conflicts=wanted["skip_conflicts"],
                idempotency=claim,
            ),
            render=_done_answer,
            principal=principal_for(request, booking),
        )


class DecisionView(PrivateView):
    """What the house does with a request."""

    permission_classes = (IsAuthenticated,)
    idempotency_required = ("post",)

    def decide(
        self, request: Request, reference: str, service: Callable[..., Sequence[SpaceBooking]]
    ) -> Response:
        """Hand the decision to ``service``, which checks the role."""
        booking = space_booking_of_request(request, reference)
        body = inputs.SpaceDecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        return idempotent(
            request,
            execute=lambda claim: service(
                booking_id=booking.pk, actor=request_user(request), idempotency=claim, **body.validated_data
            ),
            render=_done_answer,
        )


class SpaceBookingApproveView(DecisionView):
    """The house says yes."""

    @_schema(
        operation_id="space_booking_approve",
        summary="Approve a request for a space",
        description="For front desk and managers. What has to be paid in advance is then kept for 48 hours.",
        request=inputs.SpaceDecisionBody,
        example=examples.DECIDE,
    )
    def post(self, request: Request, reference: str) -> Response:
        return self.decide(request, reference, space_booking_approve)


class SpaceBookingDeclineView(DecisionView):
    """The house says no."""

    @_schema(
        operation_id="space_booking_decline",
        summary="Decline a request for a space",
        description="For front desk and managers, with a reason that the guest reads.",
        request=inputs.SpaceDecisionBody,
        example=examples.DECIDE,
    )
    def post(self, request: Request, reference: str) -> Response:
        return self.decide(request, reference, space_booking_decline)


class SpaceBookingCheckInView(PrivateView):
    """Somebody has come."""

    idempotency_required = ("post",)

    @_schema(
        operation_id="space_booking_check_in",
        summary="Check in to a space",
        description="By the guest or by staff, from 15 minutes before the start until the end.",
        request=None,
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = space_booking_to_change(request, reference, OPERATION_PERMISSIONS["space_check_in"])
        return idempotent(
            request,
            execute=lambda claim: space_booking_check_in(
                booking_id=booking.pk,
                actor=request_user(request),
                is_staff=not is_guest_of(request, booking),
                idempotency=claim,
            ),
            render=lambda done: _done_answer([done]),
            principal=principal_for(request, booking),
        )


def _amount(wanted: dict[str, Any], name: str, booking: SpaceBooking) -> Decimal | None:
    """The amount that the guest agreed to, if one was told. Raises `OtherCurrency`."""
    expected = wanted.get(name)
    if expected is None:
        return None
    if expected["currency"] != booking.currency:
        raise OtherCurrency(field=f"{name}.currency", data={"currency": booking.currency})
    amount: Decimal = expected["amount"]
    return amount


def _done_answer(bookings: Sequence[SpaceBooking]) -> Answer:
    return Answer(status.HTTP_200_OK, shapes.bookings_json(bookings))
