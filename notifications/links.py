"""The links that stand in every mail which can be declined. They name nobody and do not run out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from .models import MailSubscription


def unsubscribe_url(subscription: MailSubscription) -> str:
    """The absolute address where these mails are declined, without logging in."""
    token = _signer().sign(subscription.key.hex)
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=[token])


def subscription_key(token: str) -> UUID | None:
    """The key of a link's token; None if it is not one of ours."""
    try:
        return UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(salt="notifications.unsubscribe", sep=".")
