"""What happened to an outside service lately: its last calls and every change of its breaker, for people to look at.

Kept on the cache server beside the breakers' state, and lost with it: nothing decides by it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.cache.client import cache_key, cache_server

EVENTS_KEPT = 50
HISTORY_TTL_SECONDS = 7 * 24 * 3600

SUCCEEDED = "succeeded"
FAILED = "failed"
REFUSED = "refused"
"""Not called, because the breaker was open."""
CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """One call, or one change of state. ``detail`` is the error's class, or the state changed to."""

    at: datetime
    what: str
    detail: str = ""


def event_add(name: str, *events: tuple[str, str], now: float) -> None:
    """Remember what happened, as ``(what, detail)``, oldest first. One round trip; without a server nothing is kept."""
    lines = [json.dumps([now, what, detail]) for what, detail in events]
    key = _key(name)

    def push(redis: Any) -> bool:
        with redis.pipeline(transaction=False) as pipeline:
            pipeline.lpush(key, *lines)
            pipeline.ltrim(key, 0, EVENTS_KEPT - 1)
            pipeline.expire(key, HISTORY_TTL_SECONDS)
            changes = [line for line, (what, _detail) in zip(lines, events, strict=True) if what == CHANGED]
            if changes:
                pipeline.set(f"{key}:since", changes[-1], ex=HISTORY_TTL_SECONDS)
            pipeline.execute()
        return True

    cache_server().call(push, default=False)


def histories(names: list[str]) -> dict[str, tuple[list[ServiceEvent], datetime | None]]:
    """Return, by service, what happened newest first, and since when its state is what it is. One round trip."""

    def read(redis: Any) -> list[Any]:
        with redis.pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.lrange(_key(name), 0, EVENTS_KEPT - 1)
                pipeline.get(f"{_key(name)}:since")
            found: list[Any] = pipeline.execute()
        return found

    nothing: list[Any] = []
    found = cache_server().call(read, default=nothing) or [[], None] * len(names)
    return {
        name: ([_event(line) for line in found[2 * number]], _since(found[2 * number + 1]))
        for number, name in enumerate(names)
    }


def _key(name: str) -> str:
    return cache_key("breaker-history", name)


def _event(line: bytes | str) -> ServiceEvent:
    at, what, detail = json.loads(line)
    return ServiceEvent(datetime.fromtimestamp(at, tz=UTC), what, detail)


def _since(line: bytes | str | None) -> datetime | None:
    return _event(line).at if line else None
