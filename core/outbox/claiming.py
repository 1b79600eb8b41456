"""Claiming what is due, and taking back what was claimed by somebody who is gone.

Every machine's clock decides what is due there, so clocks should agree to within a lease (30 seconds).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from core.models import Effect, EffectStatus, Queue
from core.models.outbox import LEASED, UNFINISHED

MAX_INTERRUPTIONS = 10
"""A handler during which the process died so often is what kills it."""
RECOVER_ROWS = 500

logger = structlog.get_logger(__name__)
_TABLE = Effect._meta.db_table
_UNFINISHED = ", ".join(f"'{status}'" for status in UNFINISHED)

CLAIM = f"""
    WITH claimed AS MATERIALIZED (
        SELECT id FROM {_TABLE} AS due
        WHERE status = 'pending' AND queue = %(queue)s AND due_at <= %(at)s
            AND NOT id = ANY(%(skip)s)
            AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
            AND (ordering_key = '' OR NOT EXISTS (
                SELECT FROM {_TABLE} AS earlier
                WHERE earlier.ordering_key = due.ordering_key AND earlier.ordering_key <> ''
                    AND earlier.id < due.id AND earlier.status IN ({_UNFINISHED})
            ))
        ORDER BY due_at, id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE {_TABLE} AS effect
    SET status = 'dispatched', lease_token = %(token)s, leased_until = %(until)s
    FROM claimed
    WHERE effect.id = claimed.id
    RETURNING effect.id
"""  # noqa: S608 - names and statuses are our own


def effects_claim(
    *,
    queue: Queue,
    at: datetime,
    limit: int,
    kinds: Collection[str] | None = None,
    skip: Collection[int] = (),
) -> tuple[str, list[int]]:
    """Lease what is due in a queue, the longest due first: the lease's token and the ids.

    Of the effects with one ordering key only the first unfinished one. One query in a transaction of its own; rows
    that another claims meanwhile are passed over.
    """
    token = secrets.token_hex(16)
    values: dict[str, Any] = {
        "token": token,
        "until": at + timedelta(seconds=settings.EFFECT_DISPATCH_LEASE_SECONDS),
        "queue": queue.value,
        "at": at,
        "skip": list(skip),
        "kinds": None if kinds is None else list(kinds),
        "limit": limit,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        ids = sorted(row[0] for row in cursor.fetchall())
    return token, ids


def effects_release(*, ids: Sequence[int], token: str, due_at: datetime) -> int:
    """Give back what was claimed and could not be handed over; how many. One query."""
    return Effect.objects.filter(pk__in=ids, lease_token=token, status=EffectStatus.DISPATCHED).update(
        status=EffectStatus.PENDING, lease_token="", leased_until=None, due_at=due_at
    )


def effects_recover(*, at: datetime) -> int:
    """Make due again what is held by a lease that is over; how many. Two queries, or five when there is something.

    A process that died is not the effect's fault: this is no attempt. Only after `MAX_INTERRUPTIONS` it is dead.
    """
    held = Effect.objects.filter(status__in=LEASED, leased_until__lt=at)
    with transaction.atomic():
        rows = list(
            held.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "status")[:RECOVER_ROWS]
        )
        if not rows:
            return 0
        free = {"lease_token": "", "leased_until": None}
        running = [pk for pk, status in rows if status == EffectStatus.RUNNING]
        lost = [pk for pk, status in rows if status == EffectStatus.DISPATCHED]
        Effect.objects.filter(pk__in=lost).update(status=EffectStatus.PENDING, **free)
        Effect.objects.filter(pk__in=running).update(
            status=EffectStatus.PENDING, due_at=at, interruptions=F("interruptions") + 1, **free
        )
        Effect.objects.filter(pk__in=running, interruptions__gte=MAX_INTERRUPTIONS).update(
            status=EffectStatus.DEAD,
            finished_at=at,
            last_error=f"whoever ran it was gone before the end {MAX_INTERRUPTIONS} times",
        )
    if running:
        logger.warning("effects_interrupted", effects=running)
    return len(rows)
