"""Every database query is timed and counted by its shape; slow ones are logged, and those that a request repeats.

Never with a value. The wrapper is installed on each connection as it is made, and counts for the request it runs in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import structlog
from celery.signals import task_postrun
from django.core.signals import request_finished
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from core.observability.places import own_lines
from core.observability.shapes import Shape, shape_of
from core.observability.tallies import flush_due, tallies

SLOW_MILLISECONDS = 100
CRITICAL_MILLISECONDS = 500
REPEATS_FLAGGED = 6
"""A shape that one request sends so often is reported as a query for each row (N+1)."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Repeated:
    """A shape within one request: how often, for how long in all, and from where once it is too often."""

    times: int = 0
    seconds: float = 0.0
    lines: tuple[str, ...] = ()
    is_logged: bool = False


@dataclass(slots=True)
class QueryCount:
    """Queries of one request (or any other block), and the seconds they took; by shape as well."""

    queries: int = 0
    seconds: float = 0.0
    slow: int = 0
    shapes: dict[Shape, Repeated] = field(default_factory=dict)

    def add(self, shape: Shape, seconds: float) -> None:
        """Count a query. Where its shape comes too often, the stack is looked at, once."""
        self.queries += 1
        self.seconds += seconds
        repeated = self.shapes.get(shape)
        if repeated is None:
            repeated = self.shapes[shape] = Repeated()
        repeated.times += 1
        repeated.seconds += seconds
        if repeated.times == REPEATS_FLAGGED and shape.is_work and not _is_bulk_work.get():
            repeated.lines = own_lines()

    def add_all(self, inner: QueryCount) -> None:
        """Count what a block within this one has counted, and logged, for itself."""
        self.queries += inner.queries
        self.seconds += inner.seconds
        self.slow += inner.slow
        for shape, more in inner.shapes.items():
            repeated = self.shapes.setdefault(shape, Repeated())
            repeated.times += more.times
            repeated.seconds += more.seconds
            repeated.lines = repeated.lines or more.lines
            repeated.is_logged = repeated.is_logged or bool(more.lines)

    @property
    def flagged(self) -> dict[Shape, Repeated]:
        """What was asked again and again."""
        return {shape: repeated for shape, repeated in self.shapes.items() if repeated.lines}


_current: ContextVar[QueryCount | None] = ContextVar("query_count", default=None)
_is_bulk_work: ContextVar[bool] = ContextVar("is_bulk_work", default=False)


@contextmanager
def queries_counted(**context: str) -> Iterator[QueryCount]:
    """Count the queries of the block, and log at its end, with the context, what it asked again and again.

    A block around it, such as a measurement of a whole request, counts them as well.
    """
    count, outer = QueryCount(), _current.get()
    token = _current.set(count)
    try:
        yield count
    finally:
        _current.reset(token)
        if outer is not None:
            outer.add_all(count)
        if count.queries >= REPEATS_FLAGGED:
            _log_repeated(count, context)


@contextmanager
def bulk_work() -> Iterator[None]:
    """Log no query of the block: a statement that writes thousands of rows takes its time, and batches repeat."""
    token = _is_bulk_work.set(True)
    try:
        yield
    finally:
        _is_bulk_work.reset(token)


def query_observe(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any], /
) -> Any:
    """Execute-wrapper: time the query, count it, and log it if it was slow."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        shape = shape_of(sql if isinstance(sql, str) else sql.as_string(context["connection"].connection))
        milliseconds = seconds * 1000
        is_slow = milliseconds >= SLOW_MILLISECONDS
        tallies.query(
            shape, seconds, slow=is_slow, critical=is_slow and milliseconds >= CRITICAL_MILLISECONDS
        )
        count = _current.get()
        if count is not None:
            count.add(shape, seconds)
        elif tallies.is_overdue:
            tallies.flush()
        if is_slow and not _is_bulk_work.get():
            tallies.count({"s|critical" if milliseconds >= CRITICAL_MILLISECONDS else "s|slow": 1})
            _log_slow(context["connection"], shape, milliseconds, count)


def _log_slow(
    connection: BaseDatabaseWrapper, shape: Shape, milliseconds: float, count: QueryCount | None
) -> None:
    log = logger.critical if milliseconds >= CRITICAL_MILLISECONDS else logger.warning
    if count is not None:
        count.slow += 1
    log(
        "slow_query",
        sql=shape.text,
        duration_ms=round(milliseconds, 1),
        database=connection.alias,
        query_number=count.queries if count else None,
        lines=own_lines(),
    )


def _log_repeated(count: QueryCount, context: dict[str, str]) -> None:
    for shape, repeated in count.flagged.items():
        if repeated.is_logged:
            continue
        tallies.repeated(shape, repeated.lines[0])
        logger.warning(
            "n_plus_one",
            sql=shape.text,
            times=repeated.times,
            duration_ms=round(repeated.seconds * 1000, 1),
            lines=repeated.lines,
            **context,
        )


def _install(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Go below every other wrapper: `connection.execute_wrapper()` pops the last one when it ends, whichever that is.

    A connection is often made inside such a block (the history's, around a request); ours must not be what it pops.
    """
    if query_observe not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, query_observe)


def install() -> None:
    """Observe the queries of every connection made from now on, and tell what was counted after requests and tasks."""
    connection_created.connect(_install, dispatch_uid="core.observability.queries")
    request_finished.connect(flush_due, dispatch_uid="core.observability.tallies")
    task_postrun.connect(flush_due, dispatch_uid="core.observability.tallies")
