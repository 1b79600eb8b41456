"""Trying again: three times, with growing pauses of random length, and only where another try can help."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

import stamina

ATTEMPTS = 3
PAUSE_BASE_SECONDS = 0.2
PAUSE_MAX_SECONDS = 2.0
TOTAL_SECONDS = 20.0

T = TypeVar("T")


def pause_seconds(attempt: int, uniform: Callable[[float, float], float] = random.uniform) -> float:
    """How long to wait after the failed `attempt` (from 1): anything from nothing to 0.2, 0.4, 0.8 … 2 s.

    "Full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """
    return uniform(0.0, min(PAUSE_MAX_SECONDS, PAUSE_BASE_SECONDS * 2 ** (attempt - 1)))


def retry_call(
    operation: Callable[[], T], *, retryable: tuple[type[Exception], ...], attempts: int = ATTEMPTS
) -> T:
    """What `operation` gives, tried up to `attempts` times as long as it raises a `retryable` error.

    The operation must be safe to repeat: where money moves it carries an idempotency key. Stand inside the breaker's
    guard, so that the tries of one call count as one. Never call it inside a transaction.
    """
    failed = 0

    def decide(error: Exception) -> bool | float:
        nonlocal failed
        failed += 1
        return pause_seconds(failed) if isinstance(error, retryable) else False

    for attempt in stamina.retry_context(on=decide, attempts=attempts, timeout=TOTAL_SECONDS):
        with attempt:
            return operation()
    raise AssertionError("stamina ends with a result or an error")
