"""The secrets that open an entry and an offer without a log-in.

Derived from the reference with the site's secret key, as those of bookings are: a mail written later can carry them,
although the database holds nothing but their hashes.
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
    from .models import WaitlistEntry, WaitlistOffer

ENTRY_PURPOSE = "waitlist.entry"
OFFER_PURPOSE = "waitlist.offer"


def entry_token_new(reference: str) -> str:
    """The token of an entry that is being made."""
    return _token(ENTRY_PURPOSE, reference, settings.SECRET_KEY)


def offer_token_new(reference: str) -> str:
    """The token of an offer that is being made."""
    return _token(OFFER_PURPOSE, reference, settings.SECRET_KEY)


def entry_token_of(entry: WaitlistEntry) -> str:
    """The entry's token, or "" if it cannot be derived any more (the key was rotated away)."""
    return _token_of(ENTRY_PURPOSE, entry)


def offer_token_of(offer: WaitlistOffer) -> str:
    """The offer's token, or "" if it cannot be derived any more (the key was rotated away)."""
    return _token_of(OFFER_PURPOSE, offer)


def _token_of(purpose: str, row: WaitlistEntry | WaitlistOffer) -> str:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(purpose, row.reference, key)
        if token_matches(token, row.access_token_hash):
            return token
    return ""


def _token(purpose: str, reference: str, key: str | bytes) -> str:
    purpose_key = hashlib.sha256(f"{purpose}:".encode() + force_bytes(key)).digest()
    digest = hmac.new(purpose_key, reference.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
