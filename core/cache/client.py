"""The one way to the cache server: short timeouts, every error is a miss, and a server that fails is left alone.

After three failures in a row the server is not asked for ten seconds, so a paused server costs a process at most three
quarters of a second every ten. The state is per process: each finds out for itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.signals import setting_changed
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError

from core.cache.stats import stats

SOCKET_TIMEOUT_SECONDS = 0.25
FAILURES_BEFORE_SKIPPING = 3
SKIP_SECONDS = 10.0

T = TypeVar("T")
logger = structlog.get_logger(__name__)


class CacheServer:
    """A cache server that may be down. `clock` is monotonic, in seconds."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=SOCKET_TIMEOUT_SECONDS,
            socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        )
        self.redis = Redis(connection_pool=pool)
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._skip_until = 0.0

    @property
    def is_skipped(self) -> bool:
        """Whether the server is being left alone."""
        return self._clock() < self._skip_until

    def call(self, operation: Callable[[Redis], T], *, default: T) -> T:
        """What `operation` gives on the server, or `default` if the server is down, slow or being left alone."""
        if self.is_skipped:
            stats.server_skipped()
            return default
        try:
            result = operation(self.redis)
        except (RedisError, OSError) as error:
            self.failed(error)
            return default
        self.answered()
        return result

    def answered(self) -> None:
        """Know that the server is there."""
        self._failures = 0

    def failed(self, error: Exception) -> None:
        """Count a failure; the third in a row leaves the server alone for a while."""
        stats.server_failed()
        with self._lock:
            self._failures += 1
            skips = self._failures >= FAILURES_BEFORE_SKIPPING
            if skips:
                self._skip_until = self._clock() + SKIP_SECONDS
                self._failures = (
                    FAILURES_BEFORE_SKIPPING - 1
                )  # one probe after the pause decides about the next
        if skips:
            logger.warning("cache_server_skipped", seconds=SKIP_SECONDS, error=type(error).__name__)


class CountedRedis(Redis):
    """What Django's cache asks the server with: its failures count like everybody's, and end its waiting too."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Ask the server. Raises what redis-py raises."""
        try:
            result = super().execute_command(*args, **options)
        except (RedisError, OSError) as error:
            cache_server().failed(error)
            raise
        cache_server().answered()
        return result


_server: CacheServer | None = None
_server_lock = threading.Lock()


def cache_server() -> CacheServer:
    """The process's cache server: that of `CACHES["default"]`."""
    global _server
    if _server is None:
        with _server_lock:
            if _server is None:
                location: Any = settings.CACHES["default"]["LOCATION"]
                _server = CacheServer(location if isinstance(location, str) else location[0])
    return _server


def cache_key(*parts: str) -> str:
    """A key on the server, below the prefix of `CACHES["default"]`."""
    prefix = str(settings.CACHES["default"].get("KEY_PREFIX", ""))
    return ":".join((prefix, *parts) if prefix else parts)


def _server_forget(*, setting: str, **_kwargs: Any) -> None:
    global _server
    if setting == "CACHES":
        _server = None


setting_changed.connect(_server_forget)
