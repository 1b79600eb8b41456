"""Stripe's events: the signature is checked with their SDK, and of the content only what finds the payment is kept.

An event repeats whole objects, with names, addresses and the client secret; none of it is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import stripe

from payments.exceptions import EventInvalid
from payments.gateways.base import EVENT_MAX_AGE_SECONDS, ProviderEvent

from .reading import KEY_NAME

HEADER = "Stripe-Signature"


def event_verify(*, body: bytes, header: str, secrets: Iterable[str], at: datetime) -> None:
    """Raise `EventInvalid` unless one of the secrets signed the body at most 300 s before or after ``at``."""
    if not any(_is_signed(body, header, secret) for secret in secrets):
        raise EventInvalid
    # the first one, as the SDK takes: a second is not covered by the signature
    signed_at = next(part[2:] for part in header.split(",") if part.startswith("t="))
    if abs(at.timestamp() - int(signed_at)) > EVENT_MAX_AGE_SECONDS:
        raise EventInvalid(data={"reason": "too_old"})


def event_read(body: bytes) -> ProviderEvent:
    """Read a verified event. Raises `EventInvalid` for what is none."""
    try:
        event = json.loads(body)
        about = event["data"]["object"]
        return ProviderEvent(
            event_id=str(event["id"]),
            type=str(event["type"]),
            provider_reference=_intent_of(about),
            provider_session=str(about["id"]) if about.get("object") == "checkout.session" else "",
            payment_key=str((about.get("metadata") or {}).get(KEY_NAME, ""))[:80],
            payload={
                "id": event["id"],
                "type": event["type"],
                "created": event.get("created"),
                "livemode": event.get("livemode"),
                "object": about.get("object"),
                "object_id": about.get("id"),
                "object_status": about.get("status"),
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EventInvalid from None


def _intent_of(about: Mapping[str, Any]) -> str:
    intent = about["id"] if about.get("object") == "payment_intent" else about.get("payment_intent")
    if isinstance(intent, Mapping):
        intent = intent["id"]
    return str(intent or "")


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    """Whether a secret of ours made the signature; its age is looked at apart, because time is given."""
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None))
    except (stripe.SignatureVerificationError, ValueError):
        return False
