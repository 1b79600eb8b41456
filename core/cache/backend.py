"""Django's cache on a server that may be down: nobody waits for it again and again, or is locked out with it."""

from __future__ import annotations

from typing import Any

from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted

from .client import cache_server


class SkippingClient(DefaultClient):
    """Leaves the server alone while the process's cache client does."""

    def get_client(self, *args: Any, **kwargs: Any) -> Any:
        """Give the connection. Raises ``ConnectionInterrupted``, which counts as a miss, while skipping."""
        if cache_server().is_skipped:
            raise ConnectionInterrupted(connection=None)
        return super().get_client(*args, **kwargs)

    def get_client_with_index(self, *args: Any, **kwargs: Any) -> Any:
        """Give the connection and its number, as ``get_client``."""
        if cache_server().is_skipped:
            raise ConnectionInterrupted(connection=None)
        return super().get_client_with_index(*args, **kwargs)


class FailOpenCache(RedisCache):
    """A cache whose ``add`` succeeds when there is no server.

    Rate limits take their lock with ``add`` and would refuse everybody who wants to log in.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Store unless it is there; True if it was not, or if nobody knows."""
        added = super().add(*args, **kwargs)
        return True if added is None else bool(added)
