"""How long events are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notifications.models import DomainEvent, EventStream, WebhookAttempt, WebhookDelivery

from .numbering import NUMBERING_LOCK, events_number_all

BATCH_ROWS = 2_000

_EVENT = DomainEvent._meta.db_table
_STREAM = EventStream._meta.db_table

FORGET = f"""
    WITH old AS (
        SELECT id FROM {_EVENT}
        WHERE created_at < %s AND chain_sequence IS NOT NULL ORDER BY chain_sequence LIMIT %s
    ),
    delivery AS (
        SELECT id FROM {WebhookDelivery._meta.db_table} WHERE event_id IN (SELECT id FROM old)
    ),
    no_attempt AS (
        DELETE FROM {WebhookAttempt._meta.db_table} WHERE delivery_id IN (SELECT id FROM delivery)
    ),
    no_delivery AS (
        DELETE FROM {WebhookDelivery._meta.db_table} WHERE id IN (SELECT id FROM delivery)
    ),
    gone AS (
        DELETE FROM {_EVENT} WHERE id IN (SELECT id FROM old)
        RETURNING property_id, sequence, chain_sequence
    ),
    newest AS (
        SELECT property_id, max(sequence) AS sequence FROM gone GROUP BY property_id
        UNION ALL
        SELECT NULL, max(chain_sequence) FROM gone
    ),
    noted AS (
        UPDATE {_STREAM} AS stream SET forgotten_sequence = greatest(stream.forgotten_sequence, newest.sequence)
        FROM newest
        WHERE stream.property_id IS NOT DISTINCT FROM newest.property_id AND newest.sequence IS NOT NULL
    )
    SELECT count(*) FROM gone
"""  # noqa: S608 - the tables' names are our own


def events_forget(*, at: datetime | None = None, days: int | None = None) -> int:
    """Delete events older than ``days`` (`WEBHOOK_EVENT_DAYS`) with their deliveries; how many.

    In batches, each in a transaction that also writes down up to which number a property's events are forgotten, so
    that a reader learns of it. Safe to run twice at the same time: the lock of the numbering keeps them apart.
    """
    limit = (at or timezone.now()) - timedelta(days=settings.WEBHOOK_EVENT_DAYS if days is None else days)
    events_number_all()
    total = 0
    while True:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
            cursor.execute(FORGET, [limit, BATCH_ROWS])
            forgotten = int(cursor.fetchone()[0])
        total += forgotten
        if forgotten < BATCH_ROWS:
            break
    WebhookDelivery.objects.filter(event=None, created_at__lt=limit).delete()
    return total
