"""Guests who look at pages and programs that book, all at once, and how long each answer took."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

from tests.factories.inventory import Hotel

READERS = 3
TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.02


@dataclass
class Load:
    """What was answered: how long it took, the status, and the path."""

    answers: list[tuple[float, int, str]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def statuses(self) -> set[int]:
        """Every status there was; 0 is no answer."""
        return {status for _seconds, status, _path in self.answers}

    def slowest(self, share: float) -> float:
        """The seconds that this share of the answers kept to."""
        times = sorted(seconds for seconds, _status, _path in self.answers)
        return times[min(len(times) - 1, int(len(times) * share))]

    def ask(self, connection: HTTPConnection, method: str, path: str, body: str | None = None) -> None:
        """Send one request, and note its answer."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex} if body else {}
        started = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, HTTPException):
            connection.close()
            status = 0
        self.answers.append((time.monotonic() - started, status, path))


@contextmanager
def load_on(port: int, house: Hotel) -> Iterator[Load]:
    """Load for as long as the block runs: three who read pages and API, one who books."""
    load = Load()
    threads = [threading.Thread(target=_read, args=(load, port, house, number)) for number in range(READERS)]
    threads.append(threading.Thread(target=_book, args=(load, port, house)))
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stopping.set()
        for thread in threads:
            thread.join()


def _read(load: Load, port: int, house: Hotel, number: int) -> None:
    stay = house.stay()
    dates = f"arrival={stay.arrival}&departure={stay.departure}&adults=2"
    slug = house.property.slug
    paths = [
        "/",
        f"/search/?{dates}",
        f"/hotels/{slug}/?{dates}",
        f"/api/v1/properties/{slug}/availability/?{dates}",
        f"/api/v1/search/?{dates}",
        "/account/login/",
    ]
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    turn = number
    while not load.stopping.wait(PAUSE_SECONDS):
        load.ask(connection, "GET", paths[turn % len(paths)])
        turn += 1
    connection.close()


def _book(load: Load, port: int, house: Hotel) -> None:
    stay = house.stay()
    body = json.dumps(
        {
            "room_type": house.room_type.pk,
            "rate_plan": house.plan.pk,
            "arrival": stay.arrival.isoformat(),
            "departure": (stay.arrival + timedelta(days=1)).isoformat(),
            "rooms": 1,
            "adults": 2,
            "children_ages": [],
            "expected_total": {"amount": "100.00", "currency": "EUR"},
            "guest": {"name": "Ada Lovelace", "email": "ada@example.com"},
        }
    )
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    while not load.stopping.wait(10 * PAUSE_SECONDS):
        load.ask(connection, "POST", "/api/v1/bookings/", body)
    connection.close()
