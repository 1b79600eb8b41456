"""Running one effect: take it, call its handler, and write down how that ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from django.db.models import F
from django.utils import timezone

from core.audit import audit_origin
from core.models import Effect, EffectStatus, Queue

from .claiming import effects_release
from .kinds import DeadLetter, EffectKind, Postpone, effect_kind
from .leases import QueueFull, Taken, effect_take, lease_kept

ERROR_LENGTH = 2_000
FULL_PAUSE_SECONDS = 0.2
FULL_PATIENCE_SECONDS = 5.0
PROGRESS_PAUSE_SECONDS = 0.5

logger = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"
    POSTPONED = "postponed"
    SKIPPED = "skipped"
    """Somebody else has it, or it is done already."""


@dataclass(slots=True)
class EffectRun:
    """One attempt at an effect, as its handler sees it. ``attempt`` counts from 1."""

    effect_id: int
    kind: str
    payload: dict[str, Any]
    dedup_key: str
    attempt: int
    wanted_at: datetime
    at: datetime
    _token: str = ""
    _progress_at: float = field(default=float("-inf"), repr=False)

    def progress(self, *, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far it is, for staff to see. Written at most every half second, and at the end; one query."""
        now = time.monotonic()
        is_last = total is not None and done >= total
        if not is_last and now - self._progress_at < PROGRESS_PAUSE_SECONDS:
            return
        self._progress_at = now
        done = max(done, 0) if total is None else min(max(done, 0), total)
        Effect.objects.filter(pk=self.effect_id, lease_token=self._token).update(
            progress_done=done, progress_total=total, progress_note=note[:200]
        )


def effect_run(*, effect_id: int, queue: Queue, token: str = "", at: datetime | None = None) -> Outcome:
    """Run an effect that was handed over, unless somebody else has it.

    Waits for a slot of the queue where that is full or has a rate; one that stays full gives the effect back. At most
    six short queries around the handler, which runs outside any transaction. Never raises what the handler raised:
    that is written down, with when to try again. A database that is away raises, and the lease runs out by itself.
    """
    now = at or timezone.now()
    taken = _take_patiently(effect_id, queue, token, now if at else None)
    if taken is None:
        return Outcome.SKIPPED
    pause = (taken.starts_at - timezone.now()).total_seconds() if at is None else 0.0
    if pause > 0:
        time.sleep(pause)
    effect = taken.effect
    # What no request asked for has an id of its own, for its log lines and for the calls that it makes.
    request_id = effect.request_id or f"effect-{effect.pk:08d}"
    context = {"effect": effect.pk, "effect_kind": effect.kind, "request_id": request_id}
    with (
        structlog.contextvars.bound_contextvars(**context),
        audit_origin("effect", effect.kind),
        lease_kept(taken),
    ):
        return _handled(taken, at)


def _take_patiently(effect_id: int, queue: Queue, token: str, at: datetime | None) -> Taken | None:
    deadline = time.monotonic() + FULL_PATIENCE_SECONDS
    while True:
        now = at or timezone.now()
        try:
            return effect_take(effect_id=effect_id, queue=queue, at=now)
        except QueueFull:
            if time.monotonic() >= deadline:
                effects_release(ids=[effect_id], token=token, due_at=now)
                return None
            time.sleep(FULL_PAUSE_SECONDS)


def _handled(taken: Taken, at: datetime | None) -> Outcome:
    effect = taken.effect
    kind = effect_kind(effect.kind)
    started = time.monotonic()
    try:
        if kind is None:
            raise DeadLetter(f"nobody handles effects of the kind {effect.kind}")
        run = EffectRun(
            effect_id=effect.pk,
            kind=effect.kind,
            payload=effect.payload,
            dedup_key=effect.dedup_key,
            attempt=effect.attempts + 1,
            wanted_at=effect.wanted_at,
            at=at or timezone.now(),
            _token=taken.token,
        )
        kind.handler(run)
    except Postpone as postponed:
        outcome, changes = Outcome.POSTPONED, _back(postponed.until, str(postponed), counts=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is written down and tried again
        outcome, changes = _failed(effect, kind, error, at or timezone.now())
    else:
        outcome, changes = Outcome.DONE, _finished(EffectStatus.DONE, at or timezone.now(), "")
    held = Effect.objects.filter(pk=effect.pk, lease_token=taken.token, status=EffectStatus.RUNNING)
    if not held.update(lease_token="", leased_until=None, **changes):
        logger.warning("effect_lease_lost", outcome=outcome.value)
    logger.info(
        "effect_run",
        outcome=outcome.value,
        queue=effect.queue,
        attempt=effect.attempts + 1,
        duration_ms=round((time.monotonic() - started) * 1000),
    )
    return outcome


def _failed(
    effect: Effect, kind: EffectKind | None, error: Exception, at: datetime
) -> tuple[Outcome, dict[str, Any]]:
    reason = f"{type(error).__name__}: {error}" if not isinstance(error, DeadLetter) else str(error)
    reason = reason.replace("\x00", "")[:ERROR_LENGTH]
    due_at = None
    if kind is not None and not isinstance(error, DeadLetter):
        due_at = kind.retry.next_at(attempt=effect.attempts + 1, wanted_at=effect.wanted_at, at=at)
    if due_at is None:
        trace = None if isinstance(error, DeadLetter) else error
        logger.error("effect_dead", reason=reason, attempt=effect.attempts + 1, exc_info=trace)
        return Outcome.DEAD, _finished(EffectStatus.DEAD, at, reason)
    logger.warning("effect_failed", attempt=effect.attempts + 1, due_at=due_at, exc_info=error)
    return Outcome.FAILED, _back(due_at, reason, counts=True)


def _back(due_at: datetime, reason: str, *, counts: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": EffectStatus.PENDING, "due_at": due_at, "last_error": reason}
    return changes | ({"attempts": F("attempts") + 1} if counts else {})


def _finished(status: EffectStatus, at: datetime, reason: str) -> dict[str, Any]:
    return {"status": status, "finished_at": at, "last_error": reason, "attempts": F("attempts") + 1}
