"""Who is alive beside the web: each worker, dispatcher and scheduler says so every 15 seconds, on the cache server.

A heartbeat is written from the loop that does the work, not from a thread beside it: a loop that hangs falls silent.
Its age is told by the clock of the cache server alone, so that no two machines' clocks are compared. Without the cache
server nothing is known; its own line says so.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from redis import Redis

from core.cache.client import cache_key, cache_server
from core.models import Queue

EVERY_SECONDS = 15.0
SILENT_SECONDS = 90.0
"""Who has said nothing for so long is taken for dead."""
FORGOTTEN_SECONDS = 7 * 86_400
WORKER, DISPATCHER, BEAT = "worker", "dispatcher", "beat"
PROGRAMS: tuple[tuple[str, str], ...] = (
    *((WORKER, queue.value) for queue in Queue),
    (DISPATCHER, ""),
    (BEAT, ""),
)
"""What there is: a worker of each queue, a dispatcher, and the scheduler; (program, queue) each."""

# KEYS: the heartbeats. ARGV: their fields. The time is the server's own.
TELL = """
local now = redis.call('TIME')[1]
for _, field in ipairs(ARGV) do redis.call('HSET', KEYS[1], field, now) end
return now
"""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last one of a program on any machine. ``age_seconds`` is None for one that was never heard."""

    program: str
    queue: str
    age_seconds: float | None
    machine: str = ""

    @property
    def is_silent(self) -> bool:
        """Whether it is taken for dead."""
        return self.age_seconds is None or self.age_seconds > SILENT_SECONDS


class Pulse:
    """The heartbeats of one process. Called from its loop as often as it likes, it tells every 15 seconds."""

    def __init__(self, program: str, queues: Iterable[str] = ("",)) -> None:
        machine = f"{os.uname().nodename}:{os.getpid()}"
        self._fields = [json.dumps([program, queue, machine]) for queue in queues]
        self._due_at = float("-inf")

    def beat(self) -> None:
        """Tell, if it is time. One round trip every 15 seconds; a server that is away costs a quarter of one."""
        now = time.monotonic()
        if now < self._due_at:
            return
        self._due_at = now + EVERY_SECONDS
        cache_server().call(lambda redis: redis.eval(TELL, 1, _key(), *self._fields), default=None)

    def end(self) -> None:
        """Take the heartbeats back: who stops in order is not missed where another goes on."""
        cache_server().call(lambda redis: redis.hdel(_key(), *self._fields), default=None)


def heartbeats() -> list[Heartbeat] | None:
    """The last heartbeat of everything that must be alive; None without the cache server. Two round trips."""

    def read(redis: Redis) -> tuple[int, dict[bytes, bytes]]:
        return redis.time()[0], cast("dict[bytes, bytes]", redis.hgetall(_key()))

    known = cache_server().call(read, default=None)
    if known is None:
        return None
    now, told = known
    latest: dict[tuple[str, str], tuple[float, str]] = {}
    gone = []
    for field, at in told.items():
        program, queue, machine = json.loads(field)
        age = max(0.0, float(now - int(at)))
        if age > FORGOTTEN_SECONDS:
            gone.append(field)
        elif age < latest.get((program, queue), (float("inf"), ""))[0]:
            latest[program, queue] = (age, machine)
    if gone:
        cache_server().call(lambda redis: redis.hdel(_key(), *gone), default=None)
    return [
        Heartbeat(program, queue, *latest.get((program, queue), (None, "")))
        for program, queue in PROGRAMS
        if program in settings.PROGRAMS_EXPECTED
    ]


def worker_step() -> Any:
    """The step of Celery's worker that keeps its heart beating while it is connected and takes tasks."""
    from celery import bootsteps  # noqa: PLC0415 - only a worker needs it

    class HeartbeatStep(bootsteps.StartStopStep):
        """A timer of the worker's own loop; without a broker the step, and with it the heart, stops."""

        requires = ("celery.worker.consumer.tasks:Tasks",)

        def start(self, consumer: Any) -> None:
            pulse = Pulse(WORKER, sorted(consumer.app.amqp.queues.consume_from))
            pulse.beat()
            self._pulse, self._timer = pulse, consumer.timer.call_repeatedly(EVERY_SECONDS / 3, pulse.beat)

        def stop(self, consumer: Any) -> None:
            timer = getattr(self, "_timer", None)
            if timer is not None:
                timer.cancel()

        def shutdown(self, consumer: Any) -> None:
            self.stop(consumer)
            self._pulse.end()

    return HeartbeatStep


def _key() -> str:
    return cache_key("system", "heartbeats")
