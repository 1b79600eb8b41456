"""What the processes count together: summed in each for a few seconds, then added to the sums on the cache server.

Any process can tell what all of them have counted, and no request waits for it: what was counted is sent after a
response has gone out, at most every `FIGURES_FLUSH_SECONDS`. A batch that the server did not take is kept and sent
again under the same token, so that it counts once; what is counted meanwhile waits in memory, which is bounded. Without
a cache server nothing is lost but time, and when the server forgets, the figures begin anew.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from redis import Redis

from core.cache.client import cache_key, cache_server
from core.observability.histograms import bucket_of
from core.observability.shapes import Shape

SHAPES_MAX = 1_000
"""So many shapes are told apart, in a process and on the server in a day; the others are counted as one."""
COUNTERS_MAX = 20_000
DAYS_KEPT = 14
SCHEMA = Shape(digest="schema", text="(changes of the schema)", is_work=False, is_schema=True)
"""All of them as one: those of a single `migrate` would use up the shapes of the day."""
OTHER = Shape(digest="other", text="(other statements)", is_work=False)
MARKER_SECONDS = 3_600
OVERDUE_FACTOR = 6

# Adds a batch unless it was added before. KEYS: marker, counters, queries of the day, their texts, states of processes.
ADD_BATCH = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[2]) then return 0 end
local batch = cjson.decode(ARGV[1])
for field, number in pairs(batch.counters) do redis.call('HINCRBY', KEYS[2], field, string.format('%.0f', number)) end
for _, row in ipairs(batch.queries) do
  local digest = row.digest
  if redis.call('HEXISTS', KEYS[4], digest) == 0 then
    if redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[3]) then digest = 'other' end
    redis.call('HSET', KEYS[4], digest, digest == 'other' and '(other statements)' or row.text)
  end
  for field, number in pairs(row.sums) do
    redis.call('HINCRBY', KEYS[3], digest .. '|' .. field, string.format('%.0f', number))
  end
  local least = redis.call('HGET', KEYS[3], digest .. '|min')
  if not least or tonumber(least) > row.min then redis.call('HSET', KEYS[3], digest .. '|min', string.format('%.0f', row.min)) end
  local most = redis.call('HGET', KEYS[3], digest .. '|max')
  if not most or tonumber(most) < row.max then redis.call('HSET', KEYS[3], digest .. '|max', string.format('%.0f', row.max)) end
  if row.line then redis.call('HSET', KEYS[3], digest .. '|line', row.line) end
end
if #batch.queries > 0 then
  redis.call('EXPIRE', KEYS[3], ARGV[4])
  redis.call('EXPIRE', KEYS[4], ARGV[4])
end
for field, state in pairs(batch.states) do redis.call('HSET', KEYS[5], field, state) end
return 1
"""  # noqa: E501


class ShapeTally:
    """What one process has seen of one shape since it last told; durations in seconds."""

    __slots__ = ("buckets", "count", "critical", "line", "max", "min", "repeats", "seconds", "shape", "slow")

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.count = self.slow = self.critical = self.repeats = 0
        self.seconds = self.max = 0.0
        self.min = float("inf")
        self.buckets: dict[int, int] = {}
        self.line = ""

    def row(self) -> dict[str, Any]:
        """As the server takes it: durations in microseconds."""
        sums = {"count": self.count, "us": round(self.seconds * 1e6), "slow": self.slow}
        sums |= {"critical": self.critical, "repeats": self.repeats}
        sums |= {f"b{bucket}": number for bucket, number in self.buckets.items()}
        row = {
            "digest": self.shape.digest,
            "text": self.shape.text,
            "sums": {field: number for field, number in sums.items() if number},
            "min": round(self.min * 1e6),
            "max": round(self.max * 1e6),
        }
        return row | ({"line": self.line} if self.line else {})


class Tallies:
    """The counts of this process. Safe between threads."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a forked process does not tell what its parent counted, nor waits for its locks."""
        self._lock = threading.Lock()
        self._sending_lock = threading.Lock()
        self._shapes: dict[str, ShapeTally] = {}
        self._counters: Counter[str] = Counter()
        self._sending: tuple[str, str] | None = None
        self._told_at = time.monotonic()

    def query(self, shape: Shape, seconds: float, *, slow: bool, critical: bool) -> None:
        """Count one statement."""
        bucket = bucket_of(seconds)
        if shape.is_schema:
            shape = SCHEMA
        with self._lock:
            tally = self._shapes.get(shape.digest) or self._tally_new(shape)
            tally.count += 1
            tally.seconds += seconds
            if seconds < tally.min:
                tally.min = seconds
            if seconds > tally.max:
                tally.max = seconds
            tally.buckets[bucket] = tally.buckets.get(bucket, 0) + 1
            if slow:
                tally.slow += 1
                tally.critical += critical

    def repeated(self, shape: Shape, line: str) -> None:
        """Count a request in which a shape came again and again, from that line."""
        with self._lock:
            tally = self._shapes.get(shape.digest)
            if tally is not None:
                tally.repeats += 1
                tally.line = line

    def count(self, numbers: dict[str, int]) -> None:
        """Add to the counters. A name that is new is left out once there are 20,000."""
        with self._lock:
            for name, number in numbers.items():
                if name in self._counters or len(self._counters) < COUNTERS_MAX:
                    self._counters[name] += number

    def _tally_new(self, shape: Shape) -> ShapeTally:
        if len(self._shapes) >= SHAPES_MAX:
            shape = OTHER
        return self._shapes.setdefault(shape.digest, ShapeTally(shape))

    @property
    def is_due(self) -> bool:
        """Whether it is time to tell."""
        every = settings.FIGURES_FLUSH_SECONDS
        return every > 0 and time.monotonic() - self._told_at >= every

    @property
    def is_overdue(self) -> bool:
        """Whether nobody has told for so long that a statement should, in the middle of its work."""
        every = settings.FIGURES_FLUSH_SECONDS
        return every > 0 and time.monotonic() - self._told_at >= every * OVERDUE_FACTOR

    def flush(self) -> bool:
        """Send what was counted; True if nothing is left. At most two round trips; without a server none is lost."""
        if not self._sending_lock.acquire(blocking=False):
            return False
        try:
            self._told_at = time.monotonic()
            if self._sending is not None and not self._send():
                return False
            self._sending = self._batch()
            return self._sending is None or self._send()
        finally:
            self._sending_lock.release()

    def _batch(self) -> tuple[str, str] | None:
        with self._lock:
            shapes, self._shapes = self._shapes, {}
            counters, self._counters = self._counters, Counter()
        if not (shapes or counters):
            return None
        state: dict[str, Any] = {"at": round(time.time())}
        for source in _state_sources:
            values, more = source()
            state |= values
            counters.update(more)
        batch = {
            "counters": dict(counters),
            "queries": [tally.row() for tally in shapes.values()],
            "states": {process_name(): json.dumps(state)},
        }
        return secrets.token_hex(8), json.dumps(batch)

    def _send(self) -> bool:
        assert self._sending is not None
        token, batch = self._sending
        keys = (marker_key(token), counters_key(), *day_keys(day_number()), states_key())
        arguments = (batch, MARKER_SECONDS, SHAPES_MAX, DAYS_KEPT * 86_400)

        def add(redis: Redis) -> bool:
            redis.eval(ADD_BATCH, len(keys), *keys, *arguments)
            return True

        if not cache_server().call(add, default=False):
            return False
        self._sending = None
        return True


StateSource = Callable[[], tuple[dict[str, Any], dict[str, int]]]
_state_sources: list[StateSource] = []


def process_state(source: StateSource) -> StateSource:
    """Have each process tell, with every batch, what is true of itself alone, and counts that others keep for it."""
    _state_sources.append(source)
    return source


def process_name() -> str:
    """This process among all of them on all machines."""
    return f"{os.uname().nodename}:{os.getpid()}"


def marker_key(token: str) -> str:
    """What tells that a batch was added."""
    return cache_key("figures", "batch", token)


def counters_key() -> str:
    """Where the sums of the counters stand."""
    return cache_key("figures", "counters")


def states_key() -> str:
    """Where each process's state stands."""
    return cache_key("figures", "processes")


def day_number() -> int:
    """Today in UTC, counted from 1970."""
    return int(time.time() // 86_400)


def day_keys(day: int) -> tuple[str, str]:
    """Where the queries of a day (in UTC, counted from 1970) stand, and their texts."""
    return cache_key("figures", "queries", str(day)), cache_key("figures", "texts", str(day))


tallies = Tallies()


def flush_due(**_kwargs: Any) -> None:
    """Tell what was counted if it is time: after a response, and after a task."""
    if tallies.is_due:
        tallies.flush()


def _flush_at_exit() -> None:
    if settings.configured and settings.FIGURES_FLUSH_SECONDS > 0:
        tallies.flush()


os.register_at_fork(after_in_child=tallies.forget)
atexit.register(_flush_at_exit)
