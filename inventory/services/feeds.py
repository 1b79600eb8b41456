"""Our calendar feeds: their secret addresses, and what is handed out at them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import User
from core.exceptions import NotFound
from core.references import token_hash, token_new
from inventory.channels import Occupancy, feed_write
from inventory.channels.tokens import feed_token_new
from inventory.exceptions import UnknownRoomType
from inventory.models import CalendarFeed, RoomType
from inventory.selectors.feeds import feed_by_token, feed_occupancies

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """A feed as it is handed out. ``changed_at``: when it last said something else, None where nobody counts."""

    body: bytes
    etag: str
    changed_at: datetime | None
    filename: str


def feed_get(*, room_type_id: int) -> CalendarFeed:
    """The feed of a room type, made when it is first asked for. One to four queries. Raises `UnknownRoomType`."""
    feed = CalendarFeed.objects.filter(room_type_id=room_type_id).first()
    if feed is not None:
        return feed
    if not RoomType.objects.filter(pk=room_type_id).exists():
        raise UnknownRoomType
    fresh = CalendarFeed(room_type_id=room_type_id, **_secret())
    CalendarFeed.objects.bulk_create([fresh], ignore_conflicts=True)  # somebody else may be as fast
    return CalendarFeed.objects.get(room_type_id=room_type_id)


def feed_rotate(*, room_type_id: int, actor: User | None = None, at: datetime | None = None) -> CalendarFeed:
    """Give a feed another address; the one before is gone at once. Raises `UnknownRoomType`."""
    feed = feed_get(room_type_id=room_type_id)
    CalendarFeed.objects.filter(pk=feed.pk).update(**_secret(), rotated_at=at or timezone.now())
    logger.info(
        "calendar_feed_rotated", room_type_id=room_type_id, actor_id=None if actor is None else actor.pk
    )
    feed.refresh_from_db()
    return feed


def feed_answer(*, token: str, is_detailed: bool = False, at: datetime | None = None) -> FeedAnswer:
    """What a feed says now, in the site's language. Two queries, three for a type with one room or in detail.

    Once more and one write when it says something else than the last time: that is when its revision grows.
    Raises `NotFound` for an address that is none, or none any more.
    """
    at = (at or timezone.now()).replace(microsecond=0)
    feed = feed_by_token(token, at=at)
    if feed is None:
        raise NotFound
    occupancies = feed_occupancies(feed, is_detailed=is_detailed, at=at)
    if not is_detailed:
        content = _content_hash(occupancies)
        if content != feed.content_hash:
            before = feed.revision
            feed = _revision_next(feed, content=content, at=at)
            occupancies = [
                replace(entry, sequence=feed.revision, changed_at=feed.changed_at)
                if _is_period(entry) and entry.sequence == before
                else entry
                for entry in occupancies
            ]
    with override(settings.LANGUAGE_CODE):
        body = feed_write(
            occupancies,
            name=f"{feed.room_type.name} · {feed.room_type.property.name}",
            summary=gettext("Not available"),
            partly=gettext("Room taken"),
        )
    return FeedAnswer(
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        changed_at=None if is_detailed else feed.changed_at,
        filename=f"{feed.room_type.property.slug}-{feed.room_type_id}.ics",
    )


def _secret() -> dict[str, str]:
    nonce = token_new()
    return {"nonce": nonce, "token_hash": token_hash(feed_token_new(nonce))}


def _is_period(entry: Occupancy) -> bool:
    return "-full-" in entry.uid


def _content_hash(occupancies: list[Occupancy]) -> str:
    """What the feed says, without what only counts how often it said it."""
    said = sorted(
        (entry.uid, entry.start, entry.end, 0 if _is_period(entry) else entry.sequence)
        for entry in occupancies
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _revision_next(feed: CalendarFeed, *, content: str, at: datetime) -> CalendarFeed:
    """Count the revision up, once for each content however many ask at the same moment."""
    with transaction.atomic():
        changed = CalendarFeed.objects.filter(pk=feed.pk, content_hash=feed.content_hash).update(
            content_hash=content, revision=F("revision") + 1, changed_at=at
        )
    if not changed:
        logger.info("calendar_feed_changed_twice", feed_id=feed.pk)
    fresh = CalendarFeed.objects.only("revision", "changed_at").get(pk=feed.pk)
    feed.revision, feed.changed_at = fresh.revision, fresh.changed_at
    return feed
