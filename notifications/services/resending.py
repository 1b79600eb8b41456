"""Sending again what was sent, or should have been: one delivery, or all of a range; and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core.exceptions import translate_integrity_errors
from core.outbox import Effect, EffectStatus, effect_enqueue
from notifications.exceptions import DeliveryNotFound, EndpointNotFound, EndpointOff, RangeInvalid
from notifications.models import DeliveryStatus, DomainEvent, WebhookDelivery, WebhookEndpoint

from .endpoints import endpoint_access_check, endpoint_lock
from .events import delivery_enqueue, delivery_key
from .numbering import events_number_all

RESEND = "webhooks.resend"
BATCH_EVENTS = 200

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EventRange:
    """Which events: by number (after, and up to and including) or by time (from, and before). None: no limit there.

    Numbers are those of the endpoint's property, or among all for an endpoint of all properties. ``is_missing_only``
    leaves out what was delivered.
    """

    after: int | None = None
    until: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    is_missing_only: bool = False

    def check(self) -> EventRange:
        """Give itself. Raises `RangeInvalid` without a beginning, or when nothing can be inside."""
        has_start = self.after is not None or self.since is not None
        is_backwards = (self.after is not None and self.until is not None and self.until <= self.after) or (
            self.since is not None and self.before is not None and self.before <= self.since
        )
        if not has_start or is_backwards:
            raise RangeInvalid(field="after" if self.since is None else "since")
        return self

    def as_json(self) -> dict[str, Any]:
        """The range for an effect's payload."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> EventRange:
        """The range out of an effect's payload."""
        moments = {
            name: datetime.fromisoformat(values[name]) if values[name] else None
            for name in ("since", "before")
        }
        return cls(**values | moments)


@translate_integrity_errors()
def delivery_resend(*, delivery_id: int, actor: User, at: datetime | None = None) -> WebhookDelivery:
    """Send one delivery again at once, whatever became of it; the attempts begin anew.

    Locks endpoint and delivery. Raises `DeliveryNotFound`, `PermissionDenied`, `EndpointOff`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        row = WebhookDelivery.objects.filter(pk=delivery_id).values_list("endpoint_id", flat=True).first()
        if row is None:
            raise DeliveryNotFound
        endpoint = endpoint_lock(row)
        endpoint_access_check(actor, endpoint.property_id, "change")
        if not endpoint.is_enabled:
            raise EndpointOff
        delivery = (
            WebhookDelivery.objects.select_for_update(of=("self",), no_key=True)
            .select_related("event")
            .get(pk=delivery_id)
        )
        _send_again(delivery, endpoint, at=at)
    logger.info("webhook_delivery_resent", delivery=delivery_id, actor=actor.pk)
    return delivery


@translate_integrity_errors()
def deliveries_resend_start(*, endpoint_id: int, wanted: EventRange, actor: User) -> int:
    """Have the events of a range sent again in the background; about how many they are (counted to 10,000).

    Also those that happened while the endpoint was off. Raises `RangeInvalid`, `EndpointNotFound`,
    `PermissionDenied`, `EndpointOff`.
    """
    wanted.check()
    events_number_all()
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        if not endpoint.is_enabled:
            raise EndpointOff
        count = events_of_range(endpoint, wanted)[:10_000].count()
        effect_enqueue(
            kind=RESEND,
            payload={"endpoint_id": endpoint_id, "range": wanted.as_json()},
            dedup_key=f"{RESEND}:{endpoint_id}:{uuid4().hex}",
            ordering_key=f"{RESEND}:{endpoint_id}",
            property_id=endpoint.property_id,
        )
    logger.info("webhook_range_resent", endpoint=endpoint_id, events=count, actor=actor.pk)
    return count


def deliveries_resend(
    *,
    endpoint_id: int,
    wanted: EventRange,
    begun_at: datetime,
    at: datetime | None = None,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> int:
    """Send the events of a range again, in their order, in batches; how many.

    What has been sent again since ``begun_at`` is left alone, so this may be repeated after an interruption. Locks the
    endpoint for each batch. Raises `RangeInvalid`, `EndpointNotFound`, `EndpointOff`.
    """
    wanted.check()
    at = at or timezone.now()
    events_number_all()
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound
    order = _sequence_of(endpoint)
    events = events_of_range(endpoint, wanted)
    total, done, position = events.count(), 0, 0
    while batch := list(events.filter(**{f"{order}__gt": position}).order_by(order)[:BATCH_EVENTS]):
        with transaction.atomic(durable=True):
            _batch_resend(batch, endpoint_id=endpoint_id, begun_at=begun_at, at=at)
        position = getattr(batch[-1], order)
        done += len(batch)
        progress(min(done, total), total)
    return done


def webhook_test_send(*, endpoint_id: int, actor: User, at: datetime | None = None) -> WebhookDelivery:
    """Have a test sent to an endpoint, on or off, once; how it went stands in its deliveries.

    Raises `EndpointNotFound`, `PermissionDenied`.
    """
    with transaction.atomic(durable=True):
        endpoint = endpoint_lock(endpoint_id)
        endpoint_access_check(actor, endpoint.property_id, "change")
        delivery = WebhookDelivery.objects.create(endpoint=endpoint, created_at=at or timezone.now())
        delivery_enqueue(
            delivery_id=delivery.pk,
            endpoint_id=endpoint_id,
            subject=f"test:{delivery.pk}",
            property_id=endpoint.property_id,
        )
    return delivery


def events_of_range(endpoint: WebhookEndpoint, wanted: EventRange) -> QuerySet[DomainEvent]:
    """The numbered events of a range that the endpoint wants. One query when read."""
    order = _sequence_of(endpoint)
    limits = {
        f"{order}__gt": wanted.after,
        f"{order}__lte": wanted.until,
        "created_at__gte": wanted.since,
        "created_at__lt": wanted.before,
    }
    events = DomainEvent.objects.filter(
        chain_sequence__isnull=False, **{name: value for name, value in limits.items() if value is not None}
    )
    if endpoint.property_id is not None:
        events = events.filter(property_id=endpoint.property_id)
    if endpoint.event_types:
        events = events.filter(type__in=endpoint.event_types)
    if wanted.is_missing_only:
        delivered = WebhookDelivery.objects.filter(endpoint=endpoint, status=DeliveryStatus.DELIVERED)
        events = events.exclude(pk__in=delivered.filter(event__isnull=False).order_by().values("event_id"))
    return events


def _sequence_of(endpoint: WebhookEndpoint) -> str:
    return "sequence" if endpoint.property_id is not None else "chain_sequence"


def _batch_resend(events: list[DomainEvent], *, endpoint_id: int, begun_at: datetime, at: datetime) -> None:
    endpoint = endpoint_lock(endpoint_id)
    if not endpoint.is_enabled:
        raise EndpointOff
    WebhookDelivery.objects.bulk_create(
        (
            WebhookDelivery(endpoint=endpoint, event=event, created_at=at, status=DeliveryStatus.SKIPPED)
            for event in events
        ),
        ignore_conflicts=True,
    )
    rows = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).filter(
        endpoint=endpoint, event__in=events
    )
    deliveries = {delivery.event_id: delivery for delivery in rows}
    for event in events:
        delivery = deliveries[event.pk]
        if delivery.resent_at is not None and delivery.resent_at >= begun_at:
            continue
        delivery.event = event
        _send_again(delivery, endpoint, at=at)


def _send_again(delivery: WebhookDelivery, endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Make a locked delivery due now: by the effect that waits, or, if it has none any more, by a new one."""
    delivery.tries, delivery.next_attempt_at, delivery.resent_at = 0, None, at
    delivery.status = DeliveryStatus.PENDING
    waiting = Effect.objects.filter(
        dedup_key=delivery_key(delivery.pk, delivery.resends), status=EffectStatus.PENDING
    )
    if not waiting.update(due_at=at):
        delivery.resends += 1
        event = delivery.event
        delivery_enqueue(
            delivery_id=delivery.pk,
            endpoint_id=endpoint.pk,
            subject=event.subject if event else f"test:{delivery.pk}",
            property_id=event.property_id if event else endpoint.property_id,
            resends=delivery.resends,
        )
    delivery.save(update_fields=["tries", "next_attempt_at", "resent_at", "status", "resends"])
