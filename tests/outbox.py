"""Doing in a test what the outbox holds, as `manage.py dispatch_outbox` does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from core.outbox import EffectRun, Queue, Retry, effect_handler, kinds
from core.outbox.dispatching import DispatchSummary, effects_run_due


def run_effects(kinds: Collection[str] | None = None, at: datetime | None = None) -> DispatchSummary:
    """Run every effect that is due (at ``at``), here, each at most once; how many by outcome."""
    return effects_run_due(kinds=kinds, at=at)


@contextmanager
def handled(
    kind: str,
    handler: Callable[[EffectRun], Any] = lambda run: None,
    *,
    queue: Queue = Queue.PROCESSING,
    retry: Retry | None = None,
) -> Iterator[str]:
    """A kind of effect that exists for the length of a block."""
    effect_handler(kind, queue=queue, retry=retry)(handler)
    try:
        yield kind
    finally:
        del kinds._kinds[kind]
