"""How the outbox is doing, in numbers: for health, metrics and alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from core.models import Effect, EffectStatus, Queue
from core.models.outbox import UNFINISHED

COUNTS = ("due", "later", "handed_over", "running", "dead")


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue now. ``lag_seconds`` is for how long the longest due effect has been waiting; 0 when none is due."""

    queue: Queue
    due: int
    later: int
    handed_over: int
    running: int
    dead: int
    lag_seconds: float


def outbox_figures(*, at: datetime | None = None) -> list[QueueFigures]:
    """Every queue's figures. One query, which reads what is unfinished or dead and nothing that is done."""
    now = at or timezone.now()
    waiting = Q(status=EffectStatus.PENDING)
    rows = (
        Effect.objects.filter(status__in=(*UNFINISHED, EffectStatus.DEAD))
        .order_by()
        .values("queue")
        .annotate(
            due=Count("pk", filter=waiting & Q(due_at__lte=now)),
            later=Count("pk", filter=waiting & Q(due_at__gt=now)),
            handed_over=Count("pk", filter=Q(status=EffectStatus.DISPATCHED)),
            running=Count("pk", filter=Q(status=EffectStatus.RUNNING)),
            dead=Count("pk", filter=Q(status=EffectStatus.DEAD)),
            oldest=Min("due_at", filter=waiting & Q(due_at__lte=now)),
        )
    )
    found: dict[str, Any] = {row["queue"]: row for row in rows}
    figures = []
    for queue in Queue:
        row: dict[str, Any] = found.get(queue.value) or {**dict.fromkeys(COUNTS, 0), "oldest": None}
        lag_seconds = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
        figures.append(
            QueueFigures(queue=queue, lag_seconds=lag_seconds, **{name: row[name] for name in COUNTS})
        )
    return figures
