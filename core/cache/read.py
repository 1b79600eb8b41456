"""Reading through the cache."""

from __future__ import annotations

import pickle
import secrets
import time
from collections.abc import Callable
from typing import TypeVar, cast

import structlog
from redis import Redis

from core.cache.client import cache_server
from core.cache.generations import GENERATION_TTL_SECONDS, generation_new, pending_flush, writes_pending
from core.cache.keys import Namespace, Scope, generation_key, lock_key, value_key
from core.cache.local import Entry, LocalCache
from core.cache.stats import stats

COMPUTE_LOCK_MILLISECONDS = 5_000
WAIT_SECONDS = 1.0
WAIT_STEP_SECONDS = 0.02

STORE_AND_RELEASE = """
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if redis.call('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
return 1
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

T = TypeVar("T")
logger = structlog.get_logger(__name__)
local = LocalCache()


def get_or_compute(
    namespace: Namespace,
    scope: Scope,
    key: Scope,
    compute: Callable[[], T],
    ttl: int | None = None,
) -> T:
    """The cached value, or what `compute` gives. `ttl` is in seconds, at most and by default the namespace's.

    The generation is read before `compute` looks at the database, so a value that raced a writer carries an old
    generation and is never used. Of concurrent misses one computes; the others wait up to a second for it, then
    compute too. A transaction that has outdated something reads the database. The value is shared between readers:
    nobody may change it. One round trip on a hit, about four on a miss.
    """
    if writes_pending() or not pending_flush():
        stats.count(namespace.name, "bypasses")
        return compute()
    generation_at, value_at = generation_key(namespace, scope), value_key(namespace, scope, key)
    generation, entry = _look(namespace, generation_at, value_at)
    if entry is not None:
        return cast(T, entry.value)
    if generation is None:
        generation = _generation_ensure(generation_at)
    if generation is None:  # no cache server
        stats.count(namespace.name, "misses")
        return compute()
    lock_at, token = lock_key(namespace, scope, key), secrets.token_hex(8)
    if not _lock_take(lock_at, token):
        waited = _wait(generation_at, value_at, lock_at)
        if waited is not None:
            stats.count(namespace.name, "waits")
            return cast(T, waited.value)
    stats.count(namespace.name, "misses")
    ttl = min(ttl or namespace.ttl_seconds, namespace.ttl_seconds)
    try:
        value = compute()
    except BaseException:
        cache_server().call(lambda redis: redis.eval(RELEASE, 1, lock_at, token), default=None)
        raise
    _store(value_at, lock_at, token, Entry(generation, time.time() + ttl, value), ttl)
    return value


def _look(namespace: Namespace, generation_at: str, value_at: str) -> tuple[str | None, Entry | None]:
    """The generation, and the value if it is of that generation. One round trip, two if the first level is outdated."""
    known = local.get(value_at)
    if known is not None:
        generation = _text(cache_server().call(lambda redis: redis.get(generation_at), default=None))
        if generation == known.generation and time.time() < known.expires_at:
            stats.count(namespace.name, "hits_local")
            return generation, known
    generation, entry = _look_shared(generation_at, value_at)
    if entry is not None:
        stats.count(namespace.name, "hits_shared")
    return generation, entry


def _look_shared(generation_at: str, value_at: str) -> tuple[str | None, Entry | None]:
    nothing: list[bytes | None] = [None, None]
    found = cache_server().call(
        lambda redis: cast("list[bytes | None]", redis.mget(generation_at, value_at)), default=nothing
    )
    generation, payload = _text(found[0]), found[1]
    if generation is None or payload is None:
        return generation, None
    entry = _unpack(payload)
    if entry is None or entry.generation != generation or time.time() >= entry.expires_at:
        return generation, None
    local.put(value_at, entry)
    return generation, entry


def _generation_ensure(generation_at: str) -> str | None:
    """The generation of a scope that had none; None without a cache server. SET NX GET: who comes first names it."""
    fresh = generation_new()

    def create(redis: Redis) -> str | None:
        before = redis.set(generation_at, fresh, nx=True, get=True, ex=GENERATION_TTL_SECONDS)
        return fresh if before is None else _text(cast(bytes, before))

    return cache_server().call(create, default=None)


def _lock_take(lock_at: str, token: str) -> bool:
    """True if we are to compute: nobody else does, or there is no server to ask."""
    return cache_server().call(
        lambda redis: bool(redis.set(lock_at, token, nx=True, px=COMPUTE_LOCK_MILLISECONDS)), default=True
    )


def _wait(generation_at: str, value_at: str, lock_at: str) -> Entry | None:
    """The value that another one is computing, or None if it does not come in time or that one gave up."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(WAIT_STEP_SECONDS)
        lock_held = cache_server().call(lambda redis: bool(redis.exists(lock_at)), default=False)
        _generation, entry = _look_shared(generation_at, value_at)
        if entry is not None or not lock_held:
            return entry
    return None


def _store(value_at: str, lock_at: str, token: str, entry: Entry, ttl: int) -> None:
    payload = pickle.dumps(
        (entry.generation, entry.expires_at, entry.value), protocol=pickle.HIGHEST_PROTOCOL
    )
    cache_server().call(
        lambda redis: redis.eval(STORE_AND_RELEASE, 2, value_at, lock_at, payload, ttl, token), default=None
    )
    local.put(value_at, entry)


def _unpack(payload: bytes) -> Entry | None:
    """The stored entry; None for one that this version of the code cannot read (after a deployment)."""
    try:
        generation, expires_at, value = pickle.loads(payload)  # noqa: S301 - written by us alone
    except (
        pickle.UnpicklingError,
        AttributeError,
        ImportError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        logger.warning("cache_value_unreadable", error=type(error).__name__)
        return None
    return Entry(generation, expires_at, value)


def _text(value: bytes | str | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value
