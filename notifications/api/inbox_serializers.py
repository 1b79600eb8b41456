"""What programs send and get about inbox and choices."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.inputs import BodySerializer
from notifications.models import Channel, Notification
from notifications.presentation import InboxMessage
from notifications.types import MESSAGE_TYPES, Category

CATEGORIES = [category.value for category in Category]


class InboxMessageSerializer(serializers.ModelSerializer[Notification]):
    """A message, in the language it was written in."""

    category = serializers.SerializerMethodField()
    subject = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField(help_text="Where it leads; empty if nowhere.")

    class Meta:
        model = Notification
        fields = (
            "id",
            "type",
            "category",
            "subject",
            "text",
            "url",
            "language",
            "created_at",
            "read_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=CATEGORIES))
    def get_category(self, notification: Notification) -> str:
        return MESSAGE_TYPES[notification.type].category.value

    def get_subject(self, notification: Notification) -> str:
        return InboxMessage.of(notification).subject

    def get_text(self, notification: Notification) -> str:
        return InboxMessage.of(notification).text

    def get_url(self, notification: Notification) -> str:
        return InboxMessage.of(notification).action_url


class ReadCountSerializer(serializers.Serializer[Any]):
    """How many messages were new."""

    read = serializers.IntegerField()


class UnreadCountSerializer(serializers.Serializer[Any]):
    """How many messages are new."""

    unread = serializers.IntegerField(help_text="At most 100: there may be more.")


class ChoiceSerializer(serializers.Serializer[Any]):
    """One switch."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    is_on = serializers.BooleanField()
    is_locked = serializers.BooleanField(help_text="Whether it is on in any case.")
    decided_at = serializers.DateTimeField(allow_null=True, help_text="When its owner last said so.")


class CategoryChoicesSerializer(serializers.Serializer[Any]):
    """One kind of message and its switches."""

    category = serializers.ChoiceField(choices=CATEGORIES)
    label = serializers.CharField()  # type: ignore[assignment]  # the name is a property of the base
    choices = ChoiceSerializer(many=True)


class NewChoiceSerializer(BodySerializer):
    """One switch as it is to be."""

    category = serializers.ChoiceField(choices=CATEGORIES)
    channel = serializers.ChoiceField(choices=Channel.choices)
    is_on = serializers.BooleanField()


class ChoicesChangeSerializer(BodySerializer):
    """The switches that change; others stay as they are."""

    choices = NewChoiceSerializer(many=True, max_length=len(CATEGORIES) * len(Channel))  # type: ignore[call-arg]
