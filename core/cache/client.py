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
D = TypeVar("D")
logger = structlog.get_logger(__name__)


class CacheServer:
    """A cache server that may be down. `timeout` is in seconds, for each answer; `clock` is monotonic, in seconds."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float = SOCKET_TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        pool = ConnectionPool.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
        self.redis = Redis(connection_pool=pool)
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._skip_until = 0.0

    @property
    def is_skipped(self) -> bool:
        """Whether the server is being left alone."""
        return self._clock() < self._skip_until

    def call(self, operation: Callable[[Redis], T], *, default: D) -> T | D:
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
_others: dict[str, CacheServer] = {}
_server_lock = threading.Lock()


def cache_server(alias: str = "default") -> CacheServer:
    """The process's way to the server of a cache in ``CACHES``; one for all that stand on the same server."""
    global _server
    if alias != "default" and _location(alias) != _location("default"):
        with _server_lock:
            return _others.setdefault(alias, _others.get(alias) or _server_of(alias))
    if _server is None:
        with _server_lock:
            if _server is None:
                _server = _server_of("default")
    return _server


def cache_key(*parts: str, alias: str = "default") -> str:
    """A key on the server, below the prefix of a cache in ``CACHES``."""
    prefix = str(_config(alias).get("KEY_PREFIX", ""))
    return ":".join((prefix, *parts) if prefix else parts)


def _server_of(alias: str) -> CacheServer:
    options = _config(alias).get("OPTIONS", {})
    return CacheServer(_location(alias), timeout=options.get("SOCKET_TIMEOUT", SOCKET_TIMEOUT_SECONDS))


def _location(alias: str) -> str:
    location: Any = _config(alias)["LOCATION"]
    return location if isinstance(location, str) else location[0]


def _config(alias: str) -> dict[str, Any]:
    """The entry of ``CACHES``; that of ``default`` for a name that is not there."""
    config: dict[str, Any] = settings.CACHES.get(alias) or settings.CACHES["default"]
    return config


def _server_forget(*, setting: str, **_kwargs: Any) -> None:
    global _server
    if setting == "CACHES":
        _server = None
        _others.clear()


setting_changed.connect(_server_forget)
