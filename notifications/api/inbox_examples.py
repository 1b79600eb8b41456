"""Examples in the API description of inbox and choices."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

MESSAGE = {
    "id": 4711,
    "type": "booking_confirmed",
    "category": "service",
    "subject": "Your booking K7XM3PQR at Casa do Cais, Fri, 5 Mar 2027",
    "text": "Dear Ada Lovelace,\n\nYour booking at Casa do Cais is confirmed.\n",
    "url": "https://hotels.example/booking/K7XM3PQR/",
    "language": "en",
    "created_at": "2026-11-20T12:00:00Z",
    "read_at": None,
}
INBOX_MESSAGE = OpenApiExample("A message", value=MESSAGE, response_only=True, status_codes=["200"])
INBOX_READ = OpenApiExample(
    "Read", value=MESSAGE | {"read_at": "2026-11-20T12:30:00Z"}, response_only=True, status_codes=["200"]
)
ALL_READ = OpenApiExample("Three were new", value={"read": 3}, response_only=True, status_codes=["200"])
UNREAD = OpenApiExample("Three are new", value={"unread": 3}, response_only=True, status_codes=["200"])
CHOICES = OpenApiExample(
    "Two kinds of messages",
    value=[
        {
            "category": "service",
            "label": "Bookings and payments",
            "choices": [{"channel": "email", "is_on": True, "is_locked": True, "decided_at": None}],
        },
        {
            "category": "marketing",
            "label": "Offers and news",
            "choices": [
                {
                    "channel": "email",
                    "is_on": True,
                    "is_locked": False,
                    "decided_at": "2026-11-20T12:00:00Z",
                }
            ],
        },
    ],
    response_only=True,
    status_codes=["200"],
)
CHOICES_CHANGE = OpenApiExample(
    "Ask for offers by e-mail",
    value={"choices": [{"category": "marketing", "channel": "email", "is_on": True}]},
    request_only=True,
)
