"""What every simulated guest does most of the time: look around."""

from __future__ import annotations

import os
import random
import uuid
from collections import deque
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from locust import FastHttpUser, task

from tests.load.results import refused, wrong

HOUSES = int(os.environ["LOAD_HOUSES"])
SMALL_CITY, LARGE_CITY = os.environ["LOAD_CITIES"].split(",")
REFUSALS = {
    "already_waiting",
    "quote_changed",
    "rooms_available",
    "sold_out",
    "stay_not_sellable",
    "version_conflict",
}
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept": "text/html", "Accept-Language": "en"}
READABLE = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
"""What is read here comes as gzip; what is only looked at comes as browsers get it, and nobody unpacks it."""
THINKING_SECONDS = 7.0
SOLD_OUT_KEPT = 200
BLOCK_BYTES = 65_536

sold_out: deque[dict[str, Any]] = deque(maxlen=SOLD_OUT_KEPT)
"""Stays that somebody saw sold out: what others wait for."""


def popular_house() -> int:
    """A house; a few are asked for far more often than the others."""
    return 1 + int(random.paretovariate(0.5) - 1) % HOUSES


def wanted_stay() -> dict[str, str]:
    """When guests come: mostly the next weekends for two nights, sometimes any time of the coming months."""
    today = datetime.now(tz=UTC).date()
    if random.random() < 0.8:
        friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
        arrival = friday + timedelta(weeks=min(20, int(random.expovariate(0.35))))
        nights = 2
    else:
        arrival = today + timedelta(days=random.randint(5, 150))
        nights = random.randint(1, 4)
    return {"arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=nights)).isoformat()}


def new_guest() -> dict[str, str]:
    """Somebody's name and address."""
    return {"name": "Lou Load", "email": f"{uuid.uuid4().hex[:12]}@guest.example"}


class Guest(FastHttpUser):
    """Somebody who reads what there is before asking for more."""

    abstract = True
    connection_timeout = network_timeout = 30.0

    def wait_time(self) -> float:
        """Seconds of reading, as TPC-W 1.8 has them: exponential with a mean of 7 s, at most ten times that."""
        return min(random.expovariate(1 / THINKING_SECONDS), 10 * THINKING_SECONDS)

    def on_start(self) -> None:
        """Come as somebody new."""
        self.arrive()

    def arrive(self) -> None:
        """Be another guest: with an address of one's own, and no cookies."""
        number = random.randrange(1, 2**24 - 1)
        self.address = {"X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
        self.client.cookiejar.clear()

    @task(300)
    def home(self) -> None:
        """The start page."""
        self.look("/", "home")

    @task(500)
    def search(self) -> None:
        """A city for some nights."""
        city = SMALL_CITY if random.random() < 0.7 else LARGE_CITY
        self.look(f"/search/?{urlencode({'where': city, **wanted_stay(), 'adults': 2})}", "search")

    @task(400)
    def house(self) -> None:
        """A house for some nights."""
        self.look(f"/hotels/bench-{popular_house()}/?{urlencode({**wanted_stay(), 'adults': 2})}", "property")

    @task(200)
    def calendar(self) -> None:
        """The calendar of a house."""
        self.look(f"/hotels/bench-{popular_house()}/calendar/", "calendar")

    @task(200)
    def availability(self) -> None:
        """What a house has free, as a program asks for it."""
        self.available()

    def look(self, path: str, name: str) -> None:
        """Read a page; anything but 200 is an error."""
        with self.client.get(
            path, name=name, headers=BROWSER | self.address, stream=True, catch_response=True
        ) as response:
            for _part in response.iter_content(BLOCK_BYTES, decode_content=False):
                pass
            if response.status_code == HTTPStatus.OK:
                response.success()
            else:
                self.fault(response, name)

    def available(self) -> list[dict[str, Any]]:
        """What a house has free, as bodies of a booking; what is sold out is remembered."""
        number, stay = popular_house(), wanted_stay()
        path = f"/api/v1/properties/bench-{number}/availability/?{urlencode({**stay, 'adults': 2})}"
        with self.client.get(
            path, name="availability API", headers=READABLE | self.address, catch_response=True
        ) as response:
            if response.status_code != HTTPStatus.OK:
                self.fault(response, "availability API")
                return []
            found = response.json()
        for room_type in found["room_types"]:
            reason = room_type["reason"]
            if reason and reason["code"] == "sold_out":
                sold_out.append({"property": number, "room_type": room_type["room_type"]["id"], **stay})
        return [
            {
                "room_type": room_type["room_type"]["id"],
                "rate_plan": plan["rate_plan"]["id"],
                "expected_total": plan["total"],
                **stay,
            }
            for room_type in found["room_types"]
            for plan in room_type["plans"]
            if plan["total"] and not plan["reason"]
        ]

    def fault(self, response: Any, name: str, why: str = "") -> None:
        """Count an answer that must not be, by its status."""
        what = " ".join(part for part in (str(response.status_code), why) if part)
        wrong[f"{name}: {what}"] += 1
        response.failure(what)

    def refusal(self, response: Any, name: str, code: str) -> None:
        """Count an answer that a guest reads as a refusal."""
        refused[f"{name}: {code}"] += 1
        response.success()
