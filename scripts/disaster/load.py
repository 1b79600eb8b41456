"""Guests who book through HTTP, and write down whatever the site has told them it has done.

A request that got no answer, or 503, is sent again with its key until it has one: so does a good client, and so nothing
is booked twice. What is written down is only what was answered.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from config.supervisor.claims import HOST

TIMEOUT_SECONDS = 30.0
RETRY_SECONDS = 0.1
POLL_SECONDS = 0.05
GOOD = {200, 201, 202}
UNAVAILABLE = 503
SERVER_ERROR = 500
PAID_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a guest was told: the booking, its total, and whether it was paid. `at` is a monotonic clock's."""

    reference: str
    token: str
    total: str
    is_paid: bool
    at: float


@dataclass
class Load:
    """Guests at work, and their notes."""

    port: int
    house: Mapping[str, Any]
    guests: int = 4
    seed: int = 1
    pause_seconds: float = 0.05
    acknowledged: dict[str, Acknowledged] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Let them begin."""
        self._threads = [
            threading.Thread(target=self._guest, args=(number,)) for number in range(self.guests)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let them end; who has sent something that was not answered gives up."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, many: int, *, seconds: float) -> bool:
        """Wait until so many bookings are acknowledged, at most so long."""
        deadline = time.monotonic() + seconds
        while len(self.acknowledged) < many:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def first_after(self, moment: float) -> float | None:
        """When the first booking after a moment was acknowledged."""
        with self._lock:
            later = [one.at for one in self.acknowledged.values() if one.at > moment]
        return min(later, default=None)

    def _guest(self, number: int) -> None:
        chance = random.Random(self.seed * 1000 + number)  # noqa: S311 - no secret
        address = 0
        while not self._stopping.is_set():
            address += 1
            client = Client(self, forwarded_for=f"10.{number}.{address >> 8 & 255}.{address & 255}")
            self._book(client, chance)
            client.close()
            self._stopping.wait(self.pause_seconds)

    def _book(self, client: Client, chance: random.Random) -> None:
        nights = int(self.house["nights"])
        arrival = date.fromisoformat(self.house["first"]) + timedelta(days=chance.randrange(nights - 5))
        stayed = chance.randint(1, 4)
        total = Decimal(self.house["price"]) * stayed
        body = {
            "room_type": chance.choice(self.house["room_types"]),
            "rate_plan": self.house["rate_plan"],
            "arrival": arrival.isoformat(),
            "departure": (arrival + timedelta(days=stayed)).isoformat(),
            "rooms": 1,
            "adults": chance.randint(1, 2),
            "children_ages": [],
            "expected_total": {"amount": f"{total:.2f}", "currency": "EUR"},
            "guest": {"name": "Ada Lovelace", "email": f"ada-{uuid.uuid4().hex[:8]}@example.com"},
        }
        answer = client.post("/api/v1/bookings/", body)
        if answer is None:
            return
        reference, token = str(answer["reference"]), str(answer["access_token"])
        told = str(answer["total"]["amount"])
        self.note(Acknowledged(reference, token, told, is_paid=False, at=time.monotonic()))
        if chance.random() < PAID_SHARE:
            body = {"gateway": "sandbox", "purpose": "total", "card": "success"}
            paid = client.post(f"/api/v1/bookings/{reference}/pay/", body, token=token)
            if paid is not None and paid.get("status") == "captured":
                self.note(Acknowledged(reference, token, told, is_paid=True, at=time.monotonic()))

    def note(self, one: Acknowledged) -> None:
        """Write down what was acknowledged."""
        with self._lock:
            self.acknowledged[one.reference] = one

    def count(self, status: int, sentence: str = "") -> None:
        """Count an answer, and note it when it is one that there must not be."""
        with self._lock:
            self.statuses[status] += 1
            if sentence:
                self.wrong.append(sentence)

    def refuse(self, answer: bytes) -> None:
        """Note why something was refused."""
        with self._lock:
            self.refused[answer[:300].decode(errors="replace")] += 1

    @property
    def is_stopping(self) -> bool:
        """Whether to give up."""
        return self._stopping.is_set()


class Client:
    """One guest's connection; 0 stands for no answer."""

    def __init__(self, load: Load, *, forwarded_for: str) -> None:
        self._load = load
        self._headers = {"X-Forwarded-For": forwarded_for, "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection(HOST, load.port, timeout=TIMEOUT_SECONDS)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def post(self, path: str, body: Mapping[str, Any], *, token: str = "") -> dict[str, Any] | None:
        """Send it until it is answered; None if it was refused, or when it is time to stop."""
        headers = self._headers | {"Idempotency-Key": uuid.uuid4().hex}
        headers |= {"X-Booking-Token": token} if token else {}
        content = json.dumps(body)
        while True:
            status, retry_after, answer = self._ask("POST", path, content, headers)
            sentence = _wrong(status, retry_after, path, answer)
            self._load.count(status, sentence)
            if status in GOOD:
                found: dict[str, Any] = json.loads(answer)
                return found
            is_to_repeat = status in (0, UNAVAILABLE) or _still_running(status, answer)
            if not is_to_repeat:
                self._load.refuse(answer)
            if not is_to_repeat or self._load.is_stopping:
                return None
            time.sleep(RETRY_SECONDS)

    def get(self, path: str, *, token: str) -> tuple[int, bytes]:
        """Ask once."""
        status, _retry_after, answer = self._ask(
            "GET", path, None, self._headers | {"X-Booking-Token": token}
        )
        return status, answer

    def _ask(
        self, method: str, path: str, content: str | None, headers: Mapping[str, str]
    ) -> tuple[int, str | None, bytes]:
        try:
            self._connection.request(method, path, content, dict(headers))
            response = self._connection.getresponse()
            return response.status, response.getheader("Retry-After"), response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return 0, None, b""


def _still_running(status: int, answer: bytes) -> bool:
    """Whether the same request is being answered to somebody else: the one whose answer was lost."""
    return status == http.HTTPStatus.CONFLICT and b"idempotency" in answer


def _wrong(status: int, retry_after: str | None, path: str, answer: bytes) -> str:
    """A sentence about an answer that nobody must get: an error of the server, or 503 without a time to come back."""
    if status == UNAVAILABLE and not retry_after:
        return f"{path}: 503 without Retry-After"
    if status >= SERVER_ERROR and status != UNAVAILABLE:
        return f"{path}: {status} {answer[:200].decode(errors='replace')}"
    return ""
