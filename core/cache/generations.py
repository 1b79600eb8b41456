"""Outdating cached data: a write replaces the generation of its scope after commit, and older values are never read.

Generations are random tokens, not counters, so a flushed or restarted cache server can never make old values current
again. Nothing is searched for or deleted. A bump that the server did not take is kept and tried again before the next
read of this process; until then this process reads from the database, because it cannot see a generation either.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from redis import Redis

from core.cache.client import cache_server
from core.cache.keys import KeyPart, Namespace, Scope, generation_key, generation_pattern
from core.replicas.positions import marked

GENERATION_TTL_SECONDS = 7 * 24 * 3600
SCAN_COUNT = 500

MadeFrom = tuple[Namespace, Scope]
"""A scope that something is made from: a write there outdates it."""

_pending: dict[str, int] = {}
"""Generations that wait for the server, and the number of the last bump of each."""
_bump_numbers = itertools.count(1)
_pending_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Bump:
    """A bump that waits for its transaction. Equal bumps of one transaction are one."""

    key: str

    def __call__(self) -> None:
        with _pending_lock:
            _pending[self.key] = next(_bump_numbers)
        pending_flush()


def bump(namespace: Namespace, *scope: KeyPart, using: str = DEFAULT_DB_ALIAS) -> None:
    """Outdate everything of a scope, once the transaction commits (at once outside of one)."""
    waiting = _Bump(generation_key(namespace, scope))
    if not any(function == waiting for function in _waiting(using)):
        transaction.on_commit(waiting, using=using, robust=True)


def writes_pending(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether this transaction has outdated something: what it reads may never be committed."""
    return any(isinstance(function, _Bump) for function in _waiting(using))


def _waiting(using: str) -> list[Any]:
    """What waits for the commit of the current transaction."""
    return [entry[1] for entry in connections[using].run_on_commit]


def generation_new() -> str:
    """A token that never was a generation before, and where the primary was if there are copies of it."""
    return marked(secrets.token_hex(8))


def generations_of(scopes: Iterable[MadeFrom]) -> tuple[str, ...] | None:
    """The generations of several scopes, to be part of the key of what is made from all of them.

    A scope that has none gets one. None when there is no telling: in a transaction that has outdated something, or
    without a cache server. One round trip.
    """
    if writes_pending() or not pending_flush():
        return None
    keys = [generation_key(namespace, scope) for namespace, scope in scopes]

    def ensure(redis: Redis) -> tuple[str, ...] | None:
        fresh = [generation_new() for _key in keys]
        pipeline = redis.pipeline(transaction=False)
        for key, token in zip(keys, fresh, strict=True):
            pipeline.set(key, token, nx=True, get=True, ex=GENERATION_TTL_SECONDS)
        before = pipeline.execute()
        return tuple(
            token if known is None else known.decode() for token, known in zip(fresh, before, strict=True)
        )

    return cache_server().call(ensure, default=None)


def pending_flush() -> bool:
    """Send the bumps that wait for the server. True if none is left."""
    if not _pending:
        return True
    with _pending_lock:
        sent = dict(_pending)

    def replace(redis: Redis) -> bool:
        pipeline = redis.pipeline(transaction=False)
        for key in sent:
            pipeline.set(key, generation_new(), ex=GENERATION_TTL_SECONDS)
        pipeline.execute()
        return True

    if not cache_server().call(replace, default=False):
        return False
    with _pending_lock:
        for key, number in sent.items():
            if _pending.get(key) == number:  # not bumped again while we were asking
                del _pending[key]
    return True


def namespace_clear(namespace: Namespace) -> int | None:
    """Outdate every scope of a namespace; how many had data. None if the server did not answer.

    For operators: it looks through all keys of the server, in steps that hold nobody up.
    """

    def replace(redis: Redis) -> int:
        found = 0
        pipeline = redis.pipeline(transaction=False)
        for key in redis.scan_iter(match=generation_pattern(namespace), count=SCAN_COUNT):
            pipeline.set(key, generation_new(), ex=GENERATION_TTL_SECONDS)
            found += 1
        pipeline.execute()
        return found

    return cache_server().call(replace, default=None)
