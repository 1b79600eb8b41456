"""Guests who come by a program: hold, pay, change, cancel and wait through the API."""

from __future__ import annotations

import json
import random
import uuid
from http import HTTPStatus
from typing import Any

from locust import task

from tests.load.looking import READABLE, REFUSALS, Guest, new_guest, sold_out
from tests.load.results import done

GOOD = {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED}


class ApiGuest(Guest):
    """Books through the API, with the token that a booking answers with."""

    weight = 1

    def arrive(self) -> None:
        """Be somebody with no booking."""
        super().arrive()
        self.reference = self.token = ""
        self.is_paid = self.is_changed = False
        self.offers: list[dict[str, Any]] = []

    def available(self) -> list[dict[str, Any]]:
        """What is booked later is chosen from what was seen last."""
        self.offers = super().available()
        return self.offers

    @task(250)
    def hold(self) -> bool:
        """Hold a room."""
        offers = self.offers or self.available()
        if not offers:
            return False
        offer = random.choice(offers)
        self.arrive()
        body = {**offer, "rooms": 1, "adults": 2, "children_ages": [], "guest": new_guest()}
        answer = self.act("/api/v1/bookings/", "hold API", body)
        if answer is not None:
            self.reference, self.token = answer["reference"], answer["access_token"]
        return answer is not None

    @task(150)
    def pay(self) -> bool:
        """Pay for what is held, and see that it is confirmed."""
        if (not self.reference or self.is_paid) and not self.hold():
            return False
        booking = self.ask(self.of_booking(), "booking API")
        options = [one for one in (booking or {}).get("payment_options", ()) if one["gateway"] == "sandbox"]
        if not options:
            return False
        body = {"gateway": "sandbox", "purpose": options[0]["purpose"], "card": "success"}
        if self.act(self.of_booking("pay"), "pay API", body) is None:
            return False
        self.is_paid = True
        self.ask(self.of_booking(), "booking API", status="confirmed")
        return True

    @task(100)
    def change(self) -> None:
        """Come alone instead of with another."""
        if (not self.is_paid or self.is_changed) and not self.pay():
            return
        preview = self.act(self.of_booking("change/preview"), "change preview API", {"adults": 1}, key=False)
        if preview is not None:
            body = {"adults": 1, "expected_total": preview["after_total"]}
            self.is_changed = self.act(self.of_booking("change"), "change API", body) is not None

    @task(150)
    def cancel(self) -> None:
        """Call it off, and leave."""
        if not self.reference and not self.hold():
            return
        self.act(self.of_booking("cancel"), "cancel API", {"reason": "Load"})
        self.arrive()

    @task(100)
    def wait_for_a_room(self) -> None:
        """Wait for what is sold out."""
        if not sold_out:
            self.available()
            return
        self.act(
            "/api/v1/waitlist/",
            "waitlist API",
            {**random.choice(sold_out), "adults": 2, "guest": new_guest()},
        )

    def of_booking(self, what: str = "") -> str:
        """An address of the booking."""
        return f"/api/v1/bookings/{self.reference}/{what}{'/' if what else ''}"

    def headers(self) -> dict[str, str]:
        """What each request about a booking brings."""
        return READABLE | self.address | ({"X-Booking-Token": self.token} if self.token else {})

    def ask(self, path: str, name: str, *, status: str = "") -> dict[str, Any] | None:
        """Read something of a booking that must be there, in this status; None if it is not."""
        with self.client.get(path, name=name, headers=self.headers(), catch_response=True) as response:
            if response.status_code != HTTPStatus.OK:
                self.fault(response, name, _code(response))
                return None
            answer: dict[str, Any] = response.json()
            if status and answer["status"] != status:
                self.fault(response, name, f"{answer['status']}, not {status}")
                return None
            response.success()
            if status:
                done[status] += 1
            return answer

    def act(self, path: str, name: str, body: dict[str, Any], *, key: bool = True) -> dict[str, Any] | None:
        """Do something; the answer, None if it was refused."""
        headers = self.headers() | {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        with self.client.post(
            path, name=name, data=json.dumps(body), headers=headers, catch_response=True
        ) as response:
            if response.status_code in GOOD:
                response.success()
                done[name] += 1
                answer: dict[str, Any] = response.json()
                return answer
            code = _code(response)
            if code in REFUSALS:
                self.refusal(response, name, code)
            else:
                self.fault(response, name, code)
        return None


def _code(response: Any) -> str:
    try:
        return str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return ""
