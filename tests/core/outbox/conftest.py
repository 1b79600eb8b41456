from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.models import Effect
from core.outbox import effect_enqueue

NOON = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
"""Long ago, so that what is due then is due now."""


@pytest.fixture
def enqueue() -> Callable[..., Effect]:
    """Write an effect, due at noon, and give its row."""

    def write(kind: str, key: str = "one", **values: Any) -> Effect:
        payload = values.pop("payload", {})
        effect_id = effect_enqueue(kind=kind, payload=payload, dedup_key=key, **{"at": NOON} | values)
        return Effect.objects.get(pk=effect_id)

    return write
