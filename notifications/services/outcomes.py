"""What comes of an attempt: its record, the delivery's state, and the endpoint's, who may be switched off by it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from core.observability.masking import MASK, SECRET_NAME, mask_text
from core.outbound import OutboundAnswer
from notifications.contexts import property_context
from notifications.models import (
    DeliveryStatus,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from notifications.types import WEBHOOK_DISABLED

from .endpoints import endpoint_lock
from .messages import notification_enqueue

RETRY_PAUSES_SECONDS = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800, 80_635)
"""5 s, 1 min, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 18 h and the rest: the last is three days after the first."""
JITTER = 0.1
"""Each pause is up to so much longer, by chance, so that what failed together does not come back together."""
GONE_STATUS = 410
FAILING_DAYS = 3
HEADERS_MAX = 30
HEADER_VALUE_LENGTH = 300

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try as it is written down. ``error`` is "" when it was accepted."""

    at: datetime
    url: str
    request_headers: dict[str, str] = field(default_factory=dict)
    address: str = ""
    status: int | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer_body: str = ""
    error: str = ""
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants nothing any more."""
        return self.status == GONE_STATUS

    def failed(self, error: str) -> Attempt:
        """The attempt without an answer."""
        return replace(self, error=error, seconds=time.monotonic() - self.started)

    def answered(self, answer: OutboundAnswer) -> Attempt:
        """The attempt with its answer. Only 2xx accepts."""
        return replace(
            self,
            address=answer.address,
            status=answer.status,
            answer_headers=_headers_kept(answer),
            answer_body=_text(answer.body),
            error="" if answer.is_success else f"status_{answer.status}",
            seconds=answer.seconds,
        )


def attempt_record(
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    attempt: Attempt,
    *,
    at: datetime,
) -> WebhookDelivery:
    """Write an attempt down with what follows from it, in one durable transaction. Gives the delivery as it is now.

    An endpoint that is gone, or that has accepted nothing for three days, is switched off and its owner gets a mail.
    Locks the endpoint. Five to seven queries.
    """
    with transaction.atomic(durable=True):
        row = endpoint_lock(endpoint.pk)
        row.property = endpoint.property
        delivery.attempts += 1
        delivery.in_flight_until = None
        _delivery_note(delivery, attempt, at=at)
        WebhookAttempt.objects.create(
            delivery=delivery,
            number=delivery.attempts,
            started_at=attempt.at,
            seconds=round(attempt.seconds, 3),
            url=attempt.url,
            address=attempt.address,
            request_headers=attempt.request_headers,
            answer_status=attempt.status,
            answer_headers=attempt.answer_headers,
            answer_body=attempt.answer_body,
            error=attempt.error,
        )
        delivery.save(
            update_fields=[
                *("attempts", "tries", "in_flight_until", "next_attempt_at", "status", "delivered_at")
            ]
        )
        if delivery.event_id is not None:
            _endpoint_note(row, attempt, at=at)
    logger.info(
        "webhook_attempt",
        endpoint=endpoint.pk,
        delivery=delivery.pk,
        status=attempt.status,
        error=attempt.error,
    )
    return delivery


def _delivery_note(delivery: WebhookDelivery, attempt: Attempt, *, at: datetime) -> None:
    """The delivery's state after an attempt: accepted, to be tried again, or given up. A test is tried once."""
    delivery.next_attempt_at = None
    if not attempt.error:
        delivery.status, delivery.delivered_at, delivery.tries = DeliveryStatus.DELIVERED, at, 0
        return
    delivery.tries += 1
    pause = pause_after(delivery.tries) if delivery.event_id is not None and not attempt.is_gone else None
    if pause is None:
        delivery.status = DeliveryStatus.FAILED
    else:
        delivery.status, delivery.next_attempt_at = DeliveryStatus.PENDING, at + pause


def pause_after(tries: int) -> timedelta | None:
    """How long to rest after so many failures in a row; None when it is given up."""
    if tries > len(RETRY_PAUSES_SECONDS):
        return None
    pause = RETRY_PAUSES_SECONDS[tries - 1]
    return timedelta(seconds=pause + random.uniform(0, pause * JITTER))  # noqa: S311 - jitter is no secret


def _endpoint_note(endpoint: WebhookEndpoint, attempt: Attempt, *, at: datetime) -> None:
    """Keep how the endpoint is doing; switch it off when it is time."""
    endpoint.last_seconds = round(attempt.seconds, 3)
    if not attempt.error:
        endpoint.last_success_at, endpoint.failing_since = at, None
    else:
        endpoint.last_failure_at = at
        endpoint.failing_since = endpoint.failing_since or at
        if attempt.is_gone:
            _switch_off(endpoint, DisabledReason.GONE, at=at)
        elif at - endpoint.failing_since >= timedelta(days=FAILING_DAYS):
            _switch_off(endpoint, DisabledReason.FAILING, at=at)
    endpoint.save(
        update_fields=[
            *("last_seconds", "last_success_at", "last_failure_at", "failing_since"),
            *("is_enabled", "disabled_reason", "disabled_at", "updated_at"),
        ]
    )


def _switch_off(endpoint: WebhookEndpoint, reason: DisabledReason, *, at: datetime) -> None:
    if not endpoint.is_enabled:
        return
    endpoint.is_enabled, endpoint.disabled_reason, endpoint.disabled_at = False, reason, at
    logger.warning("webhook_endpoint_switched_off", endpoint=endpoint.pk, reason=reason.value)
    owner = endpoint.owner
    if owner is None or not owner.is_active:
        return
    path = reverse("admin:notifications_webhookendpoint_change", args=[endpoint.pk])
    context: dict[str, Any] = {
        "property": property_context(endpoint.property) if endpoint.property else None,
        "endpoint_url": endpoint.url,
        "reason": reason.value,
        "since": (endpoint.failing_since or at).isoformat(),
        "manage_url": settings.SITE_URL + path,
    }
    notification_enqueue(
        type=WEBHOOK_DISABLED,
        recipient=owner.email,
        context=context,
        dedup_key=f"{WEBHOOK_DISABLED}:{endpoint.pk}:{at.isoformat()}",
        language=owner.language or settings.LANGUAGE_CODE,
        user=owner,
        property_id=endpoint.property_id,
    )


def _headers_kept(answer: OutboundAnswer) -> dict[str, str]:
    """The first headers of an answer, without what looks like a secret."""
    return {
        _plain(name)[:HEADER_VALUE_LENGTH]: MASK
        if SECRET_NAME.search(name)
        else mask_text(_plain(value))[:HEADER_VALUE_LENGTH]
        for name, value in list(answer.headers.items())[:HEADERS_MAX]
    }


def _text(body: bytes) -> str:
    return _plain(mask_text(body.decode("utf-8", errors="replace")))


def _plain(text: str) -> str:
    """Text that PostgreSQL can store."""
    return text.replace("\x00", "\ufffd")
