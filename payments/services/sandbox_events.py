"""The sandbox's bank sends its events: signed, and through the same door as everybody else's."""

from __future__ import annotations

import json
from datetime import datetime

from django.utils import timezone

from payments.gateways.sandbox import bank, signing
from payments.gateways.sandbox.gateway import SandboxGateway
from payments.models import SandboxIntent

from .events import event_process, event_receive


def sandbox_events_deliver(*, at: datetime | None = None, limit: int = 100) -> int:
    """Send the events that are due by now, oldest first, and return how many. Called outside transactions."""
    at = at or timezone.now()
    intents = bank.intents_with_due_events(at=at, limit=limit)
    for intent in intents:
        sandbox_event_send(intent=intent, at=at)
    return len(intents)


def sandbox_event_send(*, intent: SandboxIntent, at: datetime | None = None) -> None:
    """Send one intent's event as it stands. Its id depends on intent and state, so a repetition is the same event."""
    at = at or timezone.now()
    event = {
        "id": f"evt_{intent.reference}_{intent.state}",
        "type": f"intent.{intent.state}",
        "intent": intent.reference,
        "created": int(at.timestamp()),
    }
    body = json.dumps(event).encode()
    stored = event_receive(
        gateway=SandboxGateway.code, body=body, headers=signing.event_sign(body=body, at=at), at=at
    )
    bank.event_sent(reference=intent.reference)
    event_process(event_id=stored.pk, at=at)
