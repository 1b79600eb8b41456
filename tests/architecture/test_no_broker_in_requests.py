"""Only the dispatcher, the workers and the scheduler speak to the broker: a paused one would hold up a request."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "bookings",
    "config",
    "core",
    "inventory",
    "notifications",
    "payments",
    "reports",
    "waitlist",
)
CALLS = {"delay", "apply_async", "send_task", "si", "signature"}
BROKER = {"core/outbox/broker.py"}


def calls_of_broker(source: str) -> list[str]:
    """The calls in a module that would send a message, by name."""
    return [
        node.func.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
    ]


def test_the_look_finds_what_it_looks_for() -> None:
    assert calls_of_broker("holds_expire.delay(); app.send_task('x'); task.s(1).apply_async()") == [
        "delay",
        "send_task",
        "apply_async",
    ]


def test_nobody_but_the_dispatcher_sends_messages() -> None:
    found = {
        str(path.relative_to(ROOT)): calls
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if (calls := calls_of_broker(path.read_text()))
    }

    assert found.keys() == BROKER
