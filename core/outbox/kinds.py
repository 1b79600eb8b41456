"""The kinds of effects: who handles each, in which queue, and how often it is tried."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.utils.functional import Promise

from core.models import Queue

if TYPE_CHECKING:
    from .running import EffectRun

    Handler = Callable[[EffectRun], object]

HandlerT = TypeVar("HandlerT", bound="Handler")
MAX_PAUSE_SECONDS = 3600.0


class DeadLetter(Exception):
    """Raised by a handler: trying again will not help. The reason is kept and shown to staff."""


class Postpone(Exception):
    """Raised by a handler: not now. Tried again at ``until``, and this was no attempt."""

    def __init__(self, until: datetime, reason: str = "") -> None:
        super().__init__(reason or f"postponed until {until:%Y-%m-%d %H:%M:%S}")
        self.until = until


@dataclass(frozen=True, slots=True)
class Retry:
    """How often an effect is tried and how long it rests after each failure.

    With ``base_seconds`` the n-th pause is anything from 0 to ``base_seconds`` x 2^(n-1) (exponential with full
    jitter), at most ``MAX_PAUSE_SECONDS``. ``delays_seconds`` names the pauses instead: one attempt more than there
    are pauses. ``max_age_seconds`` gives up when the next attempt would come later than so long after the effect was
    wanted.
    """

    attempts: int = 3
    base_seconds: float = 5.0
    delays_seconds: tuple[float, ...] = ()
    max_age_seconds: float | None = None

    @property
    def attempts_allowed(self) -> int:
        """How often it is tried in all."""
        return len(self.delays_seconds) + 1 if self.delays_seconds else self.attempts

    def pause_after(self, attempt: int) -> timedelta:
        """How long to rest after the ``attempt``-th failure, from 1."""
        if self.delays_seconds:
            return timedelta(seconds=self.delays_seconds[min(attempt, len(self.delays_seconds)) - 1])
        longest = min(self.base_seconds * 2 ** (attempt - 1), MAX_PAUSE_SECONDS)
        return timedelta(seconds=random.uniform(0, longest))  # noqa: S311 - jitter is no secret

    def next_at(self, *, attempt: int, wanted_at: datetime, at: datetime) -> datetime | None:
        """When to try again after the ``attempt``-th failure at ``at``; None when it is given up."""
        if attempt >= self.attempts_allowed:
            return None
        due_at = at + self.pause_after(attempt)
        if self.max_age_seconds is not None and due_at > wanted_at + timedelta(seconds=self.max_age_seconds):
            return None
        return due_at


QUEUE_RETRIES = {
    Queue.EMAIL: Retry(attempts=3, base_seconds=5),
    Queue.PROCESSING: Retry(attempts=5, base_seconds=10),
    Queue.SCHEDULED: Retry(delays_seconds=(60, 60)),
}
"""What a kind gets that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class EffectKind:
    """One kind of effect."""

    name: str
    queue: Queue
    retry: Retry
    label: str | Promise
    handler: Handler


_kinds: dict[str, EffectKind] = {}


def effect_handler(
    kind: str, *, queue: Queue, retry: Retry | None = None, label: str | Promise = ""
) -> Callable[[HandlerT], HandlerT]:
    """Make a function the handler of a kind of effect. Belongs into an app's ``tasks.py``, where it is found.

    The handler runs outside any transaction, at least once, so it must be idempotent. Whatever it raises is a failed
    attempt, tried again as ``retry`` says; `DeadLetter` gives up at once, `Postpone` waits without counting. Raises
    `ValueError` when another function handles the kind already.
    """

    def register(handler: HandlerT) -> HandlerT:
        known = _kinds.get(kind)
        if known is not None and known.handler is not handler:
            raise ValueError(f"the kind of effect {kind} has a handler already")
        _kinds[kind] = EffectKind(kind, queue, retry or QUEUE_RETRIES[queue], label or kind, handler)
        return handler

    return register


def effect_kind(name: str) -> EffectKind | None:
    """The kind of a name; None if nobody handles it."""
    return _kinds.get(name)


def effect_kinds() -> dict[str, EffectKind]:
    """Every kind there is, by name."""
    return dict(sorted(_kinds.items()))
