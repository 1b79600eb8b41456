"""The names of our events in other people's calendars.

A UID says which room type it comes from, so that an event which comes back through another channel, or through a
chain of room types that import each other, is known as its own echo: ``rt12-…@host``. What a booking is called is a
digest, because a reference is nobody else's business.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings

UID_PATTERN = re.compile(r"rt(?P<room_type>\d+)-[0-9a-z-]+@(?P<host>.+)")
DIGEST_LENGTH = 32


def uid_of_booking(*, room_type_id: int, key: str) -> str:
    """A booking's UID; ``key`` is whatever tells it from the others, and cannot be read from the UID."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:calendar:{key}".encode()).hexdigest()[:DIGEST_LENGTH]
    return f"rt{room_type_id}-stay-{digest}@{host_of_site()}"


def uid_of_block(*, room_type_id: int, block_id: int) -> str:
    """The UID of rooms that staff have taken out of sale."""
    return f"rt{room_type_id}-block-{block_id}@{host_of_site()}"


def uid_of_period(*, room_type_id: int, start: date) -> str:
    """The UID of a time without a free room."""
    return f"rt{room_type_id}-full-{start:%Y%m%d}@{host_of_site()}"


def uid_of_import(*, room_type_id: int, uid: str, start: date) -> str:
    """The UID of what we have imported: its own where it was ours to begin with, so that its room type knows it."""
    match = UID_PATTERN.fullmatch(uid)
    if match and match["host"] == host_of_site():
        return uid
    digest = hashlib.sha256(f"{uid}:{start:%Y%m%d}".encode()).hexdigest()[:DIGEST_LENGTH]
    return f"rt{room_type_id}-channel-{digest}@{host_of_site()}"


def uid_is_ours(uid: str, *, room_type_id: int) -> bool:
    """Whether an event began as one of this room type's own."""
    match = UID_PATTERN.fullmatch(uid)
    if match is None or match["host"] != host_of_site():
        return False
    return int(match["room_type"]) == room_type_id


def host_of_site() -> str:
    """The site's host, with its port if it has one."""
    return urlsplit(settings.SITE_URL).netloc
