"""Indexes of notifications, events and webhooks, each with what reads by it."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from notifications.models import WebhookEndpoint
from notifications.selectors import messages, webhooks
from notifications.services.numbering import events_number
from notifications.services.resending import EventRange, events_of_range
from tests.performance.filling import BASE
from tests.performance.proving import Proofs

PROOFS: Proofs = {
    "notification_status_due": lambda world: list(messages.notifications_overdue(at=world.at)[:100]),
    "notification_user_unread": lambda world: messages.inbox_unread_count(User(pk=world.user), at=world.at),
    "notification_user_inbox": lambda world: list(
        messages.inbox_for_user(User(pk=world.user), at=world.at)[:20]
    ),
    "webhook_delivery_endpoint": lambda world: list(
        webhooks.deliveries_of(endpoint=WebhookEndpoint(pk=BASE + 7))[:20]
    ),
    "event_unnumbered": lambda world: events_number(limit=10),
    "event_created": lambda world: list(
        events_of_range(
            WebhookEndpoint(pk=BASE + 7, event_types=[]),
            EventRange(since=world.at - timedelta(days=3), before=world.at - timedelta(days=2)),
        )
    ),
    "webhook_delivery_in_flight": lambda world: (
        webhooks.deliveries_in_flight(at=world.at).filter(endpoint_id=BASE + 7).count()
    ),
    "webhook_delivery_pending": lambda world: webhooks.deliveries_waiting(
        endpoint=WebhookEndpoint(pk=BASE + 7), limit=100
    ),
}
