"""The secret that opens a price alert without a log-in, and the addresses that carry it.

It is derived from the alert's reference with the site's secret key and stored nowhere, so that a mail written later can
carry it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import force_bytes

from core.dates import StayDates
from inventory.forms import stay_query
from inventory.types import Party

if TYPE_CHECKING:
    from inventory.models import Property

    from .models import PriceAlert

TOKEN_PURPOSE = "waitlist.alerts"  # noqa: S105 - a purpose, not a secret


def alert_token(reference: str) -> str:
    """Return the token of an alert: 256 bits."""
    return _token(reference, settings.SECRET_KEY)


def alert_token_matches(reference: str, token: str) -> bool:
    """Whether a token opens an alert, by the key of today or an older one that still counts."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_token(reference, key).encode(), token.encode()) for key in keys)


def alert_url(alert: PriceAlert) -> str:
    """Return the absolute address at which an alert is confirmed, changed and deleted without a log-in."""
    path = reverse("waitlist:alert_by_token", args=[alert.reference, alert_token(alert.reference)])
    return settings.SITE_URL + path


def book_url(*, house: Property, stay: StayDates, party: Party) -> str:
    """Return the absolute address of what a house offers for a stay."""
    query = stay_query(stay=stay, party=party).urlencode()
    return f"{settings.SITE_URL}{reverse('inventory:property', args=[house.slug])}?{query}#rooms"


def _token(reference: str, key: str | bytes) -> str:
    purpose_key = hashlib.sha256(f"{TOKEN_PURPOSE}:".encode() + force_bytes(key)).digest()
    digest = hmac.new(purpose_key, reference.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
