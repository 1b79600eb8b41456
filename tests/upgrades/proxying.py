"""Guests and programs behind a reverse proxy that knows two servers and asks the second only where nobody listens."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

from tests.factories.inventory import Hotel

TIMEOUT_SECONDS = 60
PAUSE_SECONDS = 0.02
READERS = 4
BOOKERS = 2


class Proxy:
    """Sends each request to one of two servers: to the next one only when a connection is refused."""

    def __init__(self, first: int, second: int) -> None:
        self.ports = (first, second)
        self.share_of_second = 0.0
        """The part of the requests that goes to the second server first."""
        self.answers: Counter[tuple[int, object]] = Counter()
        self.lock = threading.Lock()
        self.number = 0
        self.stopping = threading.Event()

    def ask(self, method: str, path: str, body: str | None = None) -> None:
        """Send one request and note who answered what; an answer that did not come is noted by its error."""
        with self.lock:
            self.number += 1
            is_second = (self.number * self.share_of_second) % 1 + self.share_of_second >= 1
        ports = self.ports[::-1] if is_second else self.ports
        for port in ports:
            try:
                answer: object = self._status(port, method, path, body)
            except ConnectionRefusedError:
                continue
            except (OSError, HTTPException) as error:
                answer = repr(error)
            self._note(port, answer)
            return
        self._note(0, "nobody listens")

    def _status(self, port: int, method: str, path: str, body: str | None) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        headers = {"Connection": "close"}
        if body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def _note(self, port: int, answer: object) -> None:
        with self.lock:
            self.answers[port, answer] += 1

    def by(self, port: int) -> int:
        """How many requests a server has answered."""
        with self.lock:
            return sum(number for (answered, _answer), number in self.answers.items() if answered == port)

    @property
    def statuses(self) -> Counter[object]:
        """How many answers of each kind there were."""
        with self.lock:
            found: Counter[object] = Counter()
            for (_port, answer), number in self.answers.items():
                found[answer] += number
            return found


@contextmanager
def guests(proxy: Proxy, house: Hotel, *, when: Callable[[], object]) -> Iterator[None]:
    """Ask and book for as long as the block runs, once a server is there."""
    when()
    threads = [threading.Thread(target=_look, args=(proxy, house, number)) for number in range(READERS)]
    threads += [threading.Thread(target=_book, args=(proxy, house)) for _ in range(BOOKERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        proxy.stopping.set()
        for thread in threads:
            thread.join()


def _look(proxy: Proxy, house: Hotel, number: int) -> None:
    stay = house.stay()
    dates = f"arrival={stay.arrival}&departure={stay.departure}&adults=2"
    slug = house.property.slug
    paths = [
        "/",
        f"/search/?{dates}",
        f"/hotels/{slug}/?{dates}",
        f"/api/v1/search/?{dates}",
        "/account/login/",
    ]
    while not proxy.stopping.wait(PAUSE_SECONDS):
        proxy.ask("GET", paths[number % len(paths)])
        number += 1


def _book(proxy: Proxy, house: Hotel) -> None:
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
    while not proxy.stopping.wait(5 * PAUSE_SECONDS):
        proxy.ask("POST", "/api/v1/bookings/", body)


def enough(proxy: Proxy, *ports: int, more: int, seconds: float) -> bool:
    """Wait until each of the servers has answered so many requests more than now."""
    before = {port: proxy.by(port) for port in ports}
    deadline = time.monotonic() + seconds
    while any(proxy.by(port) < before[port] + more for port in ports):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
