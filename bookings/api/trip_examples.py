"""Examples in the API description of trips."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from inventory.api.examples import money, shown

from .examples import REFERENCE, SITE

TRIP: dict[str, Any] = {
    "reference": "TR9PQA4C",
    "title": "Porto and Lisbon",
    "notes": "The train to Lisbon leaves at 9:52.",
    "stays": [
        {
            "reference": REFERENCE,
            "status": "held",
            "property": "casa-da-ribeira-porto",
            "room_type": "Double room",
            "arrival": "2027-03-05",
            "departure": "2027-03-07",
            "rooms": 1,
            "paid": money("0.00"),
            "due": money("214.00"),
            "needs_guest": False,
        }
    ],
    "totals": [{"total": money("214.00"), "paid": money("0.00"), "due": money("214.00")}],
    "payment_options": [
        {
            "gateway": "stripe",
            "label": "Card",
            "purpose": "total",
            "amount": money("214.00"),
            "is_guarantee": False,
        }
    ],
    "share_url": "",
    "shares_prices": False,
    "shares_guests": False,
    "calendar_url": "",
    "created_at": "2026-11-20T12:00:00Z",
}
LINE = shown(
    "A trip",
    {
        "reference": "TR9PQA4C",
        "title": "Porto and Lisbon",
        "bookings": 2,
        "first_arrival": "2027-03-05",
        "last_departure": "2027-03-11",
        "created_at": "2026-11-20T12:00:00Z",
    },
)
READ = shown("A trip", TRIP)
MADE = shown("A trip", TRIP, status="201")
MAKE = OpenApiExample(
    "Two bookings", value={"title": "", "notes": "", "bookings": [REFERENCE, "M4TQ7RWC"]}, request_only=True
)
CHANGE = OpenApiExample("Another name", value={"title": "Portugal"}, request_only=True)
SHARE = OpenApiExample("Without prices", value={"prices": False, "guests": False}, request_only=True)
PAY = OpenApiExample(
    "Everything that is due",
    value={"gateway": "stripe", "purpose": "total", "expected_total": money("214.00")},
    request_only=True,
)
SHARED = shown("Shared", TRIP | {"share_url": f"{SITE}/trips/TR9PQA4C/shared/3q2-7w/"})
