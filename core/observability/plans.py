"""Why a query is slow: what the planner does with it, in a sentence that names the table and its columns, no value."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection, transaction

from core.observability.shapes import sql_shape

READ_WHOLE_ROWS = 1_000
"""A sequential scan of a table with fewer rows is no fault."""
IDENTIFIER = re.compile(r"\b([a-z_][a-z0-9_]*)\b")
EXPLAINABLE = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass(slots=True)
class Slowest:
    """The query that took longest while it was looked for, with its values; it is explained, never shown."""

    sql: str = ""
    params: Any = None
    seconds: float = 0.0


@contextmanager
def slowest_captured(slowest: Slowest | None = None) -> Iterator[Slowest]:
    """Find the slowest query of the block, or of all blocks that are handed the same ``slowest``."""
    slowest = slowest or Slowest()

    def observe(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - started
            if seconds > slowest.seconds and isinstance(sql, str) and EXPLAINABLE.match(sql):
                slowest.sql, slowest.params, slowest.seconds = sql, params, seconds

    with connection.execute_wrapper(observe):
        yield slowest


def advice_for(selector: str, slowest: Slowest) -> list[str]:
    """What to do about the slowest query of a selector. At most two queries besides."""
    if not slowest.sql:
        return []
    shape = sql_shape(slowest.sql)[:100]
    about = f"{selector}: its slowest query takes {slowest.seconds * 1000:.1f} ms ({shape})"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {slowest.sql}", slowest.params)
            answer = cursor.fetchone()[0]
            found = [
                sentence
                for node in _nodes((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])
                for sentence in _read_whole(cursor, node)
            ]
    except Error:
        return [f"{about}; it cannot be explained."]
    return [f"{about}; {sentence}" for sentence in found] or [
        f"{about}; it uses its indexes: look at how many rows it reads (EXPLAIN ANALYZE)."
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _read_whole(cursor: Any, node: dict[str, Any]) -> list[str]:
    """The sentence about a table that is read whole although it is filtered."""
    if node["Node Type"] != "Seq Scan" or "Filter" not in node:
        return []
    table = node["Relation Name"]
    cursor.execute(
        "SELECT a.attname::text, greatest(c.reltuples, 0) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE c.oid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped",
        [table],
    )
    rows = cursor.fetchall()
    if not rows or rows[0][1] < READ_WHOLE_ROWS:
        return []
    names = {name for name, _rows in rows}
    columns = dict.fromkeys(name for name in IDENTIFIER.findall(node["Filter"]) if name in names)
    return [f"it reads {table} whole: an index on ({', '.join(columns)}) would help, or ANALYZE {table}."]
