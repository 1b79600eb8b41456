"""Making bookings and finding them again."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ConsentWay, User
from bookings.access import access_token_new, access_token_of
from bookings.api import examples
from bookings.api.access import request_user
from bookings.api.inputs import BookingBody, BookingQuery, LookupBody
from bookings.api.serializers import (
    BookingDetailsSerializer,
    BookingLineSerializer,
    BookingSerializer,
    HeldBookingSerializer,
    OpenedBookingSerializer,
)
from bookings.models import BookingChannel
from bookings.selectors import (
    booking_by_reference,
    booking_details,
    booking_for_access,
    bookings_visible,
)
from bookings.services import booking_hold
from bookings.types import HeldBooking
from core.api.idempotency import REPLAYED_HEADER, idempotent
from core.api.pagination import LongListPagination
from core.api.views import PageView
from core.exceptions import PermissionDenied
from core.idempotency import Answer
from payments.selectors import folio_balances

from .private import PrivateView


class BookingListView(PrivateView, PageView):
    """The bookings somebody may see; a new one."""

    serializer_class = BookingLineSerializer
    pagination_class = LongListPagination
    idempotency_required = ("post",)

    def get_permissions(self) -> list[IsAuthenticated]:
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(
        operation_id="booking_list",
        summary="List bookings",
        description="One's own; for staff those of the properties where they work. Newest first unless told.",
        tags=["bookings"],
        parameters=[BookingQuery],
        responses=BookingLineSerializer(many=True),
        examples=[examples.BOOKING_LINE],
    )
    def get(self, request: Request) -> Response:
        query = BookingQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        assert isinstance(request.user, User)
        bookings = bookings_visible(
            user=request.user,
            own_only=wanted["own"],
            property_id=wanted["property"],
            statuses=wanted["status"],
            arrival_from=wanted["arrival_from"],
            arrival_to=wanted["arrival_to"],
            order=wanted["order"],
        )
        page = self.paginate_queryset(bookings) or []
        balances = folio_balances(folio_ids=[booking.folio_id for booking in page])
        return self.page_response(page, balances=balances)

    @extend_schema(
        operation_id="booking_create",
        summary="Book a stay",
        description=(
            "Holds the rooms for 15 minutes at exactly the expected total, without a log-in if need be. Then tell who "
            "comes, if that is not said yet, and pay; the booking is confirmed by what is due being paid. Sent again "
            "with the same Idempotency-Key it books once and answers alike. If the price is another by now, the "
            "answer is 409 `quote_changed` with the new quote in `data`, and nothing is booked."
        ),
        tags=["bookings"],
        request=BookingBody,
        responses={
            201: HeldBookingSerializer,
            409: OpenApiResponse(
                examples.PROBLEM, "Sold out, not sellable, or at another price.", examples.BOOKING_REFUSALS
            ),
        },
        examples=[examples.BOOKING_REQUEST, examples.BOOKING_BY_STAFF, examples.HELD],
    )
    def post(self, request: Request) -> Response:
        body = BookingBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted, actor = body.validated_data, request_user(request)
        is_by_staff = wanted["channel"] == BookingChannel.STAFF
        if is_by_staff and not (actor and actor.is_staff):
            raise PermissionDenied
        response = idempotent(
            request,
            execute=lambda claim: booking_hold(
                room_type_id=wanted["room_type"],
                rate_plan_id=wanted["rate_plan"],
                stay=body.stay,
                party=body.party,
                expected_total=wanted["expected_total"]["amount"],
                expected_currency=wanted["expected_total"]["currency"],
                guest=body.guest_details,
                user=None if is_by_staff else actor,
                actor=actor,
                channel=wanted["channel"],
                terms=ConsentWay.API if wanted["terms_accepted"] else None,
                idempotency=claim,
            ),
            render=_held_answer,
        )
        return _with_access_token(response)


class BookingLookupView(PrivateView):
    """A booking by what its guest knows of it."""

    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="booking_lookup",
        summary="Find a booking by reference and e-mail address",
        description="A wrong reference, a wrong address and somebody else's booking get the same answer: 404.",
        tags=["bookings"],
        request=LookupBody,
        responses={
            200: OpenedBookingSerializer,
            404: OpenApiResponse(examples.PROBLEM, "No such booking.", [examples.NOT_FOUND]),
        },
        examples=[examples.LOOKUP, examples.OPENED],
    )
    def post(self, request: Request) -> Response:
        body = LookupBody(data=request.data)
        body.is_valid(raise_exception=True)
        booking = booking_for_access(**body.validated_data)
        document = BookingDetailsSerializer(booking_details(booking=booking)).data
        return Response(document | {"access_token": access_token_of(booking)})


def _held_answer(held: HeldBooking) -> Answer:
    """The answer that is kept with the key. The access token is no part of it: it is stored nowhere."""
    booking = booking_by_reference(held.booking.reference)
    return Answer(status.HTTP_201_CREATED, BookingSerializer(booking).data)


def _with_access_token(response: Response) -> Response:
    """The answer with the booking's token, which is derived again for a replay. One query then, none otherwise."""
    reference = response.data["reference"]
    is_replay = REPLAYED_HEADER in response.headers
    token = access_token_of(booking_by_reference(reference)) if is_replay else access_token_new(reference)
    response.data["access_token"] = token
    return response
