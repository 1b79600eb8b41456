"""Whether the clocks agree, and whether something keeps this one right."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import connection

from core.cache.client import cache_server

TIMEX_BYTES = 512
"""More than the kernel's structure takes on any machine; zeros ask and change nothing."""
TIME_ERROR = 5
"""What `adjtimex` answers while nobody keeps the clock right."""


def clock_offsets() -> dict[str, float]:
    """By server: how many seconds this machine's clock is ahead of its. One query, one round trip to the cache server.

    Half of the way to the server and back is taken off, so the figure is good to some milliseconds.
    """
    offsets = {"database": _database_offset()}
    cache = cache_server().call(lambda redis: _offset(lambda: _told(redis.time())), default=None)
    return offsets | ({} if cache is None else {"cache": cache})


def is_synchronized() -> bool | None:
    """Whether the kernel knows of a service that keeps its clock right; None where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        answer: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else answer != TIME_ERROR


def _database_offset() -> float:
    with connection.cursor() as cursor:

        def ask() -> datetime:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment

        return _offset(ask)


def _offset(ask: Callable[[], datetime]) -> float:
    before = time.time()
    theirs = ask()
    after = time.time()
    return round((before + after) / 2 - theirs.timestamp(), 4)


def _told(answer: object) -> datetime:
    """A moment as the cache server tells it: seconds and microseconds."""
    assert isinstance(answer, tuple)
    return datetime.fromtimestamp(answer[0] + answer[1] / 1e6, tz=UTC)
