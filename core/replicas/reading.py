"""What the current block may read from, and how fresh that has to be.

Nothing is read from a copy unless a block says that it may be (`replica_reads`), and nothing inside a transaction. A
write of the block itself is seen by its later reads: from then on a copy has to have replayed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from core.replicas.positions import NOWHERE, primary_position, replica_aliases
from core.replicas.servers import replicas

WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY|(?<!FOR )(?<!NO KEY )UPDATE)\b",
    re.IGNORECASE,
)
REPORT_WAIT_SECONDS = 0.1


@dataclass(slots=True)
class Reading:
    """A block: `required` is a position (bytes of the primary's log) that a copy must have replayed.

    `ask` finds it when the first query wants to know it; `wrote` says that the primary has been written to since.
    """

    may_use_replica: bool = False
    required: int = NOWHERE
    ask: Callable[[], int | None] | None = None
    wrote: bool = False
    written: bool = False
    wait_seconds: float = 0.0


_current: ContextVar[Reading | None] = ContextVar("replica_reading", default=None)


@contextmanager
def replica_reads(ask: Callable[[], int | None] | None = None) -> Iterator[Reading]:
    """Let the block read from a copy. `ask` gives the position it has to be past, or None: then the primary."""
    reading = Reading(may_use_replica=True, ask=ask)
    token = _current.set(reading)
    try:
        yield reading
    finally:
        _current.reset(token)


@contextmanager
def writes_watched() -> Iterator[Reading]:
    """Only notice whether the block writes; it reads from the primary."""
    reading = Reading()
    token = _current.set(reading)
    try:
        yield reading
    finally:
        _current.reset(token)


@contextmanager
def reads_after(position: int, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Let the block read from a copy only if that has replayed `position`; wait so long for one that has not."""
    reading = _current.get()
    if reading is None or position == NOWHERE:
        yield
        return
    before = reading.required, reading.wait_seconds
    reading.required = max(reading.required, position)
    reading.wait_seconds = max(reading.wait_seconds, wait_seconds)
    try:
        yield
    finally:
        # What the block itself wrote stays required.
        reading.wait_seconds = before[1]


@contextmanager
def reads_after_now() -> Iterator[None]:
    """Let the block read from a copy only if it has everything that is committed now. At most one query."""
    reading = _current.get()
    position = primary_position() if reading is not None and reading.may_use_replica else NOWHERE
    with reads_after(position, wait_seconds=REPORT_WAIT_SECONDS):
        yield


def read_alias() -> str:
    """The database that the current block reads from."""
    reading = _current.get()
    if reading is None or not reading.may_use_replica or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    if reading.ask is not None:
        ask, reading.ask = reading.ask, None
        asked = ask()
        if asked is None:
            reading.may_use_replica = False
            return DEFAULT_DB_ALIAS
        reading.required = max(reading.required, asked)
    if reading.wrote:
        reading.wrote = False
        reading.required = primary_position()
    return replicas.choose(reading.required, wait_seconds=reading.wait_seconds) or DEFAULT_DB_ALIAS


def read_connection() -> BaseDatabaseWrapper:
    """The connection for SQL of one's own that only reads."""
    return connections[read_alias()]


def write_noted() -> None:
    """The current block has written something that no statement tells (COPY)."""
    reading = _current.get()
    if reading is not None:
        reading.wrote = reading.written = True


def _watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any], /) -> Any:
    """Execute-wrapper of the primary: notice a write."""
    reading = _current.get()
    if reading is not None and not reading.wrote and (not isinstance(sql, str) or WRITES.search(sql)):
        reading.wrote = reading.written = True
    return execute(sql, params, many, context)


def _install(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if (
        connection.alias == DEFAULT_DB_ALIAS
        and replica_aliases()
        and _watch not in connection.execute_wrappers
    ):
        connection.execute_wrappers.insert(0, _watch)


def install() -> None:
    """Watch the primary's connections from now on, if there are copies."""
    connection_created.connect(_install, dispatch_uid="core.replicas.reading")
