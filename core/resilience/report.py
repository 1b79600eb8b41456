"""How the outside services are: for health, metrics and the page where operators look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from .breaker import OPEN_SECONDS, Circuit, Status, circuits_shared
from .history import ServiceEvent, histories
from .services import breaker_get, service_label, service_names


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """One service. ``since`` is the last change of its state, None if none is remembered; events newest first.

    ``next_try_at`` is when an open breaker lets the next call through. ``is_shared``: what all processes agree on;
    else the cache server is away, and it is what this process saw last.
    """

    name: str
    label: str
    status: Status
    failures_in_a_row: int
    outcomes: str
    since: datetime | None
    next_try_at: datetime | None
    events: tuple[ServiceEvent, ...]
    is_shared: bool


def service_states(*, ask_server: bool = True) -> dict[str, Status]:
    """The state of every service by name. Two round trips to the cache server, none without ``ask_server``."""
    names = service_names(with_members=ask_server)
    circuits = _circuits(names)[0] if ask_server else _seen(names)
    return {name: circuit.status for name, circuit in circuits.items()}


def service_reports() -> list[ServiceReport]:
    """Everything about every service, by name. Three round trips to the cache server."""
    names = service_names()
    circuits, is_shared = _circuits(names)
    happened = histories(names)
    return [
        ServiceReport(
            name=name,
            label=service_label(name),
            status=circuit.status,
            failures_in_a_row=circuit.failures_in_a_row,
            outcomes=circuit.outcomes,
            since=happened[name][1],
            next_try_at=_next_try_at(circuit),
            events=tuple(happened[name][0]),
            is_shared=is_shared,
        )
        for name, circuit in circuits.items()
    ]


def _circuits(names: list[str]) -> tuple[dict[str, Circuit], bool]:
    shared = circuits_shared(names)
    return (_seen(names), False) if shared is None else (shared, True)


def _seen(names: list[str]) -> dict[str, Circuit]:
    return {name: breaker_get(name).last_seen for name in names}


def _next_try_at(circuit: Circuit) -> datetime | None:
    if circuit.status is not Status.OPEN:
        return None
    return datetime.fromtimestamp(circuit.opened_at + OPEN_SECONDS, tz=UTC)
