"""What providers tell us: verified, stored once, and believed only as far as a reason to look again.

Storing an event leaves the work to the outbox in the same transaction, so that the provider is answered at once and
nothing is forgotten whatever happens then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from core.exceptions import Unavailable
from core.outbox import effect_enqueue
from payments.gateways import gateway_get
from payments.models import Payment, WebhookEvent
from payments.selectors.unsettled import payment_named

from .syncing import payment_sync

PAYMENT_UNKNOWN = "payment_unknown"
NO_PAYMENT = "no_payment"
"""The event is about something else, such as a payout."""
UNKNOWN_HOURS = 72
"""An event may come before we have stored the reference it names; after so long it is about nothing of ours."""

logger = structlog.get_logger(__name__)


def event_receive(
    *, gateway: str, body: bytes, headers: Mapping[str, str], at: datetime | None = None
) -> WebhookEvent:
    """Verify an event, store it and enqueue its work; one that came before is given back. Committed; four queries.

    Raises `GatewayUnknown`, `EventInvalid`.
    """
    at = at or timezone.now()
    event = gateway_get(gateway).event_parse(body=body, headers=headers, at=at)
    with transaction.atomic(durable=True):
        stored, _created = WebhookEvent.objects.get_or_create(
            gateway=gateway,
            event_id=event.event_id,
            defaults={
                "type": event.type,
                "provider_reference": event.provider_reference or event.provider_session,
                "payment_key": event.payment_key,
                "payload": event.payload,
            },
        )
        effect_enqueue(
            kind="payments.event_process",
            payload={"event_id": stored.pk},
            dedup_key=f"payments.event_process:{stored.pk}",
        )
    return stored


def event_process(*, event_id: int, at: datetime | None = None) -> WebhookEvent:
    """Read again what the event is about, and mark it processed; its order and repetition do not matter.

    ``event_id`` is our own. Where the provider cannot be asked, or the payment is not known yet, the event stays open
    with its reason, and the reconcile tries again. Called outside transactions.
    """
    at = at or timezone.now()
    event = WebhookEvent.objects.get(pk=event_id)
    if event.processed_at is not None:
        return event
    if not event.provider_reference and not event.payment_key:
        return _event_note(event, processed_at=at, error=NO_PAYMENT)
    payment_id = _payment_of(event)
    if payment_id is None:
        given_up = at - event.received_at > timedelta(hours=UNKNOWN_HOURS)
        return _event_note(event, processed_at=at if given_up else None, error=PAYMENT_UNKNOWN)
    try:
        payment_sync(
            payment_id=payment_id,
            at=at,
            with_disputes="dispute" in event.type,
            with_refunds="refund" in event.type,
        )
    except Unavailable as error:
        return _event_note(event, processed_at=None, error=error.code)
    return _event_note(event, processed_at=at, error="")


def _payment_of(event: WebhookEvent) -> int | None:
    """Find what an event is about: by the provider's reference or page, else by our own key that it repeats."""
    found: int | None = None
    if event.provider_reference:
        found = payment_named(gateway=event.gateway, reference=event.provider_reference)
    if found is None and event.payment_key:
        named = Payment.objects.filter(gateway=event.gateway, idempotency_key=event.payment_key)
        found = named.values_list("pk", flat=True).first()
    return found


def _event_note(event: WebhookEvent, *, processed_at: datetime | None, error: str) -> WebhookEvent:
    event.processed_at = processed_at
    event.error = error
    event.save(update_fields=["processed_at", "error"])
    if error:
        logger.warning("payment_event_open", event_id=event.pk, reason=error)
    return event
