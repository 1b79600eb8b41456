"""How the sandbox signs its events: HMAC-SHA256 over time and body, with a secret derived from SECRET_KEY."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime

from django.utils.crypto import salted_hmac

from payments.exceptions import EventInvalid
from payments.gateways.base import EVENT_MAX_AGE_SECONDS

HEADER = "X-Sandbox-Signature"
_SALT = "payments.gateways.sandbox.events"


def event_sign(*, body: bytes, at: datetime) -> dict[str, str]:
    """Return the header that proves an event's origin and time: ``t=<seconds since 1970>,v1=<hex digest>``."""
    timestamp = str(int(at.timestamp()))
    return {HEADER: f"t={timestamp},v1={_digest(timestamp, body)}"}


def event_verify(*, body: bytes, headers: Mapping[str, str], at: datetime) -> None:
    """Raise `EventInvalid` unless the body was signed by the sandbox at most 300 s before or after ``at``."""
    names = {name.lower(): value for name, value in headers.items()}
    parts = dict(part.partition("=")[::2] for part in names.get(HEADER.lower(), "").split(","))
    timestamp, signature = parts.get("t", ""), parts.get("v1", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise EventInvalid
    if not hmac.compare_digest(_digest(timestamp, body).encode(), signature.encode()):
        raise EventInvalid
    if abs(at.timestamp() - int(timestamp)) > EVENT_MAX_AGE_SECONDS:
        raise EventInvalid(data={"reason": "too_old"})


def _digest(timestamp: str, body: bytes) -> str:
    return salted_hmac(_SALT, timestamp.encode() + b"." + body, algorithm="sha256").hexdigest()
