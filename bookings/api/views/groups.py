"""Groups for programs of staff: agreed, changed, their rooms kept, taken and given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api import examples as booking_examples
from bookings.api import group_examples as examples
from bookings.api import group_shapes as shapes
from bookings.group_types import PickedUp
from bookings.models import Group
from bookings.selectors.groups import group_bookings, group_pick_ups, group_visible, groups_visible
from bookings.services.groups import (
    group_blocks_set,
    group_create,
    group_release,
    group_rooms_pick_up,
    group_update,
)
from core.api.idempotency import idempotent
from core.api.pagination import LongListPagination
from core.api.views import PageView
from core.dates import ONE_DAY
from core.exceptions import NotFound
from core.idempotency import Answer
from inventory.api.views.calendars import StaffView

from .cancelling import OtherCurrency
from .details import IF_MATCH, VersionRequired, version_given

MODEL = "bookings.group"
TAGS = ["groups"]
GROUP = OpenApiParameter("group_id", int, OpenApiParameter.PATH, description="Id of the group.")
VERSION = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, description="The ETag of the group that was read."
)


class GroupView(StaffView):
    """What the views of one group share."""

    def group(self, group_id: int) -> Group:
        """A group the user may see. Two queries. Raises `GroupNotFound`."""
        return group_visible(group_id=group_id, property_ids=self.seen(MODEL))

    def managed(self, group_id: int) -> Group:
        """A group the user may change. Three queries. Raises `GroupNotFound`, `PermissionDenied`."""
        group = self.group(group_id)
        self.operation_check("group_manage", group.property_id)
        return group


class GroupListView(GroupView, PageView):
    """The groups of the houses where somebody works; a new one."""

    serializer_class = shapes.GroupSerializer
    pagination_class = LongListPagination
    idempotency_required = ("post",)

    @extend_schema(
        operation_id="groups_list",
        summary="List groups",
        description="Those of the properties where the user works, the last arrival first.",
        tags=TAGS,
        parameters=[shapes.GroupsQuery],
        responses=shapes.GroupSerializer(many=True),
        examples=[examples.GROUP],
    )
    def get(self, request: Request) -> Response:
        query = shapes.GroupsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        rows = groups_visible(
            property_ids=self.seen(MODEL), property_id=wanted["property"], open_only=wanted["open"]
        )
        return self.page(rows)

    @extend_schema(
        operation_id="group_create",
        summary="Agree on a group",
        description="Its rooms are kept with the next request. With a shared folio that is opened.",
        tags=TAGS,
        request=shapes.GroupBody,
        responses={201: shapes.GroupDetailsSerializer},
        examples=[examples.CREATE, examples.CREATED],
    )
    def post(self, request: Request) -> Response:
        body = shapes.GroupBody(data=request.data)
        body.is_valid(raise_exception=True)
        property_id, seen = body.validated_data["property"], self.seen(MODEL)
        if seen is not None and property_id not in seen:
            raise NotFound
        self.operation_check("group_manage", property_id)
        return idempotent(
            request,
            execute=lambda claim: group_create(
                property_id=property_id, details=body.details, actor=self.actor, idempotency=claim
            ),
            render=lambda group: Answer(status.HTTP_201_CREATED, _document(group), _tagged(group)),
        )


class GroupDetailsView(GroupView):
    """One group."""

    @extend_schema(
        operation_id="group_read",
        summary="Read a group with its rooms",
        description="Room type by room type and night by night: kept, taken, given back.",
        tags=TAGS,
        parameters=[GROUP],
        responses=shapes.GroupDetailsSerializer,
        examples=[examples.GROUP_WITH_ROOMS],
    )
    def get(self, request: Request, group_id: int) -> Response:
        return _response(self.group(group_id))

    @extend_schema(
        operation_id="group_update",
        summary="Change what is agreed with a group",
        description=(
            "All of it is given. The version that was read comes along; if the group has another by now the answer is "
            "409 `edit_conflict`."
        ),
        tags=TAGS,
        parameters=[GROUP, VERSION],
        request=shapes.GroupUpdateBody,
        responses={
            200: shapes.GroupDetailsSerializer,
            409: OpenApiResponse(
                booking_examples.PROBLEM, "It was changed, or is closed.", [examples.CHANGED_MEANWHILE]
            ),
            428: OpenApiResponse(
                booking_examples.PROBLEM, "No version came along.", [booking_examples.NO_VERSION]
            ),
        },
        examples=[examples.UPDATE, examples.GROUP_WITH_ROOMS],
    )
    def put(self, request: Request, group_id: int) -> Response:
        body = shapes.GroupUpdateBody(data=request.data)
        body.is_valid(raise_exception=True)
        version = version_given(request, body.validated_data.get("version"))
        if version is None:
            raise VersionRequired
        group = self.managed(group_id)
        changed = group_update(group_id=group.pk, details=body.details, actor=self.actor, version=version)
        return _response(self.group(changed.pk))


class GroupBlocksView(GroupView):
    """The rooms that a group has."""

    @extend_schema(
        operation_id="group_blocks_set",
        summary="Keep rooms for a group",
        description=(
            "So many rooms of a type on each of the nights: more are taken out of sale, fewer go back, all nights or "
            "none. The same again changes nothing. 409 `sold_out` with the nights."
        ),
        tags=TAGS,
        parameters=[GROUP],
        request=shapes.BlockBody,
        responses=shapes.GroupDetailsSerializer,
        examples=[examples.KEEP, examples.GROUP_WITH_ROOMS],
    )
    def put(self, request: Request, group_id: int) -> Response:
        group = self.managed(group_id)
        body = shapes.BlockBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        first, last = wanted["first"] or group.arrival, wanted["last"] or group.departure - ONE_DAY
        nights = min((last - first).days + 1, shapes.NIGHTS_MAX)
        price = wanted["price"]
        if price is not None and price["currency"] != group.property.currency:
            raise OtherCurrency(field="price.currency", data={"currency": group.property.currency})
        group_blocks_set(
            group_id=group.pk,
            room_type_id=wanted["room_type"],
            nights=[first + timedelta(days=ahead) for ahead in range(nights)],
            rooms=wanted["rooms"],
            price=None if price is None else price["amount"],
            actor=self.actor,
        )
        return _response(self.group(group_id))


class GroupReleaseView(GroupView):
    """What nobody has taken."""

    idempotency_required = ("post",)

    @extend_schema(
        operation_id="group_release",
        summary="Give a group's rooms back",
        description="What nobody has taken goes back on sale now, and the group keeps nothing more. Bookings stay.",
        tags=TAGS,
        parameters=[GROUP],
        request=None,
        responses=shapes.GroupDetailsSerializer,
        examples=[examples.RELEASED],
    )
    def post(self, request: Request, group_id: int) -> Response:
        group = self.managed(group_id)
        return idempotent(
            request,
            execute=lambda claim: group_release(group_id=group.pk, actor=self.actor, idempotency=claim),
            render=lambda released: Answer(status.HTTP_200_OK, _document(released), _tagged(released)),
        )


class GroupRoomingListView(GroupView, PageView):
    """Who of a group sleeps where."""

    serializer_class = shapes.GroupBookingSerializer
    idempotency_required = ("post",)

    @extend_schema(
        operation_id="group_rooming_list",
        summary="Read a group's rooming list",
        description="Its bookings by arrival and name, those that were called off among them.",
        tags=TAGS,
        parameters=[GROUP],
        responses=shapes.GroupBookingSerializer(many=True),
        examples=[examples.LINE],
    )
    def get(self, request: Request, group_id: int) -> Response:
        return self.page(group_bookings(group_id=self.group(group_id).pk))

    @extend_schema(
        operation_id="group_rooms_pick_up",
        summary="Book rooms of a group",
        description=(
            "Each is confirmed at once at the group's price, out of the rooms it keeps, else of those that are free. "
            "All or none; a room whose `key` is booked already is named in `known`."
        ),
        tags=TAGS,
        parameters=[GROUP],
        request=shapes.RoomingListBody,
        responses=shapes.PickedUpSerializer,
        examples=[examples.ROOMING, examples.BOOKED],
    )
    def post(self, request: Request, group_id: int) -> Response:
        group = self.managed(group_id)
        body = shapes.RoomingListBody(data=request.data)
        body.is_valid(raise_exception=True)
        return idempotent(
            request,
            execute=lambda claim: group_rooms_pick_up(
                group_id=group.pk,
                rooms=body.group_rooms,
                actor=self.actor,
                is_told=body.validated_data["tell_guests"],
                idempotency=claim,
            ),
            render=_picked_up,
        )


def _document(group: Group) -> Any:
    context = {"pick_ups": group_pick_ups(group_id=group.pk)}
    return shapes.GroupDetailsSerializer(group, context=context).data


def _tagged(group: Group) -> dict[str, str]:
    return {"ETag": f'"{group.version}"'}


def _response(group: Group) -> Response:
    return Response(_document(group), headers=_tagged(group))


def _picked_up(picked: PickedUp) -> Answer:
    return Answer(status.HTTP_200_OK, shapes.PickedUpSerializer(picked).data)
