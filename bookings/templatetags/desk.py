"""`{% load desk %}{{ message|undo_url }}`: what the front desk's pages need besides the words of the others."""

from __future__ import annotations

from django import template
from django.contrib.messages.storage.base import Message

from bookings.admin.telling import UNDO_TAG

register = template.Library()


@register.filter
def undo_url(message: Message) -> str:
    """The address that takes back what a message tells of; empty where nothing is to be taken back."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix(UNDO_TAG) for tag in tags if tag.startswith(UNDO_TAG)), "")


@register.filter
def plain_tags(message: Message) -> str:
    """The message's tags as classes."""
    return " ".join(tag for tag in message.tags.split() if not tag.startswith(UNDO_TAG))
