"""Having a backup made, or a restore rehearsed, by the workers: for pages, which cannot wait for it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from core.outbox.writing import effect_enqueue
from core.schedule.requesting import job_request

from .scheduling import DRILL

BACKUP_KIND = "core.backup"


def backup_ask(*, at: datetime | None = None) -> bool:
    """Have a backup made; False if one was asked for within the same minute. One query."""
    now = at or timezone.now()
    key = f"{BACKUP_KIND}:{now:%Y-%m-%dT%H:%M}"
    return effect_enqueue(kind=BACKUP_KIND, payload={"kind": "manual"}, dedup_key=key, at=at) is not None


def drill_ask(*, at: datetime | None = None) -> bool:
    """Have a restore rehearsed; False if that was asked for within the same minute. One query."""
    now = at or timezone.now()
    return job_request(DRILL, at=at, occasion=f"{now:%Y-%m-%dT%H:%M}")
