"""Reading through the cache."""

from __future__ import annotations

import math
import random
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from core.cache.generations import MadeFrom, pending_flush, writes_pending
from core.cache.keys import Namespace, Scope
from core.cache.local import LocalCache
from core.cache.payload import Entry, pack, pickled
from core.cache.places import Place
from core.cache.stats import stats
from core.cache.totals import counts_share
from core.replicas.positions import position_of
from core.replicas.reading import reads_after

WAIT_SECONDS = 1.0
"""How long a reader waits for one that computes, before a second one may compute too."""
LONG_WAIT_SECONDS = 4.0
"""How long the others wait for either of them."""
WAIT_STEP_SECONDS = (0.004, 0.05)
EARLY_SHARE = 0.01
"""A hot value is computed anew about this share of its time before its end; more often read, a little earlier."""

T = TypeVar("T")
logger = structlog.get_logger(__name__)

local = LocalCache(max_bytes=settings.CACHE_LOCAL_MEGABYTES * 1024 * 1024)
local_pages = LocalCache(max_bytes=settings.CACHE_LOCAL_MEGABYTES * 1024 * 1024)
"""Whole pages have a first level of their own, so that they never drive out what everything needs."""


def get_or_compute(
    namespace: Namespace,
    scope: Scope,
    key: Scope,
    compute: Callable[[], T],
    ttl: int | None = None,
    *,
    made_from: Iterable[MadeFrom] = (),
) -> T:
    """The cached value, or what `compute` gives. `ttl` is in seconds, at most and by default the namespace's.

    A write in the scope outdates it, and one in any of the scopes that it is ``made_from``. The generations are read
    before `compute` looks at the database, so a value that raced a writer carries an old one and is never used.

    Of concurrent misses one computes; the others wait for it, after a second a second one computes. A value that is
    about to end is computed anew by one of its readers, while the others get the old one. A transaction that has
    outdated something reads the database. The value is shared between readers: nobody may change it. One round trip
    on a hit, three on a miss.
    """
    if writes_pending() or not pending_flush():
        stats.count(namespace.name, "bypasses")
        return compute()
    counts_share()
    ttl = min(ttl or namespace.ttl_seconds, namespace.ttl_seconds)
    place = Place(namespace, scope, key, tuple(made_from))
    entry = _look(place)
    if entry is None:
        return _compute_once(place, compute, ttl)
    if _is_due(entry, ttl):
        return _refresh(place, entry, compute, ttl)
    return cast(T, entry.value)


def _look(place: Place) -> Entry | None:
    """The value if it is current. One round trip, two if the first level is outdated or pages have another server."""
    level = _level(place.namespace)
    known = level.get(place.value_at)
    if known is not None and place.generation() == known.generation and time.time() < known.expires_at:
        stats.count(place.namespace.name, "hits_local")
        return known
    entry = place.look()
    if entry is not None:
        stats.count(place.namespace.name, "hits_shared")
        level.put(place.value_at, entry)
    return entry


def _compute_once(place: Place, compute: Callable[[], T], ttl: int) -> T:
    """Compute, or wait for who does."""
    name, token = place.namespace.name, secrets.token_hex(8)
    started, pause, has_waited = time.monotonic(), WAIT_STEP_SECONDS[0], False
    lock_at = place.lock_at
    while True:
        taken = place.take(lock_at, token)
        if taken.entry is not None:
            if taken.is_ours:
                place.release(lock_at, token)
            stats.count(name, "waits" if has_waited else "hits_shared")
            _level(place.namespace).put(place.value_at, taken.entry)
            return cast(T, taken.entry.value)
        waited = time.monotonic() - started
        if taken.is_ours or waited > LONG_WAIT_SECONDS:
            break
        if waited > WAIT_SECONDS:
            lock_at = place.second_lock_at
        has_waited = True
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - nothing secret
        pause = min(pause * 1.5, WAIT_STEP_SECONDS[1])
    stats.count(name, "misses")
    if taken.generation is None:  # no cache server
        stats.count(name, "errors")
        return compute()
    return _compute_and_store(place, compute, ttl, taken.generation, lock_at, token)


def _is_due(entry: Entry, ttl: int) -> bool:
    """Whether this reader is to compute a value before it ends: the likelier, the nearer the end and the dearer it is.

    That is XFetch (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, 2015), with a
    floor under the cost, so that values that are computed quickly are renewed in time too.
    """
    gap = max(entry.cost, ttl * EARLY_SHARE)
    return gap * -math.log(1.0 - random.random()) >= entry.expires_at - time.time()  # noqa: S311 - nothing secret


def _refresh(place: Place, entry: Entry, compute: Callable[[], T], ttl: int) -> T:
    """Compute a value that is about to end, unless somebody does; what we have is good until then."""
    token = secrets.token_hex(8)
    if not place.lock_take(token):
        return cast(T, entry.value)
    try:
        value = _compute_and_store(place, compute, ttl, entry.generation, place.lock_at, token)
    except DatabaseError as error:
        logger.warning("cache_refresh_failed", namespace=place.namespace.name, error=type(error).__name__)
        return cast(T, entry.value)
    stats.count(place.namespace.name, "refreshes")
    return value


def _compute_and_store(
    place: Place, compute: Callable[[], T], ttl: int, generation: str, lock_at: str, token: str
) -> T:
    started = time.perf_counter()
    try:
        with reads_after(position_of(generation)):
            value = compute()
    except BaseException:
        place.release(lock_at, token)
        raise
    cost = time.perf_counter() - started
    name, body = place.namespace.name, pickled(value)
    entry = Entry(generation, time.time() + ttl, value, cost, len(body), name)
    payload = pack(entry, body)
    if place.store(payload, ttl, lock_at, token):
        stats.count(name, "stored")
        stats.count(name, "stored_bytes", len(payload))
        stats.count(name, "raw_bytes", len(body))
    _level(place.namespace).put(place.value_at, entry)
    return value


def _level(namespace: Namespace) -> LocalCache:
    return local if namespace.alias == "default" else local_pages
