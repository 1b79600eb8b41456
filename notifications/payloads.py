"""How an event reads for programs; the same in a delivery and in the list of events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .types.events import PAYLOAD_VERSION, WEBHOOK_TEST

if TYPE_CHECKING:
    from .models import DomainEvent, WebhookDelivery, WebhookEndpoint


def event_payload(event: DomainEvent, *, is_chain: bool) -> dict[str, Any]:
    """The event with its number at the property, and, for who reads all properties, among all. No query.

    The event comes with its property.
    """
    payload: dict[str, Any] = {
        "id": event.uid,
        "type": event.type,
        "version": PAYLOAD_VERSION,
        "sequence": event.sequence,
    }
    if is_chain:
        payload["chain_sequence"] = event.chain_sequence
    return payload | {
        "created_at": event.created_at.isoformat(),
        "property": {"id": event.property_id, "slug": event.property.slug},
        "subject": event.subject,
        "data": event.data,
    }


def payload_of(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What a delivery tells: its event, or that it is a test."""
    if delivery.event is not None:
        return event_payload(delivery.event, is_chain=endpoint.property_id is None)
    house = endpoint.property
    return {
        "id": message_id_of(delivery),
        "type": WEBHOOK_TEST,
        "version": PAYLOAD_VERSION,
        "sequence": None,
        "created_at": delivery.created_at.isoformat(),
        "property": {"id": house.pk, "slug": house.slug} if house else None,
        "subject": f"endpoint:{endpoint.pk}",
        "data": {"message": "This is a test."},
    }


def message_id_of(delivery: WebhookDelivery) -> str:
    """The `webhook-id`: the same for an event however often it is sent."""
    return delivery.event.uid if delivery.event is not None else f"test_{delivery.pk}"


def payload_bytes(payload: dict[str, Any]) -> bytes:
    """The body as it is signed and sent."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
