"""Absolute addresses of the waitlist's pages, for mails and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from .access import entry_token_of, offer_token_of

if TYPE_CHECKING:
    from .models import WaitlistEntry, WaitlistOffer


def entry_url(entry: WaitlistEntry) -> str:
    """The entry's page, with the token that opens it."""
    return _absolute("waitlist:entry", entry.reference, token=entry_token_of(entry))


def offer_url(offer: WaitlistOffer, *, answer: str = "") -> str:
    """The offer's page, with the token that opens it; ``answer`` ("accept", "decline") is what it asks for."""
    return _absolute("waitlist:offer", offer.reference, token=offer_token_of(offer), answer=answer)


def _absolute(view: str, reference: str, **query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    path = reverse(view, args=[reference])
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(given)}" if given else "")
