"""Examples in the API description of webhooks and events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from core.api.schema import ProblemSerializer

PROBLEM = ProblemSerializer
URL = "https://pms.example/vacancy/hook"

EVENT_BODY: dict[str, Any] = {
    "id": "evt_5f0c2d7a9b3e4c61a8d2f4b6c8e0a1d3",
    "type": "booking.confirmed",
    "version": 1,
    "sequence": 4711,
    "created_at": "2026-11-21T02:14:05.120000+00:00",
    "property": {"id": 7, "slug": "casa-do-cais"},
    "subject": "booking:K7XM3PQR",
    "data": {
        "reference": "K7XM3PQR",
        "status": "confirmed",
        "version": 3,
        "room_type": 12,
        "rate_plan": 3,
        "arrival": "2026-12-29",
        "departure": "2027-01-01",
        "rooms": 1,
        "adults": 2,
        "children_ages": [4],
        "channel": "website",
        "total": {"amount": "450.00", "currency": "EUR"},
        "fee": None,
        "hold_expires_at": "2026-11-21T02:29:00+00:00",
    },
}
ENDPOINT_BODY: dict[str, Any] = {
    "id": 5,
    "property": 7,
    "url": URL,
    "description": "Property management",
    "event_types": ["booking.confirmed", "booking.cancelled"],
    "owner": "it@casa.example",
    "is_enabled": True,
    "disabled_reason": "",
    "disabled_at": None,
    "failing_since": None,
    "last_success_at": "2026-11-21T02:14:06Z",
    "last_failure_at": None,
    "created_at": "2026-11-20T12:00:00Z",
}
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105
DELIVERY_BODY: dict[str, Any] = {
    "id": 99,
    "webhook_id": EVENT_BODY["id"],
    "type": EVENT_BODY["type"],
    "sequence": EVENT_BODY["sequence"],
    "subject": EVENT_BODY["subject"],
    "status": "pending",
    "attempts": 1,
    "resends": 0,
    "created_at": "2026-11-21T02:14:05Z",
    "delivered_at": None,
    "next_attempt_at": "2026-11-21T02:14:11Z",
}
ATTEMPT_BODY: dict[str, Any] = {
    "number": 1,
    "started_at": "2026-11-21T02:14:05Z",
    "seconds": 0.212,
    "url": URL,
    "address": "192.0.2.7",
    "request_headers": {
        "Content-Type": "application/json",
        "webhook-id": EVENT_BODY["id"],
        "webhook-timestamp": "1795227245",
    },
    "answer_status": 503,
    "answer_headers": {"content-type": "text/plain"},
    "answer_body": "Down for maintenance",
    "error": "status_503",
}


def _answer(name: str, value: Any, status: str = "200") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


ENDPOINT = _answer("An endpoint", ENDPOINT_BODY)
ENDPOINT_NEW = OpenApiExample(
    "For one property",
    value={
        "url": URL,
        "property": 7,
        "description": "Property management",
        "event_types": ["booking.confirmed", "booking.cancelled"],
    },
    request_only=True,
)
ENDPOINT_MADE = _answer("With its secret", ENDPOINT_BODY | {"secret": SECRET}, "201")
ENDPOINT_ROTATED = _answer("With its new secret", ENDPOINT_BODY | {"secret": SECRET})
ENDPOINT_CHANGE = OpenApiExample("Switch it on", value={"is_enabled": True}, request_only=True)
DELIVERY = _answer("One that failed once", DELIVERY_BODY)
DELIVERY_ACCEPTED = _answer("On its way", DELIVERY_BODY | {"attempts": 0, "next_attempt_at": None}, "202")
DELIVERY_DETAILS = _answer(
    "With its attempts", DELIVERY_BODY | {"attempt_log": [ATTEMPT_BODY], "payload": EVENT_BODY}
)
RANGE = OpenApiExample(
    "What was missed since a number", value={"after": 4700, "is_missing_only": True}, request_only=True
)
RESENT = _answer("Accepted", {"events": 11}, "202")
EVENTS = _answer(
    "The end of the list",
    {"events": [EVENT_BODY], "next_after": 4711, "oldest": 1200, "last": 4711, "has_more": False},
)
TOO_OLD = OpenApiExample(
    "Too old",
    value={
        "type": "urn:vacancy:problem:cursor_too_old",
        "title": "Gone",
        "status": 410,
        "detail": "Events after this number are not kept any more.",
        "instance": "/api/v1/events/",
        "code": "cursor_too_old",
        "errors": [
            {
                "field": "after",
                "code": "cursor_too_old",
                "message": "Events after this number are not kept any more.",
            }
        ],
        "data": {"oldest": 1200, "last": 4711},
        "timestamp": "2026-11-21T02:14:05Z",
        "request_id": "01J9Z7Q4W8",
    },
    response_only=True,
    status_codes=["410"],
)
