"""Inbox and choices for programs."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.pagination import LongListPagination
from notifications.models import Channel, Notification
from notifications.selectors import choices_for_user, inbox_for_user, inbox_unread_count
from notifications.services import inbox_read, inbox_read_all, preferences_set
from notifications.types import Category

from . import inbox_examples as examples
from .inbox_serializers import (
    CategoryChoicesSerializer,
    ChoicesChangeSerializer,
    InboxMessageSerializer,
    ReadCountSerializer,
    UnreadCountSerializer,
)


@extend_schema_view(
    get=extend_schema(
        operation_id="notification_list",
        summary="Read one's inbox",
        description="Newest first. Reading the list marks nothing as read.",
        tags=["notifications"],
        examples=[examples.INBOX_MESSAGE],
    )
)
class InboxView(generics.ListAPIView[Notification]):
    """One's messages."""

    permission_classes = (IsAuthenticated,)
    serializer_class = InboxMessageSerializer
    pagination_class = LongListPagination
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        return inbox_for_user(_user(self.request))


class InboxReadView(APIView):
    """One message is read."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="notification_read",
        summary="Mark a message as read",
        description="Gives the message. Marked twice, it keeps the first time.",
        tags=["notifications"],
        request=None,
        responses=InboxMessageSerializer,
        examples=[examples.INBOX_READ],
    )
    def post(self, request: Request, notification_id: int) -> Response:
        notification = inbox_read(user=_user(request), notification_id=notification_id)
        return Response(InboxMessageSerializer(notification).data)


class InboxReadAllView(APIView):
    """Everything is read."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="notification_read_all",
        summary="Mark all messages as read",
        description="Gives how many were new.",
        tags=["notifications"],
        request=None,
        responses=ReadCountSerializer,
        examples=[examples.ALL_READ],
    )
    def post(self, request: Request) -> Response:
        count = inbox_read_all(user=_user(request))
        return Response(ReadCountSerializer({"read": count}).data)


class UnreadCountView(APIView):
    """How much is new."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="notification_unread_count",
        summary="Count the unread messages",
        description="Counts to 100 and no further.",
        tags=["notifications"],
        responses=UnreadCountSerializer,
        examples=[examples.UNREAD],
    )
    def get(self, request: Request) -> Response:
        return Response(UnreadCountSerializer({"unread": inbox_unread_count(_user(request))}).data)


class ChoicesView(APIView):
    """What one wants to be told."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="notification_choices_read",
        summary="Read what one is told, and how",
        description="Every kind of message with a switch for each channel.",
        tags=["notifications"],
        responses=CategoryChoicesSerializer(many=True),
        examples=[examples.CHOICES],
    )
    def get(self, request: Request) -> Response:
        return Response(CategoryChoicesSerializer(choices_for_user(_user(request)), many=True).data)

    @extend_schema(
        operation_id="notification_choices_update",
        summary="Change what one is told",
        description=(
            "What is left out stays as it is. What a booking or an account needs cannot be switched off. "
            "Advertising is off until its owner switches it on, and the time of that is kept."
        ),
        tags=["notifications"],
        request=ChoicesChangeSerializer,
        responses=CategoryChoicesSerializer(many=True),
        examples=[examples.CHOICES_CHANGE, examples.CHOICES],
    )
    def patch(self, request: Request) -> Response:
        serializer = ChoicesChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = _user(request)
        preferences_set(
            user=user,
            choices={
                (Category(choice["category"]), Channel(choice["channel"])): choice["is_on"]
                for choice in serializer.validated_data["choices"]
            },
        )
        return Response(CategoryChoicesSerializer(choices_for_user(user), many=True).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user
