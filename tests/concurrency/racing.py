"""Threads with a database connection of their own that are let go at the same moment."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.exceptions import DomainError

PATIENCE_SECONDS = 180
HEAD_START_SECONDS = 0.004
"""At most so much later than the others does one begin, so that every order comes up."""


@dataclass(frozen=True)
class Outcome:
    """What one racer came to: its result, or the code of what it was refused with."""

    result: Any = None
    refused: str = ""


class HeadStart:
    """How much later one side begins: longer each time it wins and shorter each time it loses, until both win as often.

    So the race is about the moment at which it is open, however fast the machine is.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def begin(self, action: Callable[[], Any]) -> Callable[[], Any]:
        """The action, begun that much later."""
        seconds = self.seconds

        def begun_later() -> Any:
            time.sleep(seconds)
            return action()

        return begun_later

    def ended(self, *, won: bool) -> None:
        """Learn from a round."""
        self.seconds = self.seconds * 1.5 + 0.001 if won else self.seconds * 0.6


class Racers:
    """As many threads as the largest race needs; their connections last from race to race."""

    def __init__(self, size: int, *, seed: int) -> None:
        self._pool = ThreadPoolExecutor(size)
        self._size = size
        self._random = random.Random(seed)

    def race(self, *actions: Callable[[], Any]) -> list[Outcome]:
        """Run the actions at once and give what became of each. What is no domain error fails the test."""
        barrier = threading.Barrier(len(actions))
        racers: list[Future[Outcome]] = [
            self._pool.submit(_run, action, barrier, self._random.random() * HEAD_START_SECONDS)
            for action in actions
        ]
        return [racer.result(timeout=PATIENCE_SECONDS) for racer in racers]

    def close(self) -> None:
        """Close every thread's connection and end the threads."""
        barrier = threading.Barrier(self._size)
        for closing in [self._pool.submit(_close, barrier) for _ in range(self._size)]:
            closing.result(timeout=PATIENCE_SECONDS)
        self._pool.shutdown()


def _run(action: Callable[[], Any], barrier: threading.Barrier, delay: float) -> Outcome:
    barrier.wait(timeout=PATIENCE_SECONDS)
    time.sleep(delay)
    try:
        return Outcome(result=action())
    except DomainError as error:
        return Outcome(refused=error.code)


def _close(barrier: threading.Barrier) -> None:
    barrier.wait(timeout=PATIENCE_SECONDS)
    connection.close()


@contextmanager
def racers(size: int, *, seed: int = 1) -> Iterator[Racers]:
    """Racers whose connections are closed in the end."""
    pool = Racers(size, seed=seed)
    try:
        yield pool
    finally:
        pool.close()
