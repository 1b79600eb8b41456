"""Outdating cached data by hand."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from redis import Redis

from core.cache.client import cache_server
from core.cache.generations import GENERATION_TTL_SECONDS, generation_new, namespace_clear
from core.cache.keys import NAMESPACES, generation_key
from core.exceptions import NotFound, Unavailable, ValidationFailed

logger = structlog.get_logger(__name__)


def cache_clear(*, namespace: str, scope: Sequence[str] = (), actor: str) -> int:
    """Outdate a namespace, or one scope of it; how many scopes had data.

    Nothing breaks by it: what is outdated is computed again when it is next asked for. Raises `NotFound` for an
    unknown namespace, `ValidationFailed` for a scope that does not fit it, `Unavailable` without a cache server.
    """
    kind = NAMESPACES.get(namespace)
    if kind is None:
        raise NotFound
    cleared: int | None
    if not scope:
        cleared = namespace_clear(kind)
    else:
        try:
            key = generation_key(kind, tuple(scope))
        except ValueError as error:
            raise ValidationFailed(f"{str(error)[0].upper()}{str(error)[1:]}.") from error

        def replace(redis: Redis) -> int:
            before = redis.set(key, generation_new(), get=True, ex=GENERATION_TTL_SECONDS)
            return 0 if before is None else 1

        cleared = cache_server().call(replace, default=None)
    if cleared is None:
        raise Unavailable
    logger.info("cache_cleared", namespace=namespace, scope=list(scope), scopes=cleared, actor=actor)
    return cleared
