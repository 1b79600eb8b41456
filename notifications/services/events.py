"""Recording what happened, in the transaction in which it happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.outbox import effect_enqueue
from notifications.models import DeliveryStatus, DomainEvent, WebhookDelivery, WebhookEndpoint
from notifications.models.events import event_uid_new
from notifications.types.events import COALESCED_TYPES, EVENT_TYPES

DELIVER = "webhooks.deliver"

RECORD = f"""
    WITH event AS (
        INSERT INTO {DomainEvent._meta.db_table} AS event
            (uid, type, property_id, subject, data, created_at, coalesce_key)
        VALUES (
            %(uid)s, %(type)s, %(property_id)s, %(subject)s, %(data)s::jsonb, %(at)s,
            CASE WHEN %(is_coalesced)s THEN concat_ws(
                ':', %(type)s::text, %(property_id)s::text, pg_backend_pid()::text, extract(epoch FROM now())::text
            ) ELSE '' END
        )
        ON CONFLICT (coalesce_key) WHERE coalesce_key <> '' DO UPDATE
        SET data = jsonb_set(event.data, '{{changes}}', (
            SELECT jsonb_agg(DISTINCT change)
            FROM jsonb_array_elements((event.data -> 'changes') || (excluded.data -> 'changes')) AS change
        ))
        RETURNING id, uid = %(uid)s AS is_new
    ),
    delivery AS (
        INSERT INTO {WebhookDelivery._meta.db_table}
            (endpoint_id, event_id, status, attempts, tries, resends, created_at)
        SELECT endpoint.id, event.id, '{DeliveryStatus.PENDING}', 0, 0, 0, %(at)s
        FROM {WebhookEndpoint._meta.db_table} AS endpoint, event
        WHERE event.is_new AND endpoint.is_enabled
            AND (endpoint.property_id = %(property_id)s OR endpoint.property_id IS NULL)
            AND (endpoint.event_types = '{{}}' OR %(type)s = ANY(endpoint.event_types))
        RETURNING id, endpoint_id
    )
    SELECT event.id, delivery.id, delivery.endpoint_id FROM event LEFT JOIN delivery ON true
"""  # noqa: S608 - the tables' names are our own


def domain_event_record(
    *,
    type: str,  # noqa: A002 - the word of the field
    property_id: int,
    subject: str,
    data: Mapping[str, Any],
    at: datetime | None = None,
) -> int:
    """Write an event in the caller's transaction, with its deliveries to the endpoints that want it. Gives its id.

    ``subject`` (`booking:K7XM3PQR`) is what it is about: events of one subject are delivered one after another, in
    the order of their writing, so the subject's row should be locked. No lock is taken that another transaction
    could wait for: numbers are given later. `inventory.changed` and `rates.changed` are written once per transaction
    and property, their ``data["changes"]`` (a list) added up.

    One query, and one more per endpoint. Raises `ValueError` for an unknown type and `TypeError` for data that is not
    JSON: defects of the caller, and what is not told must not happen.
    """
    if type not in EVENT_TYPES:
        raise ValueError(f"unknown type of event: {type}")
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs into the transaction of its change")
    values: dict[str, Any] = {
        "uid": event_uid_new(),
        "type": type,
        "property_id": property_id,
        "subject": subject,
        "data": json.dumps(dict(data), allow_nan=False),
        "at": at or timezone.now(),
        "is_coalesced": type in COALESCED_TYPES,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        rows = cursor.fetchall()
    for _event_id, delivery_id, endpoint_id in rows:
        if delivery_id is not None:
            delivery_enqueue(
                delivery_id=delivery_id, endpoint_id=endpoint_id, subject=subject, property_id=property_id
            )
    return int(rows[0][0])


def delivery_enqueue(
    *, delivery_id: int, endpoint_id: int, subject: str, property_id: int | None, resends: int = 0
) -> None:
    """Write the effect that sends a delivery, once for each time that it is sent again by hand. One query."""
    effect_enqueue(
        kind=DELIVER,
        payload={"delivery_id": delivery_id},
        dedup_key=delivery_key(delivery_id, resends),
        ordering_key=f"{DELIVER}:{endpoint_id}:{subject}",
        property_id=property_id,
    )


def delivery_key(delivery_id: int, resends: int) -> str:
    """The dedup key of a delivery's effect."""
    return f"{DELIVER}:{delivery_id}:{resends}"
