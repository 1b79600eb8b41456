"""Where a value, its generations and its lock stand on the cache server, and what is asked there."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from core.cache.client import CacheServer, cache_server
from core.cache.generations import GENERATION_TTL_SECONDS, MadeFrom, generation_new
from core.cache.keys import Namespace, Scope, generation_key, lock_key, value_key
from core.cache.payload import Entry, unpack
from core.replicas.positions import marked_together

COMPUTE_LOCK_MILLISECONDS = 5_000

STORE_AND_RELEASE = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if redis.call('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
return 1
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of trying to be the one who computes: the lock, and what others have stored meanwhile.

    Without a server it is ours, and there is no generation: nothing can be stored.
    """

    is_ours: bool
    generation: str | None
    entry: Entry | None


class Place:
    """The place of one value. A scope's generation, and those of what it is made from, decide whether it is current."""

    __slots__ = ("generations_at", "lock_at", "namespace", "second_lock_at", "value_at")

    def __init__(
        self, namespace: Namespace, scope: Scope, key: Scope, made_from: Sequence[MadeFrom] = ()
    ) -> None:
        self.namespace = namespace
        self.value_at = value_key(namespace, scope, key)
        self.lock_at = lock_key(namespace, scope, key)
        self.second_lock_at = f"{self.lock_at}:second"
        self.generations_at = [
            generation_key(namespace, scope),
            *(generation_key(other, of_other) for other, of_other in made_from),
        ]

    def generation(self) -> str | None:
        """The generation of all together; None if one is missing, or the server. One round trip."""
        nothing: list[bytes | None] = [None]
        return _together(
            cache_server().call(
                lambda redis: cast("list[bytes | None]", redis.mget(self.generations_at)), default=nothing
            )
        )

    def look(self) -> Entry | None:
        """The value if it is current. One round trip, two if values have a server of their own."""
        found = self._ask(lambda pipeline: pipeline.mget(self.generations_at))
        if found is None:
            return None
        return self._entry(found[-1], _together(found[0]))

    def take(self, lock_at: str, token: str) -> Taken:
        """Take the lock if it is free, and look again; generations that are missing are made. One round trip.

        Three if values have a server of their own.
        """
        fresh = generation_new()

        def ensure(pipeline: Any) -> None:
            for key in self.generations_at:
                pipeline.set(key, fresh, nx=True, get=True, ex=GENERATION_TTL_SECONDS)

        if self._has_own_server:
            is_ours = self.lock_take(token, lock_at)
            found = self._ask(ensure)
        else:

            def lock_and_ensure(pipeline: Any) -> None:
                pipeline.set(lock_at, token, nx=True, px=COMPUTE_LOCK_MILLISECONDS)
                ensure(pipeline)

            found = self._ask(lock_and_ensure)
            is_ours = found is None or bool(found.pop(0))
        if found is None:
            return Taken(is_ours=True, generation=None, entry=None)
        generation = _together([fresh.encode() if known is None else known for known in found[:-1]])
        return Taken(is_ours, generation, self._entry(found[-1], generation))

    def lock_take(self, token: str, lock_at: str | None = None) -> bool:
        """True if we are to compute: nobody else does, or there is no server to ask."""
        key = lock_at or self.lock_at
        return self._server.call(
            lambda redis: bool(redis.set(key, token, nx=True, px=COMPUTE_LOCK_MILLISECONDS)), default=True
        )

    def release(self, lock_at: str, token: str) -> None:
        """Let others compute."""
        self._server.call(lambda redis: redis.eval(RELEASE, 1, lock_at, token), default=None)

    def store(self, payload: bytes, ttl: int, lock_at: str, token: str) -> bool:
        """Send the value and let the lock go. False if the server did not answer."""
        return self._server.call(
            lambda redis: bool(redis.eval(STORE_AND_RELEASE, 2, self.value_at, lock_at, payload, ttl, token)),
            default=False,
        )

    @property
    def _server(self) -> CacheServer:
        return cache_server(self.namespace.alias)

    @property
    def _has_own_server(self) -> bool:
        return self._server is not cache_server()

    def _ask(self, ask: Any) -> list[Any] | None:
        """The answers to what ``ask`` puts into a pipeline, and the stored value last; None without a server."""

        def together(redis: Redis) -> list[Any]:
            pipeline = redis.pipeline(transaction=False)
            ask(pipeline)
            if not self._has_own_server:
                pipeline.get(self.value_at)
            return list(pipeline.execute())

        found = cache_server().call(together, default=None)
        if found is not None and self._has_own_server:
            found.append(self._server.call(lambda redis: redis.get(self.value_at), default=None))
        return found

    def _entry(self, payload: bytes | None, generation: str | None) -> Entry | None:
        if payload is None or generation is None:
            return None
        return unpack(payload, namespace=self.namespace.name, generation=generation, now=time.time())


def _together(found: Sequence[bytes | None]) -> str | None:
    """One name for several generations; None if one is missing."""
    if any(known is None for known in found):
        return None
    known = cast("Sequence[bytes]", found)
    if len(known) == 1:
        return known[0].decode()
    together = hashlib.blake2b(b" ".join(known), digest_size=12).hexdigest()
    return marked_together(together, *(generation.decode() for generation in known))
