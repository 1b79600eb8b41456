"""The dispatcher that stays: looks twice a second, and waits out a broker or a database that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from .broker import BrokerAway
from .dispatching import DispatchSummary

POLL_SECONDS = 0.5
BUSY_PAUSE_SECONDS = 0.05
FIRST_PAUSE_SECONDS = 0.5

logger = structlog.get_logger(__name__)


def effects_watch(one_pass: Callable[[], DispatchSummary], *, stopping: threading.Event) -> DispatchSummary:
    """Repeat ``one_pass`` until told to stop; everything that was done.

    Looks again at once while there is work. A broker or a database that is away is logged once, asked again after
    growing pauses of at most BROKER_PAUSE_SECONDS_MAX, and logged again when it is back.
    """
    total = DispatchSummary()
    failures = 0
    while not stopping.is_set():
        try:
            done = one_pass()
        except (BrokerAway, OperationalError, InterfaceError) as error:
            failures += 1
            if failures == 1:
                logger.warning("dispatcher_waits", error=f"{type(error).__name__}: {error}")
            if not isinstance(error, BrokerAway):
                connection.close()
            stopping.wait(pause_seconds(failures))
            continue
        if failures:
            logger.warning("dispatcher_goes_on", failures=failures)
            failures = 0
        total.add(done)
        stopping.wait(BUSY_PAUSE_SECONDS if done.total else POLL_SECONDS)
    return total


def pause_seconds(failures: int) -> float:
    """How long to leave a server alone that failed so many times in a row."""
    return min(settings.BROKER_PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 10))
