"""Trips of the user who is logged in, and one payment for all of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from bookings.api import examples as booking_examples
from bookings.api import trip_examples as examples
from bookings.api.access import booking_of_request, is_guest_of
from bookings.api.serializers import PaymentSerializer
from bookings.api.trip_shapes import (
    TripBody,
    TripChangeBody,
    TripLineSerializer,
    TripPayBody,
    TripSerializer,
    TripShareBody,
)
from bookings.exceptions import BookingNotFound
from bookings.models import Booking, Trip
from bookings.selectors.trips import (
    trip_for_access,
    trip_payment_options,
    trip_stays,
    trip_totals,
    trips_of_user,
)
from bookings.services.trips import (
    trip_booking_add,
    trip_booking_remove,
    trip_calendar_set,
    trip_change,
    trip_create,
    trip_delete,
    trip_payment_start,
    trip_share_set,
)
from core.api.idempotency import idempotent
from core.api.views import PageView
from payments.exceptions import PaymentDeclined

from .paying import payment_answer, payment_declined
from .private import PrivateView

ONE_TRIP = [OpenApiParameter("reference", str, OpenApiParameter.PATH, description="The trip's reference.")]
ONE_BOOKING_OF_TRIP = [
    *ONE_TRIP,
    OpenApiParameter("booking", str, OpenApiParameter.PATH, description="The booking's reference."),
]


class TripAccessView(PrivateView):
    """A view of one trip of the user."""

    permission_classes = (IsAuthenticated,)

    def user(self, request: Request) -> User:
        assert isinstance(request.user, User)
        return request.user

    def trip(self, request: Request, reference: str) -> Trip:
        """Somebody else's trip is a 404."""
        return trip_for_access(reference=reference, user=self.user(request))

    def booking(self, request: Request, reference: str) -> Booking:
        """An own booking; one that only staff may see is not found."""
        booking = booking_of_request(request, reference)
        if not is_guest_of(request, booking):
            raise BookingNotFound
        return booking

    def answer(self, trip: Trip, status_code: int = status.HTTP_200_OK) -> Response:
        stays = trip_stays(trip=trip)
        context = {"stays": stays, "totals": trip_totals(stays), "options": trip_payment_options(stays)}
        return Response(TripSerializer(trip, context=context).data, status=status_code)


class TripListView(TripAccessView, PageView):
    """The user's trips."""

    serializer_class = TripLineSerializer

    @extend_schema(
        operation_id="trip_list",
        summary="List one's trips",
        description="The newest first.",
        tags=["trips"],
        responses=TripLineSerializer(many=True),
        examples=[examples.LINE],
    )
    def get(self, request: Request) -> Response:
        return self.page(trips_of_user(user=self.user(request)))

    @extend_schema(
        operation_id="trip_create",
        summary="Make a trip",
        description="Of own bookings. A booking that is in another trip moves.",
        tags=["trips"],
        request=TripBody,
        responses={201: TripSerializer},
        examples=[examples.MAKE, examples.MADE],
    )
    def post(self, request: Request) -> Response:
        body = TripBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        trip = trip_create(
            user=self.user(request),
            booking_ids=[self.booking(request, reference).pk for reference in wanted["bookings"]],
            title=wanted["title"],
            notes=wanted["notes"],
        )
        return self.answer(trip, status.HTTP_201_CREATED)


class TripView(TripAccessView):
    """One trip."""

    @extend_schema(
        operation_id="trip_read",
        summary="Read a trip",
        description="With its bookings, what they come to, and how all that is due can be paid at once.",
        tags=["trips"],
        parameters=ONE_TRIP,
        responses=TripSerializer,
        examples=[examples.READ],
    )
    def get(self, request: Request, reference: str) -> Response:
        return self.answer(self.trip(request, reference))

    @extend_schema(
        operation_id="trip_change",
        summary="Rename a trip",
        description="Title and notes.",
        tags=["trips"],
        parameters=ONE_TRIP,
        request=TripChangeBody,
        responses=TripSerializer,
        examples=[examples.CHANGE, examples.READ],
    )
    def patch(self, request: Request, reference: str) -> Response:
        body = TripChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        return self.answer(trip_change(trip_id=self.trip(request, reference).pk, **body.validated_data))

    @extend_schema(
        operation_id="trip_delete",
        summary="Forget a trip",
        description="Its bookings stay, each for itself.",
        tags=["trips"],
        parameters=ONE_TRIP,
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        trip_delete(trip_id=self.trip(request, reference).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TripBookingView(TripAccessView):
    """A booking's place in a trip."""

    @extend_schema(
        operation_id="trip_booking_add",
        summary="Put a booking into a trip",
        description="One that is in another trip moves.",
        tags=["trips"],
        parameters=ONE_BOOKING_OF_TRIP,
        request=None,
        responses=TripSerializer,
        examples=[examples.READ],
    )
    def put(self, request: Request, reference: str, booking: str) -> Response:
        trip = self.trip(request, reference)
        return self.answer(trip_booking_add(trip_id=trip.pk, booking_id=self.booking(request, booking).pk))

    @extend_schema(
        operation_id="trip_booking_remove",
        summary="Take a booking out of a trip",
        description="The booking itself stays as it is.",
        tags=["trips"],
        parameters=ONE_BOOKING_OF_TRIP,
        responses={204: None},
    )
    def delete(self, request: Request, reference: str, booking: str) -> Response:
        trip = self.trip(request, reference)
        trip_booking_remove(trip_id=trip.pk, booking_id=self.booking(request, booking).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TripShareView(TripAccessView):
    """The address that may be handed on."""

    @extend_schema(
        operation_id="trip_share",
        summary="Share a trip",
        description="Makes `share_url`, or changes what is shown there.",
        tags=["trips"],
        parameters=ONE_TRIP,
        request=TripShareBody,
        responses=TripSerializer,
        examples=[examples.SHARE, examples.SHARED],
    )
    def put(self, request: Request, reference: str) -> Response:
        body = TripShareBody(data=request.data)
        body.is_valid(raise_exception=True)
        shared = trip_share_set(
            trip_id=self.trip(request, reference).pk,
            is_shared=True,
            shares_prices=body.validated_data["prices"],
            shares_guests=body.validated_data["guests"],
        )
        return self.answer(shared)

    @extend_schema(
        operation_id="trip_unshare",
        summary="Stop sharing a trip",
        description="The address that was handed out does not work any more, and never will again.",
        tags=["trips"],
        parameters=ONE_TRIP,
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        trip_share_set(trip_id=self.trip(request, reference).pk, is_shared=False)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TripCalendarView(TripAccessView):
    """The trip's calendar."""

    @extend_schema(
        operation_id="trip_calendar_publish",
        summary="Make a trip's calendar",
        description="Makes `calendar_url`, a secret address for calendar programs (iCalendar).",
        tags=["trips"],
        parameters=ONE_TRIP,
        request=None,
        responses=TripSerializer,
        examples=[examples.READ],
    )
    def put(self, request: Request, reference: str) -> Response:
        trip = self.trip(request, reference)
        return self.answer(trip_calendar_set(trip_id=trip.pk, is_published=True))

    @extend_schema(
        operation_id="trip_calendar_revoke",
        summary="Take a trip's calendar back",
        description="The address does not work any more, and never will again.",
        tags=["trips"],
        parameters=ONE_TRIP,
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        trip_calendar_set(trip_id=self.trip(request, reference).pk, is_published=False)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TripPayView(TripAccessView):
    """One payment for the trip."""

    idempotency_required = ("post",)
    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="trip_pay",
        summary="Pay for a trip",
        description=(
            "One charge for all that is due; each booking gets exactly its share, and gives back exactly that if it is "
            "cancelled. Answers as paying for a booking does. The same key never charges twice."
        ),
        tags=["trips"],
        parameters=ONE_TRIP,
        request=TripPayBody,
        responses={
            200: PaymentSerializer,
            202: PaymentSerializer,
            402: OpenApiResponse(
                booking_examples.PROBLEM, "The payment was declined.", [booking_examples.DECLINED]
            ),
        },
        examples=[examples.PAY, booking_examples.PAID, booking_examples.PAYMENT_WAITING],
    )
    def post(self, request: Request, reference: str) -> Response:
        trip = self.trip(request, reference)
        body = TripPayBody(data=request.data, context={"host": request.get_host()})
        body.is_valid(raise_exception=True)
        wanted: dict[str, Any] = body.validated_data
        response = idempotent(
            request,
            execute=lambda claim: trip_payment_start(
                trip_id=trip.pk,
                gateway=wanted["gateway"],
                purpose=wanted["purpose"],
                expected_total=wanted["expected_total"]["amount"],
                expected_currency=wanted["expected_total"]["currency"],
                idempotency_key=claim.key,
                return_url=wanted["return_url"] or _return_url(trip),
                card=wanted["card"] or None,
                user=self.user(request),
                idempotency=claim,
            ),
            render=payment_answer,
        )
        if response.status_code == PaymentDeclined.http_status:
            return payment_declined(request, response)
        return response


def _return_url(trip: Trip) -> str:
    return settings.SITE_URL + reverse("bookings:trip_return", args=[trip.reference])
