"""Bookings of spaces: made, listed, read, paid."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ConsentWay, User
from accounts.permissions import OPERATION_PERMISSIONS
from bookings.api import examples as booking_examples
from bookings.api import space_examples as examples
from bookings.api import space_inputs as inputs
from bookings.api import space_shapes as shapes
from bookings.api.access import (
    booking_of_request,
    is_guest_of,
    principal_for,
    request_user,
    space_booking_of_request,
    space_booking_to_change,
)
from bookings.api.inputs import PayBody
from bookings.api.serializers import PaymentSerializer
from bookings.models import BookingChannel, SpaceBooking
from bookings.selectors.spaces import space_bookings_visible
from bookings.services.spaces import space_book, space_payment_start, space_series_book
from bookings.space_exceptions import SpacePriceChanged
from bookings.space_links import space_booking_url, space_token_new
from bookings.space_types import BookedSpace
from core.api.idempotency import idempotent
from core.api.pagination import LongListPagination
from core.api.views import PageView
from core.exceptions import PermissionDenied
from core.idempotency import Answer
from inventory.selectors.spaces import space_get
from payments.exceptions import PaymentDeclined

from .paying import payment_answer, payment_declined
from .private import ONE_BOOKING, PrivateView

TAGS = ["spaces"]
BOOKING_ROLES = OPERATION_PERMISSIONS["space_book"]


class SpaceBookingListView(PrivateView, PageView):
    """The bookings of spaces somebody may see; a new one."""

    serializer_class = shapes.SpaceBookingSerializer
    pagination_class = LongListPagination
    idempotency_required = ("post",)

    def get_permissions(self) -> list[IsAuthenticated]:
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(
        operation_id="space_booking_list",
        summary="List bookings of spaces",
        description="One's own; for staff those of the properties where they work. By start, the first on top.",
        tags=TAGS,
        parameters=[inputs.SpaceBookingsQuery],
        responses=shapes.SpaceBookingSerializer(many=True),
        examples=[examples.LINE],
    )
    def get(self, request: Request) -> Response:
        query = inputs.SpaceBookingsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        wanted = query.validated_data
        rows: QuerySet[SpaceBooking] = space_bookings_visible(user=request.user, own_only=wanted["own"])
        if wanted["status"]:
            rows = rows.filter(status__in=wanted["status"])
        if wanted.get("property"):
            rows = rows.filter(property_id=wanted["property"])
        return self.page(rows)

    @extend_schema(
        operation_id="space_booking_create",
        summary="Book a space, or ask for it",
        description=(
            "Once or as a series, at exactly the expected total. Where the house has to agree it is `requested`; what "
            "has to be paid in advance is `held` for a quarter of an hour; everything else is `confirmed` at once. A "
            "series with conflicts is 409 `series_conflicts` and nothing is booked, unless they are to be left out."
        ),
        tags=TAGS,
        request=inputs.SpaceBookingBody,
        responses={201: shapes.BookedSpaceSerializer},
        examples=[examples.BOOK_REQUEST, examples.BOOKED],
    )
    def post(self, request: Request) -> Response:
        body = inputs.SpaceBookingBody(data=request.data)
        body.is_valid(raise_exception=True)
        response = idempotent(
            request, execute=lambda claim: _book(request, body, claim), render=_booked_answer
        )
        response.data["access_token"] = space_token_new(response.data["reference"])
        return response


class SpaceBookingView(PrivateView):
    """One booking."""

    @extend_schema(
        operation_id="space_booking_read",
        summary="Read a booking of a space",
        tags=TAGS,
        parameters=ONE_BOOKING,
        responses=shapes.SpaceBookingSerializer,
        examples=[examples.READ],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(shapes.SpaceBookingSerializer(space_booking_of_request(request, reference)).data)


class SpaceBookingPayView(PrivateView):
    """Paying for it."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="space_booking_pay",
        summary="Pay for a space",
        description="What is due, of a series for all of it. Otherwise as for a stay.",
        tags=TAGS,
        parameters=ONE_BOOKING,
        request=PayBody,
        responses={200: PaymentSerializer, 202: PaymentSerializer},
        examples=[booking_examples.PAY, booking_examples.PAID, booking_examples.PAYMENT_WAITING],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = space_booking_to_change(request, reference, BOOKING_ROLES)
        body = PayBody(data=request.data, context={"host": request.get_host()})
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        response = idempotent(
            request,
            execute=lambda claim: space_payment_start(
                booking_id=booking.pk,
                gateway=wanted["gateway"],
                idempotency_key=claim.key,
                return_url=wanted["return_url"] or space_booking_url(booking),
                card=wanted["card"] or None,
                user=request_user(request) if is_guest_of(request, booking) else None,
                idempotency=claim,
            ),
            render=payment_answer,
            principal=principal_for(request, booking),
        )
        if response.status_code == PaymentDeclined.http_status:
            return payment_declined(request, response)
        return response


def _book(request: Request, body: inputs.SpaceBookingBody, claim: Any) -> BookedSpace:
    wanted, actor = body.validated_data, request_user(request)
    is_staff = wanted["channel"] == BookingChannel.STAFF
    if is_staff and not (actor and actor.is_staff):
        raise PermissionDenied
    space = space_get(space_id=wanted["space"], include_inactive=False)
    expected = wanted["expected_total"]
    if expected["currency"] != space.property.currency:
        raise SpacePriceChanged(field="expected_total.currency", data={"currency": space.property.currency})
    stay = booking_of_request(request, wanted["stay"]) if wanted["stay"] else None
    common: dict[str, Any] = {
        "guest": body.guest_details,
        "user": None if is_staff else actor,
        "actor": actor,
        "channel": wanted["channel"],
        "expected_total": expected["amount"],
        "stay_id": stay.pk if stay else None,
        "terms": ConsentWay.API if wanted["terms_accepted"] else None,
        "idempotency": claim,
    }
    series = body.series(space)
    if series is None:
        return space_book(wish=body.wish(), **common)
    return space_series_book(wish=series, skip_conflicts=wanted["skip_conflicts"], **common)


def _booked_answer(booked: BookedSpace) -> Answer:
    """The answer that is kept with the key. The access token is no part of it: it is stored nowhere."""
    return Answer(status.HTTP_201_CREATED, shapes.bookings_json(booked.bookings))
