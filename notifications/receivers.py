"""What apps below ask for by signal, because they may not import this one: mails, and events for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from accounts.signals import account_mail, security_event
from inventory.models import Restriction
from inventory.services.rates_announcing import RatesChange
from inventory.signals import inventory_changed, rates_changed

from .services import DEFAULT_LANGUAGE, domain_event_record, notification_enqueue
from .services.changes import inventory_change_record, restriction_change_record
from .types import (
    ACCOUNT_NOTICE,
    ACCOUNT_PREFIX,
    MESSAGE_TYPES,
    SECURITY_NOTICE,
    WELCOME,
    AccountDetails,
)
from .types.events import RATES_CHANGED

CONTEXT_KEYS = tuple(AccountDetails.__annotations__)


@receiver(account_mail)
def account_mail_enqueue(
    *, template: str, email: str, context: dict[str, Any], language: str | None, **_arguments: Any
) -> None:
    """Write a mail of allauth's to the outbox: ``template`` is its prefix, such as `account/email/login_code`.

    Of its context only plain text is kept. A prefix we have no words for becomes a general notice. Every call is a
    message of its own: whoever asks for a second link gets a second mail.
    """
    message_type = ACCOUNT_PREFIX + template.rpartition("/")[2]
    user: User | None = context.get("user")
    name = user.get_short_name() if user and user.full_name else ""
    notification_enqueue(
        type=message_type if message_type in MESSAGE_TYPES else ACCOUNT_NOTICE,
        recipient=email,
        context=_plain(context) | {"email": email} | ({"name": name} if name else {}),
        dedup_key=f"account:{uuid4()}",
        language=language or DEFAULT_LANGUAGE,
        user=user if user and user.pk else None,
    )


@receiver(rates_changed, dispatch_uid="notifications.rates_changed")
def rates_changed_record(*, property_id: int, changes: list[RatesChange], **_arguments: Any) -> None:
    """Record which nights of a property have another rate now; what one transaction changes is one event."""
    domain_event_record(
        type=RATES_CHANGED,
        property_id=property_id,
        subject=f"property:{property_id}",
        data={
            "changes": [
                {
                    "room_type": change.room_type_id,
                    "rate_plan": change.rate_plan_id,
                    "first_night": change.first_night.isoformat(),
                    "last_night": change.last_night.isoformat(),
                }
                for change in changes
            ]
        },
    )


@receiver(inventory_changed, dispatch_uid="notifications.inventory_changed")
def inventory_change_records(
    *, property_id: int, room_type_id: int | None, arrival: date, departure: date, **_arguments: Any
) -> None:
    """Tell programs, in the transaction of the change, that other numbers of rooms are free."""
    inventory_change_record(property_id=property_id, room_type_id=room_type_id, first=arrival, end=departure)


@receiver((post_save, post_delete), sender=Restriction, dispatch_uid="notifications.restriction_changed")
def restriction_change_records(*, instance: Restriction, origin: Any = None, **_arguments: Any) -> None:
    """Tell programs that a restriction has changed. One that goes with its property leaves nobody to tell of."""
    if origin is not None and origin is not instance and getattr(origin, "model", None) is not Restriction:
        return
    with transaction.atomic():
        restriction_change_record(restriction=instance)


def _plain(context: dict[str, Any]) -> dict[str, str]:
    known = {key: context[key] for key in CONTEXT_KEYS if context.get(key)}
    return {
        key: value.isoformat() if isinstance(value, datetime) else str(value) for key, value in known.items()
    }


@receiver(email_confirmed, dispatch_uid="notifications.email_confirmed")
def email_confirmed_welcomes(*, email_address: Any, **_arguments: Any) -> None:
    """Welcome somebody whose first address is confirmed, once."""
    user: User = email_address.user
    if EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk).exists():
        return
    notification_enqueue(
        type=WELCOME,
        recipient=email_address.email,
        context={
            "email": email_address.email,
            "name": user.get_short_name() if user.full_name else "",
            "url": settings.SITE_URL + reverse("bookings:dashboard"),
        },
        dedup_key=f"{WELCOME}:{user.pk}",
        user=user,
    )


@receiver(security_event, dispatch_uid="notifications.security_event")
def security_event_tells(
    *, user: User, event: str, at: datetime, ip: str = "", user_agent: str = "", **_arguments: Any
) -> None:
    """Tell somebody that their account is used in a new way; every call is a message of its own."""
    notification_enqueue(
        type=SECURITY_NOTICE,
        recipient=user.email,
        context={
            "email": user.email,
            "name": user.get_short_name() if user.full_name else "",
            "event": event,
            "at": at.isoformat(),
            "ip": ip,
            "user_agent": user_agent,
        },
        dedup_key=f"{SECURITY_NOTICE}:{uuid4()}",
        user=user,
    )
