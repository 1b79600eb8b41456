"""A crowd that books, pays and cancels over HTTP, knowing nothing but the API."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection
from typing import Any

CANCELLED_SHARE = 0.3
PAID_SHARE = 0.2
PRICE_A_NIGHT = 100
IN_PROGRESS = "idempotency_in_progress"
RETRIES = 200
RETRY_SECONDS = 0.1
TIMEOUT_SECONDS = 60


@dataclass
class Answer:
    """What the server said."""

    status: int
    body: dict[str, Any]
    is_replay: bool


@dataclass
class Caller:
    """One client with a connection of its own, and what it was told."""

    port: int
    ours: list[tuple[str, str]] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)

    def post(self, path: str, body: dict[str, Any], *, key: str = "", token: str = "") -> Answer:
        """Send one request and count its answer."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or uuid.uuid4().hex}
        if token:
            headers["X-Booking-Token"] = token
        self.connection.request("POST", f"/api/v1/bookings/{path}", json.dumps(body), headers)
        response = self.connection.getresponse()
        answer = Answer(
            response.status,
            json.loads(response.read()),
            response.headers.get("Idempotent-Replayed") == "true",
        )
        self.answers[f"{answer.status} {answer.body.get('code', '')}".strip()] += 1
        return answer

    def book(self, orders: dict[str, Any], chance: random.Random) -> None:
        """Book a stay of one to seven nights somewhere."""
        answer = self.post("", stay_somewhere(orders, chance))
        if answer.status == 201:
            self.ours.append((answer.body["reference"], answer.body["access_token"]))
            self.ends[answer.body["reference"]] = answer.body["status"]

    def pay(self) -> None:
        """Pay for one of ours."""
        reference, token = self.ours[-1]
        body = {"gateway": "sandbox", "purpose": "total", "card": "success"}
        if self.post(f"{reference}/pay/", body, token=token).body.get("status") == "captured":
            self.ends[reference] = "confirmed"

    def cancel(self) -> None:
        """Cancel one of ours."""
        reference, token = self.ours.pop()
        if self.post(f"{reference}/cancel/", {}, token=token).status == 200:
            self.ends[reference] = "cancelled"

    def report(self) -> dict[str, Any]:
        """What the test is told."""
        return {"ends": self.ends, "answers": self.answers}


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Warm the server up: every one of its processes has answered before it matters."""
    caller = Caller(orders["port"])
    chance = random.Random(orders["seed"])
    for _ in range(orders.get("warm_up", 0)):
        caller.book(orders, chance)
        caller.pay()
        caller.cancel()
        caller.connection.close()
    return caller.report()


def use(orders: dict[str, Any], number: int) -> dict[str, Any]:
    """Book, pay and cancel at random: so many requests, or until the time is up."""
    chance = random.Random(orders["seed"] * 1000 + number)
    caller = Caller(orders["port"])
    stop_at = time.monotonic() + orders["seconds"]
    for _request in range(orders["requests"]):
        if time.monotonic() > stop_at:
            break
        dice = chance.random()
        if caller.ours and dice < CANCELLED_SHARE:
            caller.cancel()
        elif (
            caller.ours and dice < CANCELLED_SHARE + PAID_SHARE and caller.ends[caller.ours[-1][0]] == "held"
        ):
            caller.pay()
        else:
            caller.book(orders, chance)
    return caller.report()


def send_same(orders: dict[str, Any], _number: int) -> dict[str, Any]:
    """Send what everybody sends, with everybody's key, until there is an answer."""
    caller = Caller(orders["port"])
    for _ in range(RETRIES):
        answer = caller.post(orders["path"], orders["body"], key=orders["key"], token=orders.get("token", ""))
        if answer.body.get("code") != IN_PROGRESS:
            break
        time.sleep(RETRY_SECONDS)
    return {
        "status": answer.status,
        "body": answer.body,
        "is_replay": answer.is_replay,
        "answers": caller.answers,
    }


def stay_somewhere(orders: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A random stay at the price we know."""
    length = chance.randint(1, 7)
    arrival = date.fromisoformat(orders["first"]) + timedelta(
        days=chance.randint(0, orders["nights"] - length)
    )
    return {
        "room_type": chance.choice(orders["room_types"]),
        "rate_plan": orders["rate_plan"],
        "arrival": arrival.isoformat(),
        "departure": (arrival + timedelta(days=length)).isoformat(),
        "rooms": 1,
        "adults": 2,
        "children_ages": [],
        "expected_total": {"amount": f"{length * PRICE_A_NIGHT}.00", "currency": "EUR"},
        "guest": {"name": "Ada Lovelace", "email": "ada@example.com"},
    }
