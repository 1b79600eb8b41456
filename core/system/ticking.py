"""Celery's scheduler with a heart: it beats with every tick, so one that hangs while it sends falls silent."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler

from .heartbeats import BEAT, EVERY_SECONDS, Pulse


class TickingScheduler(PersistentScheduler):
    """The scheduler of `celery beat`; it wakes at least as often as its heart has to beat."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._pulse = Pulse(BEAT)
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Send what is due; the seconds until the next tick."""
        self._pulse.beat()
        return min(float(super().tick(*arguments, **options)), EVERY_SECONDS)
