"""Guests come and go, for programs of the desk: kiosks and door locks."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import desk_shapes as shapes
from bookings.api import examples
from bookings.api.access import booking_of_request, staff_check
from bookings.api.serializers import BookingDetailsSerializer
from bookings.models import Booking
from bookings.selectors import booking_by_reference, booking_details
from bookings.services import booking_check_in, booking_check_out
from core.api.idempotency import idempotent
from core.idempotency import Answer
from inventory.api.views.calendars import StaffView

from .details import IF_MATCH_PARAMETER, version_given
from .private import REFERENCE_PARAMETER

TAGS = ["desk"]
ONE_STAY = [REFERENCE_PARAMETER, IF_MATCH_PARAMETER]


class BookingCheckInView(StaffView):
    """A guest has come."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="booking_check_in",
        summary="Check a guest in",
        description=(
            "For front desk and managers, from the day of arrival to the day of departure. Also who was marked as not "
            "come, if rooms are left. With If-Match only if nobody has changed the booking since."
        ),
        tags=TAGS,
        parameters=ONE_STAY,
        request=shapes.CheckInBody,
        responses={
            200: BookingDetailsSerializer,
            409: OpenApiResponse(
                examples.PROBLEM,
                "`wrong_day`, `transition_not_allowed`, `sold_out`, `version_conflict`, and of a room `room_occupied`, "
                "`room_closed`, `room_too_small`.",
                [shapes.NOT_TODAY],
            ),
        },
        examples=[shapes.CHECK_IN, examples.DETAILS],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = _stay(request, reference, "booking_check_in")
        body = shapes.CheckInBody(data=request.data)
        body.is_valid(raise_exception=True)
        return idempotent(
            request,
            execute=lambda claim: booking_check_in(
                booking_id=booking.pk,
                actor=self.actor,
                room_ids=body.room_ids,
                room_reason=body.validated_data["reason"],
                expected_version=version_given(request, None),
                idempotency=claim,
            ),
            render=_answer,
        )


class BookingCheckOutView(StaffView):
    """A guest has left."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="booking_check_out",
        summary="Check a guest out",
        description=(
            "For front desk and managers. The folio is settled: nothing is owed, and what was paid too much is on its "
            "way back; else 409 `folio_unsettled` with the balance. The rooms are dirty from now on. With If-Match "
            "only if nobody has changed the booking since."
        ),
        tags=TAGS,
        parameters=ONE_STAY,
        request=shapes.CheckOutBody,
        responses={
            200: BookingDetailsSerializer,
            409: OpenApiResponse(
                examples.PROBLEM,
                "`folio_unsettled`, `invoice_missing`, `transition_not_allowed`, `version_conflict`.",
                [shapes.UNSETTLED],
            ),
        },
        examples=[shapes.CHECK_OUT, examples.DETAILS],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = _stay(request, reference, "booking_check_out")
        body = shapes.CheckOutBody(data=request.data)
        body.is_valid(raise_exception=True)
        return idempotent(
            request,
            execute=lambda claim: booking_check_out(
                booking_id=booking.pk,
                actor=self.actor,
                expected_version=version_given(request, None),
                idempotency=claim,
                **body.validated_data,
            ),
            render=_answer,
        )


def _stay(request: Request, reference: str, operation: str) -> Booking:
    """The booking, for staff who may do this. Raises `BookingNotFound`, `PermissionDenied`."""
    booking = booking_of_request(request, reference)
    staff_check(request, booking, OPERATION_PERMISSIONS[operation])
    return booking


def _answer(booking: Booking) -> Answer:
    details = booking_details(booking=booking_by_reference(booking.reference))
    return Answer(status.HTTP_200_OK, BookingDetailsSerializer(details).data)
