"""Examples in the API description of the waitlist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from bookings.api.examples import GUEST, PROBLEM, TOKEN, problem
from inventory.api.examples import DOUBLE, FLEXIBLE, HOUSE, STAY, money

__all__ = ["PROBLEM"]

REFERENCE = "W7AM3PQR"
OFFER_REFERENCE = "F4GM3PQR"
WAITING_GUEST = {key: GUEST[key] for key in ("name", "email", "phone", "language")}

ENTRY: dict[str, Any] = {
    "reference": REFERENCE,
    "status": "waiting",
    "property": HOUSE,
    "room_type": None,
    **STAY,
    "flexible_days": 2,
    "rooms": 2,
    "adults": 4,
    "children_ages": [7],
    "max_total": money("600.00"),
    "guest": WAITING_GUEST,
    "priority": 0,
    "queued_at": "2026-11-20T12:00:00Z",
    "created_at": "2026-11-20T12:00:00Z",
    "ended_at": None,
}
OFFER: dict[str, Any] = {
    "reference": OFFER_REFERENCE,
    "status": "open",
    "entry": REFERENCE,
    "booking": "K7XM3PQR",
    "room_type": DOUBLE,
    "rate_plan": FLEXIBLE,
    **STAY,
    "rooms": 2,
    "total": money("428.00"),
    "expires_at": "2026-11-22T09:00:00Z",
    "answered_at": None,
    "created_at": "2026-11-21T09:00:00Z",
}
WISH = OpenApiExample(
    "Five guests, two rooms, two days either way",
    value={
        "property": HOUSE["id"],
        **STAY,
        "flexible_days": 2,
        "rooms": 2,
        "adults": 4,
        "children_ages": [7],
        "max_total": money("600.00"),
        "guest": WAITING_GUEST,
    },
    request_only=True,
)
JOINED = OpenApiExample(
    "On the list", value={**ENTRY, "access_token": TOKEN}, response_only=True, status_codes=["201"]
)
LINE = OpenApiExample("Somebody who waits", value=ENTRY, response_only=True, status_codes=["200"])
DETAILS = OpenApiExample(
    "The first in the queue",
    value={"entry": ENTRY, "place": {"before": 0, "waiting": 3}, "offer": None},
    response_only=True,
    status_codes=["200"],
)
LEFT = OpenApiExample(
    "Off the list",
    value={**ENTRY, "status": "left", "ended_at": "2026-11-20T15:00:00Z"},
    response_only=True,
    status_codes=["200"],
)
OPEN_OFFER = OpenApiExample("A room is kept", value=OFFER, response_only=True, status_codes=["200"])
ACCEPTED = OpenApiExample(
    "Taken, to be paid",
    value={
        **OFFER,
        "status": "accepted",
        "answered_at": "2026-11-21T10:00:00Z",
        "booking_status": "held",
        "booking_access_token": TOKEN,
    },
    response_only=True,
    status_codes=["200"],
)
DECLINE = OpenApiExample("Wait on", value={"keep_waiting": True}, request_only=True)
DECLINED = OpenApiExample(
    "Turned down",
    value={**OFFER, "status": "declined", "answered_at": "2026-11-21T10:00:00Z"},
    response_only=True,
    status_codes=["200"],
)
ROOMS_AVAILABLE = problem(
    "Nothing to wait for",
    409,
    "rooms_available",
    "You need not wait: there are rooms for these dates.",
    {"room_type": DOUBLE["id"], "rate_plan": FLEXIBLE["id"], **STAY, "total": money("428.00")},
)
OFFER_OVER = problem("Too late", 409, "offer_over", "This offer is over.", {"status": "expired"})
