"""Examples in the API description of bookings and payments."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample

from core.api.schema import ProblemSerializer, problem_example
from inventory.api.examples import (
    DOUBLE,
    FLEXIBLE,
    HOUSE,
    PARTY,
    QUOTE,
    QUOTE_REQUEST,
    STAY,
    TERMS,
    money,
    shown,
)

PROBLEM = ProblemSerializer

REFERENCE = "K7XM3PQR"
SITE = "https://hotels.example"
API = f"{SITE}/api/v1/bookings/{REFERENCE}/"
TOKEN = "dGhpcyBpcyBub3QgYSB0b2tlbiBidXQgbG9va3MgbGlrZQ"  # noqa: S105
GUEST = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+442079460018",
    "country": "GB",
    "language": "en",
    "special_requests": "A quiet room, please.",
    "arrival_time": "18:30:00",
}


def problem(name: str, status: int, code: str, detail: str, data: dict[str, Any]) -> OpenApiExample:
    """An example of a refusal."""
    document = problem_example(409, "/api/v1/bookings/") | {
        "type": f"urn:vacancy:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "data": data,
    }
    return OpenApiExample(name, value=document, response_only=True, status_codes=[str(status)])


BOOKING: dict[str, Any] = {
    "reference": REFERENCE,
    "status": "held",
    "version": 0,
    "hold_expires_at": "2026-11-20T12:15:00Z",
    "property": HOUSE,
    "room_type": DOUBLE,
    "rate_plan": FLEXIBLE,
    **STAY,
    "rooms": 1,
    "adults": 2,
    "children_ages": [7],
    "guest": GUEST,
    "channel": "api",
    "room_total": money("214.00"),
    "tax_added": money("0.00"),
    "total": money("214.00"),
    "deposit_due": money("64.20"),
    "lines": QUOTE.value["lines"],
    "cancellation_terms": TERMS,
    "cancellation_fee": None,
    "created_at": "2026-11-20T12:00:00Z",
    "confirmed_at": None,
    "cancelled_at": None,
    "links": {
        "self": API,
        "guest": f"{API}guest/",
        "pay": f"{API}pay/",
        "payments": f"{API}payments/",
        "cancellation": f"{API}cancellation/",
        "cancel": f"{API}cancel/",
        "calendar": f"{API}calendar.ics",
        "page": f"{SITE}/booking/{REFERENCE}/",
    },
}
MONEY = {
    "balance": money("214.00"),
    "paid": money("0.00"),
    "refunded": money("0.00"),
    "refunds_pending": money("0.00"),
    "is_guaranteed": False,
    "is_waiting": False,
}
OPTIONS = [
    {
        "gateway": "sandbox",
        "label": "Card",
        "purpose": purpose,
        "amount": money(amount),
        "is_guarantee": False,
    }
    for purpose, amount in (("deposit", "64.20"), ("total", "214.00"))
]
PAYMENT = {
    "id": 77,
    "status": "captured",
    "gateway": "sandbox",
    "method": "card",
    "purpose": "deposit",
    "amount": money("64.20"),
    "redirect_url": "",
    "failure_code": "",
    "created_at": "2026-11-20T12:05:00Z",
    "captured_at": "2026-11-20T12:05:01Z",
}
REFUND = {
    "amount": money("64.20"),
    "status": "succeeded",
    "reason": "Refund after cancellation",
    "created_at": "2026-11-21T09:00:00Z",
}

BOOKING_LINE = shown(
    "A booking",
    {
        name: value
        for name, value in BOOKING.items()
        if name in ("reference", "status", "property", "room_type", "rate_plan", "arrival", "departure")
    }
    | {
        "rooms": 1,
        "adults": 2,
        "children_ages": [7],
        "guest_name": "Ada Lovelace",
        "channel": "api",
        "total": money("214.00"),
        "balance": money("214.00"),
        "hold_expires_at": "2026-11-20T12:15:00Z",
        "created_at": "2026-11-20T12:00:00Z",
    },
)
BOOKING_REQUEST = OpenApiExample(
    "A guest books",
    value=QUOTE_REQUEST.value | {"expected_total": money("214.00"), "guest": GUEST, "terms_accepted": True},
    request_only=True,
)
BOOKING_BY_STAFF = OpenApiExample(
    "Staff book for a guest",
    value=QUOTE_REQUEST.value
    | PARTY
    | {"expected_total": money("214.00"), "guest": {"name": "Ada Lovelace"}, "channel": "staff"},
    request_only=True,
)
HELD = shown("A hold", BOOKING | {"access_token": TOKEN}, status="201")
BOOKING_REFUSALS = [
    problem(
        "Sold out",
        409,
        "sold_out",
        "There are not enough rooms left for these dates.",
        {"nights": ["2027-03-05"], "room_type_id": 12, "rooms": 1},
    ),
    problem("Minimum stay", 409, "min_stay", "The minimum stay is 3 nights.", {"min_stay": 3}),
    problem(
        "Another price",
        409,
        "quote_changed",
        "The price has changed. Please check the new price.",
        {"quote": {"total": "228.00", "currency": "EUR"}},
    ),
]
NO_VERSION = problem(
    "No version",
    428,
    "version_required",
    "Say which version you have read: send its ETag in If-Match, or `version`.",
    {},
)
NOT_FOUND = problem("Wrong or foreign", 404, "booking_not_found", "We could not find this booking.", {})
LOOKUP = OpenApiExample(
    "By reference and e-mail address",
    value={"reference": REFERENCE, "email": "ada@example.com"},
    request_only=True,
)
DETAILS = shown("A hold", BOOKING | {"money": MONEY, "payment_options": OPTIONS})
OPENED = shown("Found", DETAILS.value | {"access_token": TOKEN})
GUEST_CHANGE = OpenApiExample(
    "Another phone number", value={"version": 0, "phone": "+442079460019"}, request_only=True
)
CALENDAR_FILE = OpenApiExample(
    "A calendar file",
    value="BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n",
    response_only=True,
    status_codes=["200"],
    media_type="text/calendar",
)
PAY = OpenApiExample(
    "The deposit by card",
    value={"gateway": "sandbox", "purpose": "deposit", "card": "success"},
    request_only=True,
)
PAY_STRIPE = OpenApiExample(
    "By Stripe's field in a page of one's own",
    value={"gateway": "stripe", "purpose": "total", "card": "element"},
    request_only=True,
)
PAID = shown("Captured", PAYMENT)
PAYMENT_WAITING = shown(
    "The bank wants a confirmation",
    PAYMENT
    | {
        "status": "requires_action",
        "redirect_url": f"{SITE}/dev/bank/sb_5f1c/",
        "captured_at": None,
    },
    status="202",
)
PAYMENT_TO_FINISH = shown(
    "Stripe's field wants a card",
    PAYMENT
    | {
        "status": "requires_action",
        "gateway": "stripe",
        "captured_at": None,
        "client_secret": "pi_…_secret_…",
        "publishable_key": "pk_live_…",
    },
    status="202",
)
DECLINED = problem(
    "Declined",
    402,
    "payment_declined",
    "The payment was declined. Please try another card.",
    {"failure_code": "card_declined"},
)
PAYMENT_HISTORY = shown("Paid and refunded", PAYMENT | {"refunds": [REFUND]})
PREVIEW = shown(
    "Free until two days before",
    {
        "is_possible": True,
        "fee": money("0.00"),
        "refund": money("64.20"),
        "due": money("0.00"),
        "free_until": "2027-03-03T14:00:00Z",
        "steps": [
            {"until": "2027-03-03T14:00:00Z", "fee": money("0.00")},
            {"until": None, "fee": money("214.00")},
        ],
    },
)
CANCEL = OpenApiExample(
    "At the fee that was previewed",
    value={"expected_fee": money("0.00"), "reason": "Change of plans"},
    request_only=True,
)
CANCELLED = shown(
    "Cancelled",
    DETAILS.value
    | {
        "status": "cancelled",
        "version": 2,
        "cancellation_fee": money("0.00"),
        "confirmed_at": "2026-11-20T12:05:01Z",
        "cancelled_at": "2026-11-21T09:00:00Z",
        "payment_options": [],
    },
)
