"""Rows that know no domain: the log of changes, repeated requests, work to be done later, and when it was done."""

from .audit import AuditEntry, AuditLink, AuditSeal
from .backups import BackupAction, BackupOutcome, BackupRun
from .base import TimeStampedModel
from .idempotency import IdempotencyKey
from .outbox import Effect, EffectQueue, EffectStatus, Queue
from .schedule import ScheduledJob

__all__ = [
    "AuditEntry",
    "AuditLink",
    "AuditSeal",
    "BackupAction",
    "BackupOutcome",
    "BackupRun",
    "Effect",
    "EffectQueue",
    "EffectStatus",
    "IdempotencyKey",
    "Queue",
    "ScheduledJob",
    "TimeStampedModel",
]
