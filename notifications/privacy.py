"""What notifications hold about people. Messages that tell staff of somebody's booking are found by bookings."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds, holds_nothing
from accounts.privacy.retention import retention
from notifications.masking import notification_masked
from notifications.models import NotificationStatus

EVENTS = (
    "events name bookings by their reference, never a person, but for reviews, which are erased with them; "
    "forgotten after WEBHOOK_EVENT_DAYS"
)
SETTINGS = "settings of programs"

holds(
    "notifications.notification",
    title=_("Messages"),
    scans=True,
    order=300,
    find=lambda person: (
        person.by_user("user")
        | person.by_email("recipient")
        | person.by_text("context")
        | person.by_text("failure")
    ),
    told_to=lambda person: person.by_user("user") | person.by_email("recipient"),
    present={"context": lambda row: notification_masked(row).context, "type": lambda row: row.type_label()},
    shown=("created_at", "channel", "type", "status", "sent_at", "read_at"),
    personal=("recipient", "context"),
    secret=("dedup_key", "failure"),
    plain=("language",),
    erase="delete",
)
holds(
    "notifications.notificationpreference",
    title=_("What you want to be told"),
    order=301,
    find=lambda person: person.by_user("user"),
    personal=("category", "channel"),
    shown=("is_on", "decided_at"),
    erase="delete",
)
holds(
    "notifications.mailsubscription",
    title=_("Mails that can be declined"),
    order=302,
    find=lambda person: person.by_email("address"),
    personal=("address", "category"),
    shown=("created_at", "unsubscribed_at"),
    secret=("key",),
    erase="delete",
)
holds_nothing("notifications.eventstream", reason="counters")
holds(
    "notifications.domainevent",
    order=310,
    secret=("data",),
    plain=("uid", "type", "subject", "coalesce_key"),
    reason=EVENTS,
)
holds_nothing("notifications.webhookendpoint", "url description event_types disabled_reason", reason=SETTINGS)
holds_nothing("notifications.webhooksecret", "seed secret_hash", reason=SETTINGS)
holds_nothing("notifications.webhookdelivery", "status", reason=EVENTS)
holds_nothing(
    "notifications.webhookattempt",
    "url address request_headers answer_headers answer_body error",
    reason="what programs answered to events, which name nobody; forgotten with them",
)
retention(
    "messages",
    model="notifications.notification",
    title=_("messages that were sent or not sent"),
    over=lambda before: Q(created_at__lt=before) & ~Q(status=NotificationStatus.PENDING),
    house="property",
)
retention(
    "events",
    title=_("events and what programs answered to them"),
    job="notifications.events_forget",
    setting="WEBHOOK_EVENT_DAYS",
)
