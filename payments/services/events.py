"""What providers tell us: verified, stored once, and believed only as far as a reason to look again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.exceptions import Unavailable
from payments.gateways import gateway_get
from payments.models import Payment, Refund, RefundStatus, WebhookEvent

from .payments import payment_refresh
from .refunds import refund_execute

PAYMENT_UNKNOWN = "payment_unknown"
UNKNOWN_HOURS = 72
"""An event may come before we have stored the reference it names; after so long it is about nothing of ours."""

logger = structlog.get_logger(__name__)


def event_receive(
    *, gateway: str, body: bytes, headers: Mapping[str, str], at: datetime | None = None
) -> WebhookEvent:
    """Verify an event and store it; one that came before is given back. Committed on return; three queries.

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
                "provider_reference": event.provider_reference,
                "payload": event.payload,
            },
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
    payment_id = (
        Payment.objects.filter(gateway=event.gateway, provider_reference=event.provider_reference)
        .values_list("pk", flat=True)
        .first()
        if event.provider_reference
        else None
    )
    if payment_id is None:
        given_up = at - event.received_at > timedelta(hours=UNKNOWN_HOURS)
        return _event_note(event, processed_at=at if given_up else None, error=PAYMENT_UNKNOWN)
    try:
        payment_refresh(payment_id=payment_id, at=at)
    except Unavailable as error:
        return _event_note(event, processed_at=None, error=error.code)
    of_payment = Q(payment_id=payment_id) | Q(payment__collective_id=payment_id)
    pending = Refund.objects.filter(of_payment, status=RefundStatus.PENDING).order_by("id")
    for refund_id in pending.values_list("pk", flat=True):
        refund_execute(refund_id=refund_id, at=at)
    return _event_note(event, processed_at=at, error="")


def _event_note(event: WebhookEvent, *, processed_at: datetime | None, error: str) -> WebhookEvent:
    event.processed_at = processed_at
    event.error = error
    event.save(update_fields=["processed_at", "error"])
    if error:
        logger.warning("payment_event_open", event_id=event.pk, reason=error)
    return event
