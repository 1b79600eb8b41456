"""Messages with everything they need."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from notifications.models import Notification
from notifications.services import notification_enqueue
from notifications.types import BookingConfirmedContext, BookingContext


def booking_context(**fields: Any) -> BookingContext:
    """A stay of three nights in Lisbon."""
    context: BookingContext = {
        "reference": "VQ7KM2XD",
        "guest_name": "Ana <b>Souza</b> & Co",
        "url": "https://vacancy.example/booking/VQ7KM2XD/?token=secret",
        "property": {
            "name": "Casa do Cais",
            "address": "Rua da Prata 12",
            "postal_code": "1100-420",
            "city": "Lisbon",
            "country": "PT",
            "email": "stay@casa.example",
            "phone": "+351 21 000 0000",
            "time_zone": "Europe/Lisbon",
            "arrival_from": "15:00",
            "departure_until": "11:00",
            "url": "https://vacancy.example/hotels/casa-do-cais/",
        },
        "stay": {
            "arrival": "2026-05-29",
            "departure": "2026-06-01",
            "nights": 3,
            "rooms": 1,
            "adults": 2,
            "children_ages": [4],
            "room_type": "River view double",
            "rate_plan": "Flexible",
            "board": "Breakfast included",
            "arrival_time": "18:30",
            "special_requests": "A cot, please",
        },
        "currency": "EUR",
    }
    return context | fields  # type: ignore[return-value]


def confirmed_context(**fields: Any) -> BookingConfirmedContext:
    """The same stay, confirmed with a deposit of one night."""
    context = {
        "lines": [
            {
                "kind": "room",
                "label": "River view double, Flexible",
                "date": f"2026-05-{day}",
                "amount": amount,
                "is_included": False,
            }
            for day, amount in (("29", "150.00"), ("30", "165.00"), ("31", "135.00"))
        ]
        + [
            {
                "kind": "member_discount",
                "label": "Member discount 5 %",
                "date": None,
                "amount": "-22.50",
                "is_included": False,
            },
            {"kind": "tax", "label": "VAT 6 %", "date": None, "amount": "24.20", "is_included": True},
        ],
        "total": "427.50",
        "paid": "150.00",
        "due": "277.50",
        "free_until": "2026-05-26T14:00:00+00:00",
        "cancellation": [
            {"until": "2026-05-26T14:00:00+00:00", "fee": "0.00"},
            {"until": None, "fee": "427.50"},
        ],
        "no_show_fee": "427.50",
    }
    return booking_context(**context | fields)  # type: ignore[return-value]


def notification(*, type: str = "booking_confirmed", **fields: Any) -> Notification:  # noqa: A002
    """A message in the outbox."""
    arguments: dict[str, Any] = {
        "recipient": "ana@example.com",
        "context": confirmed_context(),
        "dedup_key": str(uuid4()),
    }
    enqueued = notification_enqueue(type=type, **arguments | fields)
    assert enqueued is not None
    return enqueued
