"""Asking for a job to be run soon, by the workers, from where one cannot wait for it."""

from __future__ import annotations

import secrets
from datetime import datetime

from core.outbox.writing import effect_enqueue

JOB_KIND = "core.scheduled_job"


def job_request(name: str, *, at: datetime | None = None, occasion: str = "") -> bool:
    """Have a job run as soon as a worker is free, besides its schedule. One query.

    False if it was asked for on the same ``occasion`` before; without one, every call counts.
    """
    occasion = occasion or secrets.token_hex(8)
    effect_id = effect_enqueue(
        kind=JOB_KIND, payload={"job": name}, dedup_key=f"{JOB_KIND}:{name}:{occasion}", at=at
    )
    return effect_id is not None
