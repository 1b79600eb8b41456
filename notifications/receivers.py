"""What apps below ask for by signal, because they may not import this one: mails, and events for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_mail
from inventory.services.rates_announcing import RatesChange
from inventory.signals import rates_changed

from .services import DEFAULT_LANGUAGE, domain_event_record, notification_enqueue
from .types import ACCOUNT_NOTICE, ACCOUNT_PREFIX, MESSAGE_TYPES, AccountDetails
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


def _plain(context: dict[str, Any]) -> dict[str, str]:
    known = {key: context[key] for key in CONTEXT_KEYS if context.get(key)}
    return {
        key: value.isoformat() if isinstance(value, datetime) else str(value) for key, value in known.items()
    }
