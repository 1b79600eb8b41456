"""Asking somebody who may never answer: in a thread of its own, for so long and no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from django.db import connections

T = TypeVar("T")


class NoAnswer(Exception):
    """It did not answer in time, or an earlier question still waits for its answer."""


@dataclass(slots=True)
class Asked(Generic[T]):
    """A question that was asked. `answer` waits for it."""

    name: str
    done: threading.Event = field(default_factory=threading.Event)
    value: T | None = None
    error: Exception | None = None
    was_waiting: bool = False

    def answer(self, seconds: float) -> T:
        """What it came to, after at most so many seconds. Raises `NoAnswer`, or what the question raised."""
        if self.was_waiting or not self.done.wait(max(0.0, seconds)):
            raise NoAnswer(self.name)
        if self.error is not None:
            raise self.error
        return cast(T, self.value)


_waiting: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def ask(name: str, question: Callable[[], T]) -> Asked[T]:
    """Ask in a thread. While an earlier question of this name hangs, none is asked: threads do not pile up.

    The thread's database connections are given back at its end.
    """
    asked: Asked[T] = Asked(name)

    def run() -> None:
        try:
            asked.value = question()
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            asked.error = error
        finally:
            connections.close_all()
            asked.done.set()

    with _lock:
        earlier = _waiting.get(name)
        if earlier is not None and earlier.is_alive():
            asked.was_waiting = True
            return asked
        thread = threading.Thread(target=run, name=f"ask-{name}", daemon=True)
        _waiting[name] = thread
        thread.start()
    return asked


def within(seconds: float, name: str, question: Callable[[], T]) -> T:
    """The answer to a question, within so many seconds. Raises `NoAnswer`, or what the question raised."""
    return ask(name, question).answer(seconds)
