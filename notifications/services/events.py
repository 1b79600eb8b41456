"""Recording what happened, in the transaction in which it happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notifications.models import DomainEvent
from notifications.models.events import event_uid_new
from notifications.types.events import COALESCED_TYPES, EVENT_TYPES

_TABLE = DomainEvent._meta.db_table

RECORD = f"""
    INSERT INTO {_TABLE} AS event (uid, type, property_id, subject, data, created_at, coalesce_key)
    VALUES (
        %(uid)s, %(type)s, %(property_id)s, %(subject)s, %(data)s::jsonb, %(at)s,
        CASE WHEN %(is_coalesced)s THEN concat_ws(
            ':', %(type)s::text, %(property_id)s::text, pg_backend_pid()::text, extract(epoch FROM now())::text
        ) ELSE '' END
    )
    ON CONFLICT (coalesce_key) WHERE coalesce_key <> '' DO UPDATE
    SET data = jsonb_set(event.data, '{{changes}}', (event.data -> 'changes') || (excluded.data -> 'changes'))
    RETURNING id, uid = %(uid)s
"""  # noqa: S608 - the table's name is our own


def domain_event_record(
    *,
    type: str,  # noqa: A002 - the word of the field
    property_id: int,
    subject: str,
    data: Mapping[str, Any],
    at: datetime | None = None,
) -> int:
    """Write an event in the caller's transaction, and what has to be delivered of it. Returns the event's id.

    ``subject`` (`booking:K7XM3PQR`) is what it is about: events of one subject are delivered one after another, in
    the order of their writing, so the subject's row should be locked. No lock is taken that another transaction
    could wait for: numbers are given later. `inventory.changed` and `rates.changed` are written once per transaction
    and property, their ``data["changes"]`` (a list) added up.

    One query. Raises `ValueError` for an unknown type and `TypeError` for data that is not JSON: defects of the caller,
    and what is not told must not happen.
    """
    if type not in EVENT_TYPES:
        raise ValueError(f"unknown type of event: {type}")
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event belongs into the transaction of its change")
    values = {
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
        event_id, _is_new = cursor.fetchone()
    return int(event_id)
