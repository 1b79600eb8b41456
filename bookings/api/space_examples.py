"""Examples in the API description of spaces by the hour."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from inventory.api.examples import money, shown

from .examples import REFERENCE, SITE

SPACE: dict[str, Any] = {
    "id": 4,
    "slug": "salon-tejo",
    "name": "Salon Tejo",
    "description": "Daylight, and a view of the river.",
    "building": "Main building",
    "floor": "1",
    "capacity": 12,
    "equipment": [{"code": "projector", "name": "Projector"}],
    "hourly_price": money("40.00"),
    "min_minutes": 60,
    "max_minutes": 480,
    "step_minutes": 30,
    "needs_approval": False,
    "needs_check_in": True,
    "free_cancellation_hours": 24,
    "cancellation_fee_percent": 100,
    "opening_hours": [{"weekday": 0, "opens": "08:00", "closes": "20:00"}],
}
TIME = {"start": "2027-05-10T07:00:00Z", "end": "2027-05-10T09:00:00Z"}
FREE_DAY = {
    "day": "2027-05-10",
    "free": [TIME],
    "starts": [{"start": TIME["start"], "max_minutes": 120}],
}
WISH: dict[str, Any] = {
    "space": 4,
    "start": "2027-05-10T09:00:00+02:00",
    "minutes": 120,
    "persons": 8,
    "purpose": "Board meeting",
    "equipment": ["projector"],
}
QUOTE = {
    "total": money("80.00"),
    "occurrences": [
        {"day": "2027-05-10", **TIME, "is_free": True, "total": money("80.00"), "problem": None},
        {
            "day": "2027-05-17",
            "start": "2027-05-17T07:00:00Z",
            "end": "2027-05-17T09:00:00Z",
            "is_free": False,
            "total": money("80.00"),
            "problem": {"code": "space_taken", "message": "This time is taken.", "data": {"taken": []}},
        },
    ],
}
BOOKING: dict[str, Any] = {
    "reference": REFERENCE,
    "status": "held",
    "property": "pousada-do-rossio-lisbon",
    "space": 4,
    "space_name": "Salon Tejo",
    "series": None,
    **TIME,
    "persons": 8,
    "purpose": "Board meeting",
    "equipment": ["projector"],
    "guest_name": "Ana Souza",
    "total": money("80.00"),
    "stay": None,
    "hold_expires_at": "2027-05-03T10:15:00Z",
    "reason": "",
    "cancellation_fee": None,
    "version": 0,
}
CANCELLED = BOOKING | {"status": "cancelled", "hold_expires_at": None, "cancellation_fee": money("0.00")}
BOOK = WISH | {
    "expected_total": money("80.00"),
    "guest": {"name": "Ana Souza", "email": "ana@example.com"},
}


def sent(name: str, value: Any) -> OpenApiExample:
    """An example of what is sent."""
    return OpenApiExample(name, value=value, request_only=True)


SPACES = shown("A meeting room", SPACE)
FREE = shown("A day", FREE_DAY)
QUOTE_REQUEST = sent("Every week", WISH | {"repeat": {"rule": "FREQ=WEEKLY;COUNT=2"}})
QUOTED = shown("One of two is taken", QUOTE)
BOOK_REQUEST = sent("Two hours", BOOK)
BOOKED = shown(
    "Kept for a quarter of an hour",
    {"reference": REFERENCE, "bookings": [BOOKING], "access_token": "hYtD…"},
    status="201",
)
LINE = shown("A booking", BOOKING)
READ = shown("A booking", BOOKING)
DONE = shown("One booking", {"reference": REFERENCE, "bookings": [CANCELLED]})
CANCEL = sent("At the fee that was shown", {"expected_fee": money("0.00"), "reason": "Other plans"})
CHANGE = sent("An hour later", {"start": "2027-05-10T10:00:00+02:00", "expected_total": money("80.00")})
DECIDE = sent("No", {"reason": "The painters are in."})
FEED = shown(
    "Where it is",
    {
        "space_id": 4,
        "address": f"{SITE}/space-calendars/secret.ics",
        "rotated_at": "2027-01-02T08:00:00Z",
    },
)
