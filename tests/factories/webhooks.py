"""Events, endpoints and deliveries."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from inventory.models import Property
from notifications.models import (
    DomainEvent,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from notifications.services import domain_event_record
from notifications.signing import secret_new, seed_new


def event(house: Property, **fields: Any) -> DomainEvent:
    """Something that happened, not numbered yet."""
    event_id = domain_event_record(
        **{
            "type": "booking.confirmed",
            "property_id": house.pk,
            "subject": f"booking:{uuid4().hex[:8].upper()}",
            "data": {"reference": "K7XM3PQR"},
        }
        | fields
    )
    return DomainEvent.objects.get(pk=event_id)


def endpoint(house: Property | None, *, owner: User | None = None, **fields: Any) -> WebhookEndpoint:
    """An endpoint with a secret, written without asking anybody whether its address exists."""
    row = WebhookEndpoint.objects.create(
        **{
            "property": house,
            "owner": owner,
            "url": "https://pms.example/hook",
            "description": f"PMS {uuid4().hex[:6]}",
        }
        | fields
    )
    seed = seed_new()
    WebhookSecret.objects.create(
        endpoint=row, seed=seed, secret_hash=secret_new(seed)[1], created_at=timezone.now()
    )
    return row


def delivery(house: Property, **fields: Any) -> WebhookDelivery:
    """A delivery that failed once."""
    row = WebhookDelivery.objects.create(
        **{"event": event(house), "endpoint": endpoint(house), "created_at": timezone.now(), "attempts": 1}
        | fields
    )
    WebhookAttempt.objects.create(
        delivery=row, number=1, started_at=timezone.now(), url=row.endpoint.url, error="outbound_timeout"
    )
    return row
