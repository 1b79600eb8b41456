"""A breaker per outside service: after repeated failures it is not called for a while, by any process.

Its state is shared through the cache server and changed by compare-and-set; without the server each process goes on
with the state it saw last. `circuit_after` and `circuit_before` are pure, so that the whole behaviour is one table:

| state     | a call is                     | a success                 | a failure                             |
|-----------|-------------------------------|---------------------------|---------------------------------------|
| closed    | let through                   | forgets failures in a row | 5 in a row or 10 of the last 20: open |
| open      | refused; after 30 s half-open | (late) ignored            | (late) ignored                        |
| half-open | let through, one at a time    | the second closes         | opens again                           |
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

import structlog
from django.utils.translation import gettext_lazy as _
from redis import Redis
from redis.exceptions import WatchError

from core.cache.client import cache_key, cache_server
from core.exceptions import Unavailable

from .history import CHANGED, FAILED, REFUSED, SUCCEEDED, event_add

FAILURES_IN_A_ROW = 5
WINDOW_CALLS = 20
WINDOW_FAILURES = 10
OPEN_SECONDS = 30
HALF_OPEN_SUCCESSES = 2
PROBE_SECONDS = 10
"""A call in half-open state that says nothing for so long no longer keeps others out."""
STATE_TTL_SECONDS = 3_600
CHANGE_ATTEMPTS = 20

logger = structlog.get_logger(__name__)


class CircuitOpen(Unavailable):
    """The service failed repeatedly and is being left alone."""

    code = "service_unavailable"
    message = _(
        "A service that is needed for this does not answer at the moment. Please try again in a moment."
    )


class Status(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of a breaker. `outcomes` are the last calls, oldest first: `+` or `-`. Times are seconds since 1970."""

    status: Status = Status.CLOSED
    failures_in_a_row: int = 0
    outcomes: str = ""
    opened_at: float = 0.0
    successes: int = 0
    probe_until: float = 0.0


def circuit_before(circuit: Circuit, now: float) -> tuple[Circuit, bool]:
    """The state as a call is asked for, and whether it is let through."""
    if circuit.status is Status.CLOSED:
        return circuit, True
    if circuit.status is Status.OPEN:
        if now < circuit.opened_at + OPEN_SECONDS:
            return circuit, False
        return Circuit(
            status=Status.HALF_OPEN, opened_at=circuit.opened_at, probe_until=now + PROBE_SECONDS
        ), True
    if now < circuit.probe_until:
        return circuit, False
    return replace(circuit, probe_until=now + PROBE_SECONDS), True


def circuit_after(circuit: Circuit, success: bool, now: float) -> Circuit:
    """The state after a call has succeeded or failed."""
    if circuit.status is Status.OPEN:
        return circuit
    if circuit.status is Status.HALF_OPEN:
        if not success:
            return Circuit(status=Status.OPEN, opened_at=now)
        if circuit.successes + 1 >= HALF_OPEN_SUCCESSES:
            return Circuit()
        return replace(circuit, successes=circuit.successes + 1, probe_until=0.0)
    outcomes = (circuit.outcomes + ("+" if success else "-"))[-WINDOW_CALLS:]
    failures_in_a_row = 0 if success else circuit.failures_in_a_row + 1
    often = len(outcomes) == WINDOW_CALLS and outcomes.count("-") >= WINDOW_FAILURES
    if not success and (failures_in_a_row >= FAILURES_IN_A_ROW or often):
        return Circuit(status=Status.OPEN, opened_at=now)
    return replace(circuit, failures_in_a_row=failures_in_a_row, outcomes=outcomes)


class Breaker:
    """The breaker of one service. `ignored` are errors that show the service at work, such as a declined card.

        gateway_breaker = Breaker("payments.sandbox", ignored=(CardDeclined,))
        with gateway_breaker.guard():
            gateway.charge(...)

    `clock` gives seconds since 1970, because the state is shared between machines.
    """

    def __init__(
        self,
        name: str,
        *,
        ignored: tuple[type[BaseException], ...] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._ignored = ignored
        self._clock = clock
        self._last_seen = Circuit()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let the block through or raise `CircuitOpen`, and learn from how it ends."""
        self._enter()
        try:
            yield
        except self._ignored:
            self._record(success=True)
            raise
        except Exception as error:
            self._record(success=False, detail=type(error).__name__)
            raise
        self._record(success=True)

    def circuit(self) -> Circuit:
        """The state now, shared or as last seen."""
        return self._change(lambda circuit: circuit)

    @property
    def last_seen(self) -> Circuit:
        """The state as this process saw it last; asks nobody."""
        return self._last_seen

    def reset(self) -> None:
        """Close it, whatever happened."""
        before = self.circuit()
        self._change(lambda _circuit: Circuit())
        if before.status is not Status.CLOSED:
            event_add(self.name, (CHANGED, Status.CLOSED), now=self._clock())

    def _enter(self) -> None:
        now = self._clock()
        allowed, before = False, Status.CLOSED

        def enter(circuit: Circuit) -> Circuit:
            nonlocal allowed, before
            before = circuit.status
            changed, allowed = circuit_before(circuit, now)
            return changed

        circuit = self._change(enter)
        if circuit.status is not before:
            event_add(self.name, (CHANGED, circuit.status), now=now)
        if not allowed:
            event_add(self.name, (REFUSED, ""), now=now)
            until = circuit.opened_at + OPEN_SECONDS if circuit.status is Status.OPEN else circuit.probe_until
            raise CircuitOpen(data={"service": self.name}, retry_after=max(1, round(until - now)))

    def _record(self, *, success: bool, detail: str = "") -> None:
        now, before = self._clock(), Status.CLOSED

        def record(circuit: Circuit) -> Circuit:
            nonlocal before
            before = circuit.status
            return circuit_after(circuit, success, now)

        after = self._change(record).status
        events = [(SUCCEEDED if success else FAILED, detail)]
        if after is not before:
            events.append((CHANGED, after))
        event_add(self.name, *events, now=now)

    def _change(self, change: Callable[[Circuit], Circuit]) -> Circuit:
        """Apply a change to the shared state, or to the one last seen if there is no cache server."""
        before = self._last_seen
        changed = cache_server().call(lambda redis: self._change_shared(redis, change), default=None)
        self._last_seen = change(before) if changed is None else changed
        if self._last_seen.status is not before.status:
            logger.warning(
                "breaker_changed", service=self.name, before=before.status, after=self._last_seen.status
            )
        return self._last_seen

    def _change_shared(self, redis: Redis, change: Callable[[Circuit], Circuit]) -> Circuit | None:
        """Compare-and-set; None if others were faster every time."""
        key = _state_key(self.name)
        with redis.pipeline() as pipeline:
            for _attempt in range(CHANGE_ATTEMPTS):
                try:
                    pipeline.watch(key)
                    before = _circuit_load(pipeline.get(key))
                    after = change(before)
                    if after != before:
                        pipeline.multi()
                        pipeline.set(key, json.dumps(asdict(after)), ex=STATE_TTL_SECONDS)
                        pipeline.execute()
                except WatchError:
                    continue
                return after
        return None


def circuits_shared(names: list[str]) -> dict[str, Circuit] | None:
    """The shared state of several breakers, in one round trip; None without a cache server."""
    found = cache_server().call(lambda redis: redis.mget([_state_key(name) for name in names]), default=None)
    if found is None:
        return None
    return {name: _circuit_load(text) for name, text in zip(names, found, strict=True)}


def _state_key(name: str) -> str:
    return cache_key("breaker", name)


def _circuit_load(text: object) -> Circuit:
    if not isinstance(text, (bytes, str)):
        return Circuit()
    fields = json.loads(text)
    return Circuit(**fields | {"status": Status(fields["status"])})
