"""Who runs an effect: taking it within its queue's limits, keeping the lease, and telling how it ended."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from core.models import Effect, EffectQueue, EffectStatus, Queue

logger = structlog.get_logger(__name__)

LOCK_QUEUE = f"""
    INSERT INTO {EffectQueue._meta.db_table} (name, next_slot_at) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING next_slot_at
"""  # noqa: S608 - the table's name is our own


class QueueFull(Exception):
    """As many effects of the queue run as may run at a time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An effect that is ours to run, not before ``starts_at``, as long as the lease lasts."""

    effect: Effect
    token: str
    starts_at: datetime


def effect_take(*, effect_id: int, queue: Queue, at: datetime) -> Taken | None:
    """Take an effect that was handed over; None if it is not to be run now, by us or at all.

    The queue's row is locked first, so how many run at a time and how many start a second holds for all workers on
    all machines. A short transaction of at most five queries. Raises `QueueFull`.
    """
    token = secrets.token_hex(16)
    until = at + timedelta(seconds=settings.EFFECT_LEASE_SECONDS)
    limit = settings.EFFECT_CONCURRENCY.get(queue.value)
    rate = settings.EFFECT_RATES_PER_SECOND.get(queue.value)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_QUEUE, [queue.value, at])
            next_slot_at: datetime = cursor.fetchone()[0]
        if limit is not None:
            running = Effect.objects.filter(queue=queue, status=EffectStatus.RUNNING, leased_until__gt=at)
            if running.count() >= limit:
                raise QueueFull
        starts_at = max(at, next_slot_at) if rate else at
        taken = Effect.objects.filter(pk=effect_id, status=EffectStatus.DISPATCHED).update(
            status=EffectStatus.RUNNING, lease_token=token, leased_until=until, started_at=starts_at
        )
        if not taken:
            return None
        if rate:
            EffectQueue.objects.filter(pk=queue).update(next_slot_at=starts_at + timedelta(seconds=1 / rate))
        return Taken(Effect.objects.get(pk=effect_id), token, starts_at)


def lease_renew(*, effect_id: int, token: str, at: datetime) -> bool:
    """Keep a running effect for another lease; False if it is no longer ours. One query."""
    until = at + timedelta(seconds=settings.EFFECT_LEASE_SECONDS)
    held = Effect.objects.filter(pk=effect_id, lease_token=token, status=EffectStatus.RUNNING)
    return bool(held.update(leased_until=until))


@contextmanager
def lease_kept(taken: Taken) -> Iterator[None]:
    """Renew the lease every third of it, in a thread of its own, as long as the block runs.

    A short effect never sees the thread do anything, and opens no second connection.
    """
    finished = threading.Event()

    def renew() -> None:
        pause = settings.EFFECT_LEASE_SECONDS / 3
        try:
            while not finished.wait(pause):
                try:
                    if not lease_renew(effect_id=taken.effect.pk, token=taken.token, at=timezone.now()):
                        return
                except DatabaseError as error:
                    logger.warning("effect_lease_not_renewed", error=type(error).__name__)
        finally:
            connection.close()

    thread = threading.Thread(target=renew, name=f"lease of effect {taken.effect.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
