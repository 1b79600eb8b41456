"""Dead letters: listed with their reason, tried again, or discarded with one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import ValidationFailed
from core.models import Effect, EffectStatus

OVER = (EffectStatus.DONE, EffectStatus.DISCARDED)
PRUNE_BATCH_ROWS = 5_000

logger = structlog.get_logger(__name__)


def effects_dead(
    *, ids: Collection[int] | None = None, kinds: Collection[str] | None = None
) -> QuerySet[Effect]:
    """Dead letters, the newest first. One query."""
    rows = Effect.objects.filter(status=EffectStatus.DEAD).order_by("-finished_at", "-pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows if kinds is None else rows.filter(kind__in=kinds)


def effects_redrive(
    *,
    ids: Collection[int] | None = None,
    kinds: Collection[str] | None = None,
    actor: str,
    at: datetime | None = None,
) -> int:
    """Make dead letters due again with all their attempts; how many. One query.

    What follows in their ordering key has gone on without them, so they come late there. Those that are not dead
    (any more) are left alone, so it may be asked for twice.
    """
    now = at or timezone.now()
    number = effects_dead(ids=ids, kinds=kinds).update(
        status=EffectStatus.PENDING,
        attempts=0,
        interruptions=0,
        wanted_at=now,
        due_at=now,
        finished_at=None,
        progress_done=0,
        progress_total=None,
        progress_note="",
    )
    logger.info("effects_redriven", number=number, ids=_few(ids), kinds=kinds, actor=actor)
    return number


def effects_discard(*, ids: Collection[int], reason: str, actor: str, at: datetime | None = None) -> int:
    """Decide that dead letters need not be done; how many. They are kept with the reason for a time. One query.

    Raises `ValidationFailed` without a reason.
    """
    if not reason.strip():
        raise ValidationFailed(_("Say why."), field="reason")
    number = effects_dead(ids=ids).update(
        status=EffectStatus.DISCARDED,
        finished_at=at or timezone.now(),
        last_error=f"discarded by {actor}: {reason.strip()}"[:2_000],
    )
    logger.info("effects_discarded", number=number, ids=_few(ids), actor=actor)
    return number


def effects_prune(*, at: datetime | None = None, batch_rows: int = PRUNE_BATCH_ROWS) -> int:
    """Delete effects that were over EFFECTS_KEPT_DAYS ago, in batches; how many. Dead letters stay."""
    before = (at or timezone.now()) - timedelta(days=settings.EFFECTS_KEPT_DAYS)
    total = 0
    while True:
        old = Effect.objects.filter(status__in=OVER, finished_at__lt=before).order_by("finished_at")
        deleted, _rows = Effect.objects.filter(pk__in=old.values("pk")[:batch_rows]).delete()
        total += deleted
        if deleted < batch_rows:
            return total


def _few(ids: Collection[int] | None) -> list[int] | None:
    return None if ids is None else sorted(ids)[:20]
