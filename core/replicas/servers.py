"""Which copies answer, and how far each of them is. Kept per process; asked at most ten times a second.

How far a copy is behind is told without comparing clocks: this process remembers where the primary was at which moment,
and a copy that has replayed the newest such place that is T seconds old is at most T seconds behind. That also finds
a copy that lost its connection, whose own figures stand still.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import Error, connections

from core.replicas.positions import primary_position, replica_aliases

ASK_SECONDS = 0.1
"""An answer of a copy is good for so long."""
SAMPLE_SECONDS = 1.0
"""So often it is remembered where the primary is."""
SKIP_SECONDS = 10.0
"""A copy that failed is left alone for so long; then one reader tries it again."""
WAIT_STEP_SECONDS = 0.02

REPLICA_SQL = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn WHERE pg_is_in_recovery()"
"""No row from a server that is a primary itself: it has gone its own way."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Replica:
    """A copy as this process knows it. Times are of a monotonic clock, in seconds, `position` in bytes."""

    alias: str
    position: int = 0
    asked_at: float = float("-inf")
    skip_until: float = float("-inf")
    lag_seconds: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Replicas:
    """All copies. `clock` is monotonic, in seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Replica] = {}
        self._samples: deque[tuple[float, int]] = deque(maxlen=120)
        self._turn = 0

    def choose(self, position: int, *, wait_seconds: float = 0.0) -> str | None:
        """A copy that has replayed `position` and is not too far behind; None if there is none, in time.

        The copies take turns. Asks a copy (one query) and the primary (one query) as seldom as the module says.
        """
        deadline = self._clock() + wait_seconds
        while True:
            found = self._choose_now(position)
            if found is not None or self._clock() >= deadline:
                return found
            time.sleep(WAIT_STEP_SECONDS)

    def failed(self, alias: str, error: Exception | None) -> None:
        """Leave a copy alone for a while."""
        replica = self._replica(alias)
        replica.skip_until = self._clock() + SKIP_SECONDS
        replica.asked_at = float("-inf")
        replica.lag_seconds = None
        logger.warning(
            "replica_skipped",
            replica=alias,
            seconds=SKIP_SECONDS,
            error=type(error).__name__ if error else "promoted",
        )

    def lags(self) -> dict[str, float | None]:
        """By copy: how many seconds it was behind at most when it was asked last; None while it is left alone."""
        return {alias: self._replica(alias).lag_seconds for alias in replica_aliases()}

    def forget(self) -> None:
        """Know nothing, as a new process does."""
        self._known.clear()
        self._samples.clear()

    def _choose_now(self, position: int) -> str | None:
        aliases = replica_aliases()
        self._turn += 1
        for number in range(len(aliases)):
            replica = self._replica(aliases[(self._turn + number) % len(aliases)])
            if self._ask(replica, position) and self._is_near(replica):
                return replica.alias
        return None

    def _ask(self, replica: Replica, position: int) -> bool:
        """Whether a copy has replayed `position`, as far as is known or can be asked."""
        now = self._clock()
        if now < replica.skip_until:
            return False
        if now - replica.asked_at < ASK_SECONDS:
            return replica.position >= position
        if not replica.lock.acquire(blocking=False):  # somebody is asking it
            return replica.asked_at > float("-inf") and replica.position >= position
        try:
            if not self._sampled(now):
                return False
            with connections[replica.alias].cursor() as cursor:
                if cursor.db.alias != replica.alias:  # the copy failed, and the primary stands in for it
                    return False
                cursor.execute(REPLICA_SQL)
                row = cursor.fetchone() if replica.skip_until < now else None
        except Error as error:
            self.failed(replica.alias, error)
            return False
        finally:
            replica.lock.release()
        if row is None:
            if replica.skip_until < now:
                self.failed(replica.alias, None)
            return False
        replica.position, replica.asked_at = int(row[0]), self._clock()
        return replica.position >= position

    def _sampled(self, now: float) -> bool:
        """Remember where the primary is, unless that was done a moment ago. False if it does not say."""
        if self._samples and now - self._samples[-1][0] < SAMPLE_SECONDS:
            return True
        try:
            self._samples.append((now, primary_position()))
        except Error as error:
            logger.warning("primary_position_unknown", error=type(error).__name__)
            return False
        return True

    def _is_near(self, replica: Replica) -> bool:
        """Whether a copy is at most `REPLICA_LAG_SECONDS_MAX` behind."""
        now = self._clock()
        samples = list(self._samples)
        if not samples:
            return False
        if replica.position >= samples[-1][1]:
            replica.lag_seconds = 0.0
            return True
        passed = [at for at, place in samples if place <= replica.position]
        since = passed[-1] if passed else None
        # Where nothing it has passed is remembered, it is behind by more than this process is old.
        replica.lag_seconds = now - (samples[0][0] if since is None else since)
        return since is not None and replica.lag_seconds <= settings.REPLICA_LAG_SECONDS_MAX

    def _replica(self, alias: str) -> Replica:
        return self._known.setdefault(alias, Replica(alias))


replicas = Replicas()
