"""What somebody wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

from notifications.choices import (
    CATEGORY_WORDS,
    FOR_STAFF,
    can_unsubscribe,
    is_locked,
    is_offered,
    is_on_by_default,
)
from notifications.models import Channel, MailSubscription, NotificationPreference
from notifications.types import Category

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Choice:
    """One switch. ``decided_at`` is when the user last touched it; None is the default."""

    channel: Channel
    is_on: bool
    is_locked: bool
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CategoryChoices:
    """One kind of message and its switches, in the order of the channels."""

    category: Category
    label: str | Promise
    help: str | Promise
    choices: tuple[Choice, ...]


def channels_wanted(
    *, category: Category, user: User | None, address: str, among: Iterable[Channel]
) -> list[Channel]:
    """Of some channels those by which this person is to be told, in the same order.

    No query for what cannot be declined; else one for the user's choices and one for the address.
    """
    channels = list(among)
    decidable = [channel for channel in channels if not is_locked(category, channel)]
    if not decidable:
        return channels
    decided: dict[str, bool] = {}
    if user is not None:
        preferences = NotificationPreference.objects.filter(user=user, category=category)
        decided = dict(preferences.values_list("channel", "is_on"))
    default = is_on_by_default(category)
    wanted = [channel for channel in channels if channel not in decidable or decided.get(channel, default)]
    if Channel.EMAIL in wanted and can_unsubscribe(category) and is_unsubscribed(address, category):
        wanted.remove(Channel.EMAIL)
    return wanted


def is_unsubscribed(address: str, category: Category) -> bool:
    """Whether whoever reads this address has declined mails of this kind. One query."""
    return MailSubscription.objects.filter(
        address=address.lower(), category=category, unsubscribed_at__isnull=False
    ).exists()


def subscription_get(*, key: UUID) -> MailSubscription | None:
    """The subscription of a link. One query."""
    return MailSubscription.objects.filter(key=key).first()


def choices_for_user(user: User) -> list[CategoryChoices]:
    """Every kind of message this user can get, with its switches as they stand. Two queries."""
    decided = {
        (preference.category, preference.channel): preference
        for preference in NotificationPreference.objects.filter(user=user)
    }
    declined = set(
        MailSubscription.objects.filter(
            address=user.email.lower(), unsubscribed_at__isnull=False
        ).values_list("category", flat=True)
    )

    def choice(category: Category, channel: Channel) -> Choice:
        locked = is_locked(category, channel)
        preference = decided.get((category, channel))
        is_on = preference.is_on if preference else is_on_by_default(category)
        if channel == Channel.EMAIL and category in declined:
            is_on = False
        return Choice(channel, is_on or locked, locked, preference.decided_at if preference else None)

    return [
        CategoryChoices(
            category=category,
            label=words.label,
            help=words.help,
            choices=tuple(choice(category, channel) for channel in Channel if is_offered(category, channel)),
        )
        for category, words in CATEGORY_WORDS.items()
        if user.is_staff or category not in FOR_STAFF
    ]
