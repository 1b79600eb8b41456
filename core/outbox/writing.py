"""Writing effects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from core.models import Effect, EffectStatus
from core.observability.middleware import request_id_of

from .kinds import effect_kind

INSERT = f"""
    INSERT INTO {Effect._meta.db_table} (
        kind, queue, payload, dedup_key, ordering_key, property_id, status, wanted_at, due_at,
        attempts, interruptions, lease_token, last_error, progress_done, progress_note, request_id, created_at
    )
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, '', '', 0, '', %s, %s)
    ON CONFLICT (dedup_key) DO NOTHING
    RETURNING id
"""  # noqa: S608 - the table's name is our own


def effect_enqueue(
    *,
    kind: str,
    payload: Mapping[str, Any],
    dedup_key: str,
    due_at: datetime | None = None,
    ordering_key: str = "",
    property_id: int | None = None,
    at: datetime | None = None,
) -> int | None:
    """Write one effect in the caller's transaction; its id, or None when an effect of this ``dedup_key`` is there.

    ``payload`` is plain JSON and best holds ids only. Effects of one ``ordering_key`` run strictly one after another
    in the order of their ids; one that was given up steps aside. ``property_id`` lets that property's staff see it.
    One query; no broker is called. Raises `ValueError` for a kind that nobody handles and `TypeError` for a payload
    that is not JSON: both are defects of the caller, and the change must not be committed without its effect.
    """
    known = effect_kind(kind)
    if known is None:
        raise ValueError(f"nobody handles effects of the kind {kind}")
    now = at or timezone.now()
    due_at = due_at or now
    values = [
        *(kind, known.queue.value, json.dumps(dict(payload), allow_nan=False), dedup_key, ordering_key),
        *(property_id, EffectStatus.PENDING.value, due_at, due_at, request_id_of(None)[:64], now),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        row = cursor.fetchone()
    return int(row[0]) if row else None
