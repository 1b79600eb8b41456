"""Doing in a test what the outbox holds, as `manage.py dispatch_outbox` does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.outbox.dispatching import DispatchSummary, effects_run_due


def run_effects(kinds: Collection[str] | None = None, at: datetime | None = None) -> DispatchSummary:
    """Run every effect that is due (at ``at``), here, each at most once; how many by outcome."""
    return effects_run_due(kinds=kinds, at=at)
