"""Every database query is timed; slow ones are logged by their shape, never with a value.

The wrapper is installed on each connection as it is made, and counts the queries of the request it runs in.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

SLOW_MILLISECONDS = 100
CRITICAL_MILLISECONDS = 500
SHAPE_MAX_LENGTH = 2_000

STRING = re.compile(r"(?:\bE)?'(?:[^'\\]|''|\\.)*'", re.DOTALL)
DOLLAR_STRING = re.compile(r"\$([A-Za-z_]*)\$.*?\$\1\$", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
NUMBER = re.compile(r"(?<![\w\"$.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w\"])")
PLACEHOLDER = re.compile(r"%s|%\(\w+\)s")
LIST = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")
ROWS = re.compile(r"\(…\)(?:\s*,\s*\(…\))+")
BLANKS = re.compile(r"\s+")

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class QueryCount:
    """Queries of one request (or any other block), and the seconds they took."""

    queries: int = 0
    seconds: float = 0.0


_current: ContextVar[QueryCount | None] = ContextVar("query_count", default=None)
_is_bulk_work: ContextVar[bool] = ContextVar("is_bulk_work", default=False)


@contextmanager
def queries_counted() -> Iterator[QueryCount]:
    """Count the queries of the block."""
    count = QueryCount()
    token = _current.set(count)
    try:
        yield count
    finally:
        _current.reset(token)


@contextmanager
def bulk_work() -> Iterator[None]:
    """Log no slow query of the block: a statement that writes thousands of rows takes its time."""
    token = _is_bulk_work.set(True)
    try:
        yield
    finally:
        _is_bulk_work.reset(token)


def sql_shape(sql: str) -> str:
    """The statement without literals, comments and the length of its lists, cut at 2,000 characters.

    `WHERE id IN (1, 2, 3) AND name = 'x'` and any other list and name give `WHERE id IN (…) AND name = ?`.
    """
    shape = DOLLAR_STRING.sub("?", STRING.sub("?", sql))
    shape = PLACEHOLDER.sub("?", COMMENT.sub(" ", shape))
    shape = ROWS.sub("(…), …", LIST.sub("(…)", NUMBER.sub("?", shape)))
    return BLANKS.sub(" ", shape).strip()[:SHAPE_MAX_LENGTH]


def query_observe(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any], /
) -> Any:
    """Execute-wrapper: time the query, count it, and log it if it was slow."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        count = _current.get()
        if count is not None:
            count.queries += 1
            count.seconds += seconds
        milliseconds = seconds * 1000
        if milliseconds >= SLOW_MILLISECONDS and not _is_bulk_work.get():
            _log_slow(context["connection"], sql, milliseconds, count)


def _log_slow(
    connection: BaseDatabaseWrapper, sql: Any, milliseconds: float, count: QueryCount | None
) -> None:
    log = logger.critical if milliseconds >= CRITICAL_MILLISECONDS else logger.warning
    text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
    log(
        "slow_query",
        sql=sql_shape(text),
        duration_ms=round(milliseconds, 1),
        database=connection.alias,
        query_number=count.queries if count else None,
    )


def _install(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Go below every other wrapper: `connection.execute_wrapper()` pops the last one when it ends, whichever that is.

    A connection is often made inside such a block (the history's, around a request); ours must not be what it pops.
    """
    if query_observe not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, query_observe)


def install() -> None:
    """Observe the queries of every connection made from now on."""
    connection_created.connect(_install, dispatch_uid="core.observability.queries")
