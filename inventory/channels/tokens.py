"""The secret in a feed's address: derived from a random nonce with the site's key, so that staff can see it again.

256 bits, and worthless to who only has the database: that holds the nonce and the token's hash.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import force_bytes

from core.references import token_matches

if TYPE_CHECKING:
    from inventory.models import CalendarFeed, SpaceFeed

TOKEN_PURPOSE = "inventory.calendar_feed"  # noqa: S105 - a purpose, not a secret
SPACE_TOKEN_PURPOSE = "inventory.space_feed"  # noqa: S105 - a purpose, not a secret


def feed_token_new(nonce: str) -> str:
    """The token of a nonce that was just drawn, for a room type."""
    return _token(TOKEN_PURPOSE, nonce, settings.SECRET_KEY)


def feed_url(feed: CalendarFeed) -> str:
    """The feed's absolute address, or "" if it cannot be derived any more (the key was rotated away)."""
    return _url(feed, TOKEN_PURPOSE, "inventory:calendar_feed")


def space_feed_token_new(nonce: str) -> str:
    """The token of a nonce that was just drawn, for a space."""
    return _token(SPACE_TOKEN_PURPOSE, nonce, settings.SECRET_KEY)


def space_feed_url(feed: SpaceFeed) -> str:
    """The same for the feed of a space."""
    return _url(feed, SPACE_TOKEN_PURPOSE, "bookings:space_feed")


def _url(feed: CalendarFeed | SpaceFeed, purpose: str, name: str) -> str:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(purpose, feed.nonce, key)
        if token_matches(token, feed.token_hash):
            return settings.SITE_URL + reverse(name, args=[token])
    return ""


def _token(purpose: str, nonce: str, key: str | bytes) -> str:
    purpose_key = hashlib.sha256(f"{purpose}:".encode() + force_bytes(key)).digest()
    digest = hmac.new(purpose_key, nonce.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
