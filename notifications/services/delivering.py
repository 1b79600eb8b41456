"""Sending one delivery: taking it, calling the endpoint, and writing down what came of it.

The endpoint is called between two short transactions and in neither. Whoever is killed in between has sent it, or not:
it is sent again, with the same `webhook-id`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.db import transaction
from django.db.models import Q

from core.outbound import (
    AddressRefused,
    NameNotFound,
    OutboundAnswer,
    OutboundError,
    UrlRefused,
    outbound_request,
)
from core.outbox import DeadLetter, Postpone
from core.resilience.breaker import CircuitOpen
from core.resilience.services import WEBHOOKS, breaker_get
from notifications.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint
from notifications.payloads import message_id_of, payload_bytes, payload_of
from notifications.selectors.webhooks import deliveries_in_flight, deliveries_waiting
from notifications.signing import secret_of, signature_header

from .endpoints import endpoint_lock
from .numbering import events_number_all
from .outcomes import Attempt, attempt_record

TOTAL_SECONDS = 10.0
ANSWER_MAX_BYTES = 4_096
IN_FLIGHT_MAX = 2
"""Deliveries to one endpoint at a time."""
SLOW_SECONDS = 1.0
"""An endpoint whose last answer took longer is slow: it gets one delivery at a time, and all slow ones together two,
so that the queue's other places stay free for the others."""
SLOW_IN_FLIGHT_MAX = 2
IN_FLIGHT_SECONDS = 30
"""After so long nobody is sending any more: whoever began is gone."""
BACKLOG_MAX = 500
POSTPONE_SECONDS = (0.5, 300.0)
TEMPORARY_STATUSES = frozenset({408, 425, 429})

logger = structlog.get_logger(__name__)


class _ServiceFailed(Exception):
    """The endpoint is away, silent or broken: what the breaker counts. Holds the attempt."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.error)
        self.attempt = attempt


@dataclass(frozen=True, slots=True)
class _Sending:
    """What is sent: all that is needed outside of the transaction."""

    delivery: WebhookDelivery
    endpoint: WebhookEndpoint
    body: bytes
    secrets: list[str] = field(repr=False)


def delivery_send(*, delivery_id: int, at: datetime) -> None:
    """Send a delivery unless it is done, and write down what came of it. Called outside transactions.

    Raises `Postpone` until the next attempt when this one failed, while the endpoint is left alone or has enough to
    do, and while slow ones have the places that slow ones get; `DeadLetter` when it is given up.
    """
    sending = _take(delivery_id, at=at)
    if sending is None:
        return
    try:
        attempt = _attempt_guarded(sending, at=at)
    except CircuitOpen as error:
        _put_back(delivery_id)
        pause = max(error.retry_after or 0, POSTPONE_SECONDS[0]) + _wait_seconds(sending.endpoint, share=0.2)
        raise Postpone(at + timedelta(seconds=pause), "the endpoint's host is being left alone") from error
    delivery = attempt_record(sending.delivery, sending.endpoint, attempt, at=at)
    if delivery.status == DeliveryStatus.PENDING:
        raise Postpone(delivery.next_attempt_at or at, attempt.error)
    if delivery.status == DeliveryStatus.FAILED and delivery.event_id is not None and not attempt.is_gone:
        raise DeadLetter(f"given up after {delivery.tries} attempts: {attempt.error}")


def _take(delivery_id: int, *, at: datetime) -> _Sending | None:
    """Take a delivery if its endpoint has a place free; None if there is nothing to send. Up to nine queries."""
    delivery = (
        WebhookDelivery.objects.select_related("event__property", "endpoint__property")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None or delivery.status in (DeliveryStatus.DELIVERED, DeliveryStatus.SKIPPED):
        return None
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > at:
        raise Postpone(delivery.next_attempt_at, "its pause is not over")
    if delivery.event is not None and delivery.event.sequence is None:
        events_number_all()
        delivery.event.refresh_from_db(fields=["sequence", "chain_sequence"])
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(delivery.endpoint_id)
        endpoint.property = delivery.endpoint.property
        if not endpoint.is_enabled and delivery.event_id is not None:
            WebhookDelivery.objects.filter(pk=delivery_id).update(
                status=DeliveryStatus.SKIPPED, next_attempt_at=None, in_flight_until=None
            )
            return None
        _place_check(delivery, endpoint, at=at)
        delivery.in_flight_until = at + timedelta(seconds=IN_FLIGHT_SECONDS)
        delivery.status = DeliveryStatus.PENDING
        delivery.save(update_fields=["in_flight_until", "status"])
    return _Sending(
        delivery=delivery,
        endpoint=endpoint,
        body=payload_bytes(payload_of(delivery, endpoint)),
        secrets=endpoint_secrets(endpoint, at=at),
    )


def _place_check(delivery: WebhookDelivery, endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Raise `Postpone` if as much is being sent as may be. The endpoint is locked, so its own limit is exact."""
    in_flight = deliveries_in_flight(at=at, but=delivery.pk)
    is_slow = endpoint.last_seconds > SLOW_SECONDS
    limit = 1 if is_slow else IN_FLIGHT_MAX
    is_full = in_flight.filter(endpoint=endpoint).count() >= limit
    if is_slow and not is_full:
        slow = in_flight.filter(endpoint__last_seconds__gt=SLOW_SECONDS)
        is_full = slow.count() >= SLOW_IN_FLIGHT_MAX
    if is_full:
        pause = _wait_seconds(endpoint, share=max(endpoint.last_seconds, 0.1) / limit)
        raise Postpone(at + timedelta(seconds=pause), "the endpoint has enough to do")


def _wait_seconds(endpoint: WebhookEndpoint, *, share: float) -> float:
    """About when a delivery's turn comes: ``share`` seconds for each that waits, with jitter. One query."""
    waiting = deliveries_waiting(endpoint=endpoint, limit=BACKLOG_MAX)
    shortest, longest = POSTPONE_SECONDS
    return min(shortest + random.uniform(0, waiting * share), longest)  # noqa: S311 - jitter is no secret


def _put_back(delivery_id: int) -> None:
    WebhookDelivery.objects.filter(pk=delivery_id).update(in_flight_until=None)


def _attempt_guarded(sending: _Sending, *, at: datetime) -> Attempt:
    """Call the endpoint through the breaker of its host. Raises `CircuitOpen`."""
    host = urlsplit(sending.endpoint.url).hostname or "unknown"
    try:
        with breaker_get(f"{WEBHOOKS}.{host}").guard():
            return _attempt(sending, at=at)
    except _ServiceFailed as error:
        return error.attempt


def _attempt(sending: _Sending, *, at: datetime) -> Attempt:
    """Send once. Raises `_ServiceFailed` when the endpoint is away or broken, but not for what it refuses."""
    if not sending.secrets:
        return Attempt(at=at, url=sending.endpoint.url, error="secret_lost")
    message_id, timestamp = message_id_of(sending.delivery), int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
    }
    signature = signature_header(
        secrets=sending.secrets, message_id=message_id, timestamp=timestamp, body=sending.body
    )
    attempt = Attempt(at=at, url=sending.endpoint.url, request_headers=headers)
    try:
        answer = outbound_request(
            method="POST",
            url=sending.endpoint.url,
            headers=headers | {"webhook-signature": signature},
            content=sending.body,
            total_seconds=TOTAL_SECONDS,
            body_max_bytes=ANSWER_MAX_BYTES,
            is_truncating=True,
        )
    except (AddressRefused, UrlRefused, NameNotFound) as error:
        return attempt.failed(error.code)
    except OutboundError as error:
        raise _ServiceFailed(attempt.failed(error.code)) from error
    attempt = attempt.answered(answer)
    if _is_broken(answer):
        raise _ServiceFailed(attempt)
    return attempt


def _is_broken(answer: OutboundAnswer) -> bool:
    return answer.status >= 500 or answer.status in TEMPORARY_STATUSES


def endpoint_secrets(endpoint: WebhookEndpoint, *, at: datetime) -> list[str]:
    """The secrets that sign at this moment, newest first. One query."""
    valid = endpoint.secrets.filter(Q(expires_at=None) | Q(expires_at__gt=at))
    found = [secret_of(seed=row.seed, secret_hash=row.secret_hash) for row in valid]
    return [secret for secret in found if secret]
