"""Rows that know no domain: repeated requests, work to be done later, and when scheduled work last succeeded."""

from .base import TimeStampedModel
from .idempotency import IdempotencyKey
from .outbox import Effect, EffectQueue, EffectStatus, Queue
from .schedule import ScheduledJob

__all__ = [
    "Effect",
    "EffectQueue",
    "EffectStatus",
    "IdempotencyKey",
    "Queue",
    "ScheduledJob",
    "TimeStampedModel",
]
