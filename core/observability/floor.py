"""The floor of measurements: what empty views and trivial queries take on this machine, just now.

A budget in milliseconds says nothing on a machine that is three times slower, or that has three other things to do: it
is red for what is not the code's. The floor does the same kinds of work as what is measured (a request through every
middleware, a round trip to the database) and none of ours, so it slows down with the machine and not with a selector
that became slow. It is run in turn with what is measured, so that both meet the same load, and takes some milliseconds,
because what is over within one slice of the processor's time does not notice that others wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Any

from django.db import connection

from .page_probes import page

EMPTY_VIEWS, QUERIES = 6, 12

FLOOR_MS = 4.0
"""What a floor takes in the middle on the machine on which the budgets were written, with nothing else to do."""


def floor_run() -> float:
    """Ask for the empty view and for the number one a few times; the seconds that took."""
    ask = _empty_view()
    started = time.perf_counter()
    for _ in range(EMPTY_VIEWS):
        ask()
    with connection.cursor() as cursor:
        for _ in range(QUERIES):
            cursor.execute("SELECT 1")
    return time.perf_counter() - started


def floor_stretch(seconds: Sequence[float]) -> float:
    """How many times longer the floors took than when the budgets were written, at least 1."""
    return max(1.0, median(seconds) * 1000 / FLOOR_MS)


@cache
def _empty_view() -> Any:
    return page("/livez")
