"""Examples in the API description of reviews."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

from inventory.api.examples import shown

from .examples import REFERENCE

POINTS = {"cleanliness": 5, "comfort": 4, "location": 5, "staff": 5, "value": 4}
REVIEW: dict[str, Any] = {
    "id": 38,
    "author_name": "Ada",
    "author_country": "GB",
    "language": "en",
    "title": "Quiet, and the breakfast!",
    "text": "Our room looked over the garden. We slept with the window open.",
    "score": "4.60",
    "points": POINTS,
    "published_at": "2027-03-10T09:00:00Z",
    "reply": "Thank you, Ada. The window is yours again whenever you like.",
    "replied_at": "2027-03-11T08:30:00Z",
}
OWN_REVIEW = REVIEW | {
    "reference": REFERENCE,
    "property": "casa-da-ribeira-porto",
    "status": "published",
    "submitted_at": "2027-03-09T19:20:00Z",
    "rejection_reason": "",
    "version": 2,
}
SENT = {"points": POINTS, "title": REVIEW["title"], "text": REVIEW["text"]}
PENDING = {"status": "pending", "published_at": None, "reply": "", "replied_at": None, "version": 0}

PUBLIC = shown("A review with a reply", REVIEW)
OWN = shown("A published review", OWN_REVIEW)
WRITE = OpenApiExample("A review", value=SENT | {"language": "en"}, request_only=True)
WRITTEN = shown("It waits for moderation", OWN_REVIEW | PENDING, status="201")
CHANGE = OpenApiExample("Another word", value=SENT | {"version": 0}, request_only=True)
MODERATE = OpenApiExample("Publish", value={"publish": True, "version": 0}, request_only=True)
REPLY = OpenApiExample("A reply", value={"text": REVIEW["reply"]}, request_only=True)
REPORT = OpenApiExample(
    "An insult", value={"reason": "offensive", "text": "It insults a member of staff."}, request_only=True
)
REPORTED = shown(
    "Noted",
    {
        "reason": "offensive",
        "text": "It insults a member of staff.",
        "status": "open",
        "created_at": "2027-03-12T10:00:00Z",
    },
    status="201",
)
