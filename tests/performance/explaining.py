"""What the planner would do with the statements that a piece of code really sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

PLANNED = ("SELECT", "WITH", "UPDATE", "DELETE", "DECLARE")


@dataclass(frozen=True)
class Plan:
    """A statement and how it would be carried out."""

    sql: str
    root: dict[str, Any]

    def indexes(self) -> set[str]:
        """The indexes it reads."""
        return {node["Index Name"] for node in _nodes(self.root) if "Index Name" in node}

    def scans(self) -> set[str]:
        """The tables it reads from beginning to end."""
        return {node["Relation Name"] for node in _nodes(self.root) if node["Node Type"] == "Seq Scan"}


def plans_of(read: Callable[[], object]) -> list[Plan]:
    """Carry something out and plan each of its statements, with its own parameters, just before it runs."""
    found: list[Plan] = []

    def explain(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if sql.lstrip().upper().startswith(PLANNED):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (answer,) = cursor.fetchone()
            root = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
            found.append(Plan(sql, root))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        read()
    return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
