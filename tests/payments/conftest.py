from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.dispatch import Signal

from core import locks
from payments import signals
from payments.gateways.calls import gateway_breaker


@pytest.fixture(autouse=True)
def breakers_closed() -> None:
    for code in ("sandbox", "at_property"):
        gateway_breaker(code).reset()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let many wait for one lock as long as a busy machine takes; what they do is tested, not how quickly."""
    monkeypatch.setattr(locks, "LOCK_TIMEOUT_SECONDS", 60)


class Announcements:
    """Calling it gives what was announced so far, in order: the signal's name and the id of its payment or refund.

    In a test inside one big transaction nothing is ever committed, so it first does what a commit would do now.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def __call__(self) -> list[tuple[str, int]]:
        if connection.in_atomic_block:
            on_commit, connection.run_on_commit = connection.run_on_commit, []
            for _savepoints, callback, _robust in on_commit:
                callback()
        return list(self.heard)


@pytest.fixture
def announced() -> Iterator[Announcements]:
    announcements = Announcements()
    receivers: list[tuple[Signal, Any]] = []

    def listen(name: str, signal: Signal, key: str) -> None:
        def receiver(**arguments: Any) -> None:
            announcements.heard.append((name, arguments[key]))

        signal.connect(receiver, weak=False)
        receivers.append((signal, receiver))

    listen("captured", signals.payment_captured, "payment_id")
    listen("guaranteed", signals.payment_guaranteed, "payment_id")
    listen("failed", signals.payment_failed, "payment_id")
    listen("refunded", signals.refund_succeeded, "refund_id")
    yield announcements
    for signal, receiver in receivers:
        signal.disconnect(receiver)
