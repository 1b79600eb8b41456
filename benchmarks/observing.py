"""What it costs to count and time every query: the processor time of a page with it and without, in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from core.observability.queries import query_observe

PAGES = 5
"""Pages of one turn."""


def observing_ratios(page: Callable[[], object], rounds: int, *, before: Callable[[], object]) -> list[float]:
    """With the execute-wrapper, as multiples of without: one of each round, whichever comes first by turns; ``before``
    each page something may happen that does not count.

    Processor time of this process, so that neither the database nor who else is busy counts.
    """
    ratios = []
    for number in range(rounds):
        if number % 2:
            without, observed = _unobserved(page, before), _seconds(page, before)
        else:
            observed, without = _seconds(page, before), _unobserved(page, before)
        ratios.append(observed / without)
    return ratios


def _seconds(page: Callable[[], object], before: Callable[[], object]) -> float:
    spent = 0.0
    for _ in range(PAGES):
        before()
        started = time.process_time()
        page()
        spent += time.process_time() - started
    return spent


def _unobserved(page: Callable[[], object], before: Callable[[], object]) -> float:
    with _without_observing():
        return _seconds(page, before)


@contextmanager
def _without_observing() -> Iterator[None]:
    wrappers = connection.execute_wrappers
    at = wrappers.index(query_observe)
    wrappers.pop(at)
    try:
        yield
    finally:
        wrappers.insert(at, query_observe)
