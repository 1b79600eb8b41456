"""What people say about being told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import ConsentPurpose, ConsentWay, User
from accounts.services import consent_record
from notifications.choices import can_unsubscribe, is_locked, is_offered
from notifications.exceptions import ChoiceNotAllowed
from notifications.links import unsubscribe_url
from notifications.models import Channel, MailSubscription, Notification, NotificationPreference
from notifications.selectors import choices_for_user
from notifications.types import MESSAGE_TYPES, Category


def preferences_set(
    *, user: User, choices: Mapping[tuple[Category, Channel], bool], at: datetime | None = None
) -> None:
    """Write what a user wants to be told; what is as it was keeps the time of its decision.

    Switching mails on ends an unsubscription of the user's own address. One durable transaction, at most five queries,
    and one more where advertising is agreed to or no longer.
    Raises `ChoiceNotAllowed` for what cannot be switched off, or does not exist.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        now_on = {
            (row.category, choice.channel): choice.is_on
            for row in choices_for_user(user)
            for choice in row.choices
        }
        changed = {key: is_on for key, is_on in choices.items() if now_on.get(key) != is_on}
        for category, channel in changed:
            if is_locked(category, channel) or not is_offered(category, channel):
                raise ChoiceNotAllowed(field=f"{category}.{channel}")
            if (category, channel) not in now_on:
                raise ChoiceNotAllowed(field=f"{category}.{channel}")
        NotificationPreference.objects.bulk_create(
            [
                NotificationPreference(
                    user=user, category=category, channel=channel, is_on=is_on, decided_at=at, updated_at=at
                )
                for (category, channel), is_on in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["user", "category", "channel"],
            update_fields=["is_on", "decided_at", "updated_at"],
        )
        advertising = [
            is_on for (category, _channel), is_on in changed.items() if category == Category.MARKETING
        ]
        if advertising:
            consent_record(
                purpose=ConsentPurpose.ADVERTISING,
                is_given=any(advertising),
                user=user,
                place="notifications:preferences",
                at=at,
            )
        switched_on = [
            category for (category, channel), is_on in changed.items() if is_on and channel == Channel.EMAIL
        ]
        MailSubscription.objects.filter(address=user.email.lower(), category__in=switched_on).update(
            unsubscribed_at=None, updated_at=at
        )


def mail_subscription_for(*, address: str, category: Category) -> MailSubscription:
    """Return the subscription behind the links in mails of this kind to this address. One query; two the first time."""
    subscription, _is_new = MailSubscription.objects.get_or_create(address=address.lower(), category=category)
    return subscription


def unsubscribe_link(notification: Notification) -> str:
    """Return the address where mails like this one are declined; "" for one that is told in any case.

    At most two queries.
    """
    message_type = MESSAGE_TYPES.get(notification.type)
    if message_type is None or not can_unsubscribe(message_type.category):
        return ""
    return unsubscribe_url(
        mail_subscription_for(address=notification.recipient, category=message_type.category)
    )


def unsubscribe(*, subscription: MailSubscription, at: datetime | None = None) -> None:
    """Never send such mails to this address again; asked twice, it stays with the first time. Two queries at most."""
    at = at or timezone.now()
    with transaction.atomic():
        open_one = MailSubscription.objects.filter(pk=subscription.pk, unsubscribed_at__isnull=True)
        if open_one.update(unsubscribed_at=at, updated_at=at):
            _advertising(subscription, is_given=False, at=at)


def resubscribe(*, subscription: MailSubscription, at: datetime | None = None) -> None:
    """Take an unsubscription back. Two queries at most."""
    at = at or timezone.now()
    with transaction.atomic():
        gone = MailSubscription.objects.filter(pk=subscription.pk, unsubscribed_at__isnull=False)
        if gone.update(unsubscribed_at=None, updated_at=at):
            _advertising(subscription, is_given=True, at=at)


def _advertising(subscription: MailSubscription, *, is_given: bool, at: datetime) -> None:
    """Write down what a link in a mail says about advertising; other mails are no matter of consent."""
    if subscription.category == Category.MARKETING:
        consent_record(
            purpose=ConsentPurpose.ADVERTISING,
            is_given=is_given,
            email=subscription.address,
            way=ConsentWay.MAIL,
            place="notifications:unsubscribe",
            at=at,
        )
