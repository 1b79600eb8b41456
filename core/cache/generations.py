"""Outdating cached data: a write replaces the generation of its scope after commit, and older values are never read.

Generations are random tokens, not counters, so a flushed or restarted cache server can never make old values current
again. Nothing is searched for or deleted. A bump that the server did not take is kept and tried again before the next
read of this process; until then this process reads from the database, because it cannot see a generation either.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from redis import Redis

from core.cache.client import cache_server
from core.cache.keys import KeyPart, Namespace, generation_key

GENERATION_TTL_SECONDS = 7 * 24 * 3600

_pending: set[str] = set()
_pending_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Bump:
    """A bump that waits for its transaction. Equal bumps of one transaction are one."""

    key: str

    def __call__(self) -> None:
        with _pending_lock:
            _pending.add(self.key)
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
    """A token that never was a generation before."""
    return secrets.token_hex(8)


def pending_flush() -> bool:
    """Send the bumps that wait for the server. True if none is left."""
    if not _pending:
        return True
    with _pending_lock:
        keys = list(_pending)

    def replace(redis: Redis) -> bool:
        pipeline = redis.pipeline(transaction=False)
        for key in keys:
            pipeline.set(key, generation_new(), ex=GENERATION_TTL_SECONDS)
        pipeline.execute()
        return True

    if not cache_server().call(replace, default=False):
        return False
    with _pending_lock:
        _pending.difference_update(keys)
    return True
