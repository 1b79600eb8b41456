"""The alert rules and the dashboard, read, with what their expressions ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import yaml

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
DURATIONS = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h"}


@dataclass(frozen=True)
class Rule:
    """One alert."""

    alert: str
    expression: str
    pause: str
    severity: str
    summary: str
    description: str
    runbook_url: str


@cache
def rules() -> list[Rule]:
    document = yaml.safe_load((MONITORING / "alerts.yml").read_text())
    return [
        Rule(
            alert=rule["alert"],
            expression=rule["expr"],
            pause=rule["for"],
            severity=rule["labels"]["severity"],
            summary=rule["annotations"]["summary"],
            description=rule["annotations"]["description"],
            runbook_url=rule["annotations"]["runbook_url"],
        )
        for group in document["groups"]
        for rule in group["rules"]
    ]


def dashboard() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    return document


def dashboard_expressions() -> list[tuple[str, str]]:
    """(panel, expression) of every query, with Grafana's variables filled in."""
    return [
        (panel["title"], filled(target["expr"]))
        for panel in dashboard()["panels"]
        for target in panel.get("targets", ())
    ]


def filled(expression: str) -> str:
    for name, value in DURATIONS.items():
        expression = expression.replace(name, value)
    return re.sub(r"\$\w+", "all", expression)


def nodes(expression: str) -> Iterator[Any]:
    """Every node of an expression."""
    waiting = [promql_parser.parse(expression)]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("expr", "lhs", "rhs", "vector_selector", "vs", "param"):
            inner = getattr(node, name, None)
            if inner is not None and type(inner).__module__.startswith("promql_parser"):
                waiting.append(inner)
        waiting += list(getattr(node, "args", ()) or ())


def selectors(expression: str) -> list[Any]:
    """The vector selectors of an expression: `name` and `matchers`."""
    return [node for node in nodes(expression) if isinstance(node, promql_parser.VectorSelector)]
