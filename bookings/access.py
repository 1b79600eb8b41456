"""The secret that opens a booking without a log-in.

It is derived from the reference with the site's secret key, so that a mail written later can carry it, although the
database holds nothing but its hash. 256 bits, and worthless to who only has the database.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.encoding import force_bytes

from core.references import token_matches

if TYPE_CHECKING:
    from .models import Booking

TOKEN_PURPOSE = "bookings.access"  # noqa: S105 - a purpose, not a secret


def access_token_new(reference: str) -> str:
    """The token of a booking that is being made."""
    return _token(reference, settings.SECRET_KEY)


def access_token_of(booking: Booking) -> str:
    """The booking's token, or "" if it cannot be derived any more (imported, or the key was rotated away)."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(booking.reference, key)
        if token_matches(token, booking.access_token_hash):
            return token
    return ""


def _token(reference: str, key: str | bytes) -> str:
    return secret_derive(TOKEN_PURPOSE, reference, key)


def secret_derive(purpose: str, text: str, key: str | bytes | None = None) -> str:
    """A secret of 256 bits for a purpose, made from ``text`` with the site's key: nothing of it is stored."""
    key = settings.SECRET_KEY if key is None else key
    purpose_key = hashlib.sha256(f"{purpose}:".encode() + force_bytes(key)).digest()
    digest = hmac.new(purpose_key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def secret_matches(purpose: str, text: str, secret: str) -> bool:
    """Whether a secret was derived for this purpose and text, with the site's key or one it had before."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(
        hmac.compare_digest(secret_derive(purpose, text, key).encode(), secret.encode()) for key in keys
    )
