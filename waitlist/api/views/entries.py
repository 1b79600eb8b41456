"""Joining the waitlist, reading it and leaving it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from bookings.api.views.private import PrivateView
from core.api.idempotency import idempotent
from core.api.pagination import LongListPagination
from core.api.views import PageView
from core.idempotency import Answer
from waitlist.api import examples
from waitlist.api.access import ONE_ENTRY, answer_check, entry_of_request, principal_for, request_user
from waitlist.api.inputs import EntryQuery, JoinBody
from waitlist.api.serializers import (
    JoinedEntrySerializer,
    WaitlistEntryDetailsSerializer,
    WaitlistEntrySerializer,
)
from waitlist.models import WaitlistEntry
from waitlist.selectors import entries_visible, entry_details
from waitlist.services import entry_join, entry_leave


class EntryListView(PrivateView, PageView):
    """The entries somebody may see; a new one."""

    serializer_class = WaitlistEntrySerializer
    pagination_class = LongListPagination

    def get_permissions(self) -> list[IsAuthenticated]:
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    @property
    def throttle_scope(self) -> str | None:
        """Joining is costly and writes mails; reading is not."""
        return "sensitive" if self.request.method == "POST" else None

    @extend_schema(
        operation_id="waitlist_list",
        summary="List who waits",
        description="One's own entries; for staff those of the properties where they work, in turn unless told.",
        tags=["waitlist"],
        parameters=[EntryQuery],
        responses=WaitlistEntrySerializer(many=True),
        examples=[examples.LINE],
    )
    def get(self, request: Request) -> Response:
        query = EntryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        assert isinstance(request.user, User)
        return self.page(
            entries_visible(
                user=request.user,
                own_only=wanted["own"],
                property_id=wanted["property"],
                room_type_id=wanted["room_type"],
                statuses=wanted["status"],
                night_from=wanted["night_from"],
                night_to=wanted["night_to"],
                order=wanted["order"],
            )
        )

    @extend_schema(
        operation_id="waitlist_join",
        summary="Join the waitlist",
        description=(
            "For a stay that cannot be booked now. When rooms come free that fit it, they are held and offered to the "
            "first in the queue by mail. Without a log-in if need be. If the stay can be booked now, the answer is 409 "
            "`rooms_available`; the same address waits for the same stay once (409 `already_waiting`)."
        ),
        tags=["waitlist"],
        request=JoinBody,
        responses={
            201: JoinedEntrySerializer,
            409: OpenApiResponse(
                examples.PROBLEM, "There are rooms, or they wait already.", [examples.ROOMS_AVAILABLE]
            ),
        },
        examples=[examples.WISH, examples.JOINED],
    )
    def post(self, request: Request) -> Response:
        body = JoinBody(data=request.data)
        body.is_valid(raise_exception=True)
        limit, currency = body.limit
        joined = entry_join(
            property_id=body.validated_data["property"],
            room_type_id=body.validated_data["room_type"],
            stay=body.stay,
            party=body.party,
            flexible_days=body.validated_data["flexible_days"],
            max_total=limit,
            max_total_currency=currency,
            guest=body.guest_details,
            user=request_user(request),
        )
        document = WaitlistEntrySerializer(entry_details(entry=joined.entry).entry).data
        return Response(document | {"access_token": joined.access_token}, status=status.HTTP_201_CREATED)


class EntryView(PrivateView):
    """One entry."""

    @extend_schema(
        operation_id="waitlist_read",
        summary="Read an entry of the waitlist",
        description="For its user, for who has its access token, and for staff of the property.",
        tags=["waitlist"],
        parameters=ONE_ENTRY,
        responses=WaitlistEntryDetailsSerializer,
        examples=[examples.DETAILS],
    )
    def get(self, request: Request, reference: str) -> Response:
        details = entry_details(entry=entry_of_request(request, reference))
        return Response(WaitlistEntryDetailsSerializer(details).data)


class EntryLeaveView(PrivateView):
    """Giving up."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="waitlist_leave",
        summary="Leave the waitlist",
        description="What was offered goes to the next. Leaving twice is leaving once.",
        tags=["waitlist"],
        parameters=ONE_ENTRY,
        request=None,
        responses=WaitlistEntrySerializer,
        examples=[examples.LEFT],
    )
    def post(self, request: Request, reference: str) -> Response:
        entry = entry_of_request(request, reference)
        answer_check(request, entry, entry.access_token_hash)
        return idempotent(
            request,
            execute=lambda claim: entry_leave(entry_id=entry.pk, idempotency=claim),
            render=_left_answer,
            principal=principal_for(request, entry),
        )


def _left_answer(entry: WaitlistEntry) -> Answer:
    return Answer(status.HTTP_200_OK, WaitlistEntrySerializer(entry).data)
