"""The secret address of a space's calendar. What is handed out there, bookings know."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.utils import timezone

from accounts.models import User
from accounts.selectors import operation_require
from core.references import token_hash, token_new
from inventory.channels.tokens import space_feed_token_new
from inventory.models import Space, SpaceFeed
from inventory.selectors.spaces import UnknownSpace

logger = structlog.get_logger(__name__)


def space_feed_get(*, space_id: int) -> SpaceFeed:
    """The feed of a space, made when it is first asked for. One to four queries. Raises `UnknownSpace`."""
    feed = SpaceFeed.objects.filter(space_id=space_id).first()
    if feed is not None:
        return feed
    if not Space.objects.filter(pk=space_id).exists():
        raise UnknownSpace
    SpaceFeed.objects.bulk_create([SpaceFeed(space_id=space_id, **_secret())], ignore_conflicts=True)
    return SpaceFeed.objects.get(space_id=space_id)


def space_feed_rotate(*, space_id: int, actor: User, at: datetime | None = None) -> SpaceFeed:
    """Give a feed another address; the one before is gone at once. Raises `UnknownSpace`, `PermissionDenied`."""
    property_id = Space.objects.filter(pk=space_id).values_list("property_id", flat=True).first()
    if property_id is None:
        raise UnknownSpace
    operation_require(actor, property_id, "space_feed_rotate")
    feed = space_feed_get(space_id=space_id)
    SpaceFeed.objects.filter(pk=feed.pk).update(**_secret(), rotated_at=at or timezone.now())
    logger.info("space_feed_rotated", space_id=space_id, actor_id=actor.pk)
    feed.refresh_from_db()
    return feed


def _secret() -> dict[str, str]:
    nonce = token_new()
    return {"nonce": nonce, "token_hash": token_hash(space_feed_token_new(nonce))}
