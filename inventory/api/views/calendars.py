"""Calendars of other channels, for programs of staff. What is not theirs looks as if it did not exist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with, property_ids_with, roles_for
from accounts.selectors import staff_access
from core.api.views import PageView
from core.exceptions import NotFound, PermissionDenied
from inventory.api import calendar_shapes as shapes
from inventory.channels.tokens import feed_url
from inventory.exceptions import UnknownRoomType
from inventory.models import CalendarConflict, CalendarFeed, ExternalCalendar, RoomType
from inventory.selectors.channels import (
    calendars_for_properties,
    conflicts_for_properties,
    room_type_for_properties,
)
from inventory.services.calendars import (
    calendar_add,
    calendar_change,
    calendar_fetch_now,
    calendar_remove,
    calendar_shrink_accept,
    conflict_resolve,
)
from inventory.services.feeds import feed_get, feed_rotate

CALENDAR = "inventory.externalcalendar"
TAGS = ["calendars"]


class StaffView(APIView):
    """For staff only; answers are for one reader and are kept by nobody on the way."""

    permission_classes = (IsAdminUser,)

    def seen(self, model: str) -> list[int] | None:
        """The houses whose rows of a model the user may see. One query."""
        return property_ids_with(staff_access(self.actor), roles_for(model, "view"))

    def check(self, model: str, action: str, property_id: int) -> None:
        """Refuse who may see it but not do this. One query. Raises `PermissionDenied`."""
        if not may_with(staff_access(self.actor), property_id, roles_for(model, action)):
            raise PermissionDenied

    def operation_check(self, operation: str, property_id: int) -> None:
        """Refuse who may not do an operation at the house. One query. Raises `PermissionDenied`."""
        if not may_with(staff_access(self.actor), property_id, OPERATION_PERMISSIONS[operation]):
            raise PermissionDenied

    @property
    def actor(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final

    def calendar(self, calendar_id: int) -> ExternalCalendar:
        """A calendar the user may see. Two queries. Raises `NotFound`."""
        found = calendars_for_properties(self.seen(CALENDAR)).filter(pk=calendar_id).first()
        if found is None:
            raise NotFound
        return found

    def room_type(self, room_type_id: int) -> RoomType:
        """A room type of a house the user works at. Two queries. Raises `UnknownRoomType`."""
        seen = property_ids_with(staff_access(self.actor), roles_for("inventory.roomtype", "view"))
        found = room_type_for_properties(seen, room_type_id=room_type_id)
        if found is None:
            raise UnknownRoomType(field="room_type")
        return found


class CalendarListView(StaffView, PageView):
    """The calendars that are read."""

    serializer_class = shapes.ExternalCalendarSerializer

    @extend_schema(
        operation_id="external_calendars_list",
        summary="List calendars of other channels",
        description="Those of the properties where the user works.",
        tags=TAGS,
        parameters=[shapes.CalendarsQuery],
        responses=shapes.ExternalCalendarSerializer(many=True),
        examples=[shapes.CALENDAR_ANSWER],
    )
    def get(self, request: Request) -> Response:
        query = shapes.CalendarsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        room_type_id = query.validated_data["room_type"]
        return self.page(calendars_for_properties(self.seen(CALENDAR), room_type_id=room_type_id))

    @extend_schema(
        operation_id="external_calendar_create",
        summary="Read a calendar of another channel",
        description=(
            "It is fetched at once and then every quarter of an hour; each event blocks rooms. The same address for "
            "the same room type is a 409, so that repeating the request does no harm."
        ),
        tags=TAGS,
        request=shapes.CalendarBody,
        responses={201: shapes.ExternalCalendarSerializer},
        examples=[shapes.CALENDAR_REQUEST, shapes.CALENDAR_ANSWER],
    )
    def post(self, request: Request) -> Response:
        body = shapes.CalendarBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        room_type = self.room_type(wanted.pop("room_type"))
        self.check(CALENDAR, "add", room_type.property_id)
        made = calendar_add(room_type_id=room_type.pk, actor=self.actor, **wanted)
        answer = shapes.ExternalCalendarSerializer(self.calendar(made.pk))
        return Response(answer.data, status=status.HTTP_201_CREATED)


class CalendarDetailView(StaffView):
    """One calendar."""

    @extend_schema(
        operation_id="external_calendar_read",
        summary="Read how a calendar does",
        tags=TAGS,
        responses=shapes.ExternalCalendarSerializer,
        examples=[shapes.CALENDAR_ANSWER],
    )
    def get(self, request: Request, calendar_id: int) -> Response:
        return Response(shapes.ExternalCalendarSerializer(self.calendar(calendar_id)).data)

    @extend_schema(
        operation_id="external_calendar_change",
        summary="Change a calendar",
        description="Another number of rooms is blocked at once; another address is fetched at once.",
        tags=TAGS,
        request=shapes.CalendarChangeBody,
        responses=shapes.ExternalCalendarSerializer,
        examples=[shapes.CALENDAR_CHANGE, shapes.CALENDAR_ANSWER],
    )
    def put(self, request: Request, calendar_id: int) -> Response:
        calendar = self.calendar(calendar_id)
        self.check(CALENDAR, "change", calendar.room_type.property_id)
        body = shapes.CalendarChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        calendar_change(calendar_id=calendar_id, actor=self.actor, **body.validated_data)
        return Response(shapes.ExternalCalendarSerializer(self.calendar(calendar_id)).data)

    @extend_schema(
        operation_id="external_calendar_remove",
        summary="Remove a calendar",
        description="What it blocks from today on is on sale again.",
        tags=TAGS,
        responses={204: OpenApiResponse(description="Removed.")},
    )
    def delete(self, request: Request, calendar_id: int) -> Response:
        calendar = self.calendar(calendar_id)
        self.check(CALENDAR, "delete", calendar.room_type.property_id)
        calendar_remove(calendar_id=calendar_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CalendarFetchView(StaffView):
    """Fetching now."""

    @extend_schema(
        operation_id="external_calendar_fetch",
        summary="Fetch a calendar now",
        description="Answers before it is done; `fetched_at` says when it was.",
        tags=TAGS,
        request=None,
        responses={202: OpenApiResponse(description="It is fetched in a moment.")},
    )
    def post(self, request: Request, calendar_id: int) -> Response:
        calendar = self.calendar(calendar_id)
        self.check(CALENDAR, "change", calendar.room_type.property_id)
        calendar_fetch_now(calendar_id=calendar_id)
        return Response(status=status.HTTP_202_ACCEPTED)


class CalendarAcceptView(StaffView):
    """Believing a calendar that lost many events."""

    @extend_schema(
        operation_id="external_calendar_accept",
        summary="Accept that a calendar has lost many events",
        description="It is fetched again, and what is gone from it is put back on sale.",
        tags=TAGS,
        request=None,
        responses={202: OpenApiResponse(description="It is fetched in a moment.")},
    )
    def post(self, request: Request, calendar_id: int) -> Response:
        calendar = self.calendar(calendar_id)
        self.check(CALENDAR, "change", calendar.room_type.property_id)
        calendar_shrink_accept(calendar_id=calendar_id, actor=self.actor)
        return Response(status=status.HTTP_202_ACCEPTED)


class ConflictListView(StaffView, PageView):
    """What could not be blocked."""

    serializer_class = shapes.ConflictSerializer

    @extend_schema(
        operation_id="calendar_conflicts_list",
        summary="List conflicts with other channels",
        description="Nights that an event of another channel needs and that are sold here, newest first.",
        tags=TAGS,
        parameters=[shapes.ConflictsQuery],
        responses=shapes.ConflictSerializer(many=True),
        examples=[shapes.CONFLICT_ANSWER],
    )
    def get(self, request: Request) -> Response:
        query = shapes.ConflictsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        seen = self.seen("inventory.calendarconflict")
        return self.page(conflicts_for_properties(seen, state=query.validated_data["state"]))


class ConflictResolveView(StaffView):
    """Closing a conflict."""

    @extend_schema(
        operation_id="calendar_conflict_resolve",
        summary="Say that staff took care of a conflict",
        description="By another room or another house. Closing one that is closed changes nothing.",
        tags=TAGS,
        request=None,
        responses=shapes.ConflictSerializer,
        examples=[shapes.CONFLICT_ANSWER],
    )
    def post(self, request: Request, conflict_id: int) -> Response:
        conflict = self._conflict(conflict_id)
        self.operation_check("calendar_conflict_resolve", conflict.calendar.room_type.property_id)
        conflict_resolve(conflict_id=conflict_id, actor=self.actor)
        return Response(shapes.ConflictSerializer(self._conflict(conflict_id)).data)

    def _conflict(self, conflict_id: int) -> CalendarConflict:
        seen = self.seen("inventory.calendarconflict")
        found = conflicts_for_properties(seen).filter(pk=conflict_id).first()
        if found is None:
            raise NotFound
        return found


class FeedView(StaffView):
    """The address of a room type's own calendar."""

    @extend_schema(
        operation_id="calendar_feed_read",
        summary="Read the address of a room type's calendar",
        description="For other channels. A room type gets its address when it is first asked for.",
        tags=TAGS,
        responses=shapes.FeedSerializer,
        examples=[shapes.FEED_ANSWER],
    )
    def get(self, request: Request, room_type_id: int) -> Response:
        room_type = self.room_type(room_type_id)
        self.operation_check("calendar_feed_read", room_type.property_id)
        return Response(_feed(feed_get(room_type_id=room_type_id)))

    @extend_schema(
        operation_id="calendar_feed_rotate",
        summary="Give a room type's calendar another address",
        description="The one before is gone at once.",
        tags=TAGS,
        request=None,
        responses=shapes.FeedSerializer,
        examples=[shapes.FEED_ANSWER],
    )
    def post(self, request: Request, room_type_id: int) -> Response:
        room_type = self.room_type(room_type_id)
        self.operation_check("calendar_feed_rotate", room_type.property_id)
        return Response(_feed(feed_rotate(room_type_id=room_type_id, actor=self.actor)))


def _feed(feed: CalendarFeed) -> Any:
    shown = {"room_type_id": feed.room_type_id, "address": feed_url(feed), "rotated_at": feed.rotated_at}
    return shapes.FeedSerializer(shown).data
