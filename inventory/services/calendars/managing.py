"""What staff do with calendars of other channels: add, change, remove, fetch now."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.editing import rows_unchanged
from core.exceptions import Conflict, ValidationFailed, translate_integrity_errors
from core.outbound.addresses import url_parse
from core.outbox import effect_enqueue
from inventory.exceptions import UnknownRoomType
from inventory.models import ExternalCalendar, InventoryBlock, RoomType
from inventory.services.setup_lock import setup_lock

from .fetching import FETCH
from .importing import calendar_apply, calendar_load, calendar_release

WEBCAL = "webcal://"
CALENDARS_MAX = 20

logger = structlog.get_logger(__name__)


class TooManyCalendars(Conflict):
    """A room type is on so many channels already."""

    code = "too_many_calendars"
    message = _("A room type has at most 20 calendars of other channels.")


def calendar_add(
    *,
    room_type_id: int,
    name: str,
    url: str,
    rooms: int = 1,
    is_enabled: bool = True,
    actor: User | None = None,
) -> ExternalCalendar:
    """Add a calendar of another channel to a room type; it is fetched at once, by an effect.

    Raises `UnknownRoomType`, `UrlRefused`, `ValidationFailed`, `TooManyCalendars`, `CalendarTaken`.
    """
    with translate_integrity_errors(), transaction.atomic():
        room_type = RoomType.objects.filter(pk=room_type_id).first()
        if room_type is None:
            raise UnknownRoomType(field="room_type")
        setup_lock(property_id=room_type.property_id)
        if ExternalCalendar.objects.filter(room_type=room_type).count() >= CALENDARS_MAX:
            raise TooManyCalendars
        calendar = ExternalCalendar.objects.create(
            room_type=room_type,
            name=_name_checked(name),
            url=url_checked(url),
            rooms=_rooms_checked(rooms),
            is_enabled=is_enabled,
        )
        if is_enabled:
            calendar_fetch_now(calendar_id=calendar.pk)
    logger.info("calendar_added", calendar_id=calendar.pk, actor_id=None if actor is None else actor.pk)
    return calendar


def calendar_change(
    *,
    calendar_id: int,
    name: str,
    url: str,
    rooms: int,
    is_enabled: bool,
    actor: User | None = None,
    at: datetime | None = None,
) -> ExternalCalendar:
    """Change a calendar: another number of rooms is blocked at once, another address is fetched by an effect.

    A calendar that is switched off is not fetched, and what it blocks stays blocked. Raises as `calendar_add`,
    and `NotFound`.
    """
    name, url, rooms = _name_checked(name), url_checked(url), _rooms_checked(rooms)
    with translate_integrity_errors(), transaction.atomic():
        setup_lock(property_id=calendar_load(calendar_id).room_type.property_id)
        calendar = calendar_load(calendar_id)
        rows_unchanged(ExternalCalendar)
        has_other_rooms = calendar.rooms != rooms
        is_to_fetch = is_enabled and (calendar.url != url or not calendar.is_enabled)
        if calendar.url != url:
            calendar.etag = calendar.last_modified = calendar.error = calendar.error_code = ""
            calendar.read_at = calendar.problem_reported_at = None
            calendar.failures = 0
        calendar.name, calendar.url, calendar.rooms, calendar.is_enabled = name, url, rooms, is_enabled
        calendar.save()
        if has_other_rooms:
            calendar_apply(calendar_id=calendar_id, at=at)
        if is_to_fetch:
            calendar_fetch_now(calendar_id=calendar_id)
    logger.info("calendar_changed", calendar_id=calendar_id, actor_id=None if actor is None else actor.pk)
    return calendar


def calendar_remove(*, calendar_id: int, actor: User | None = None, at: datetime | None = None) -> None:
    """Remove a calendar and give back the nights it blocks from today on. Raises `NotFound`, `Unavailable`."""
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic():
        setup_lock(property_id=calendar_load(calendar_id).room_type.property_id)
        calendar = calendar_load(calendar_id)
        calendar_release(calendar, at=at)
        InventoryBlock.objects.filter(event__calendar=calendar).update(event=None)
        calendar.delete()
    logger.info("calendar_removed", calendar_id=calendar_id, actor_id=None if actor is None else actor.pk)


def calendar_fetch_now(*, calendar_id: int) -> None:
    """Have a calendar fetched as soon as a worker is free. One query."""
    effect_enqueue(
        kind=FETCH,
        payload={"calendar_id": calendar_id},
        dedup_key=f"calendar:{calendar_id}:now:{uuid4().hex}",
        ordering_key=f"calendar:{calendar_id}",
    )


def calendar_shrink_accept(*, calendar_id: int, actor: User | None = None) -> None:
    """Believe a calendar that lost many events at once: it is fetched again, and what is gone is released."""
    effect_enqueue(
        kind=FETCH,
        payload={"calendar_id": calendar_id, "is_accepting": True},
        dedup_key=f"calendar:{calendar_id}:accept:{uuid4().hex}",
        ordering_key=f"calendar:{calendar_id}",
    )
    logger.info(
        "calendar_shrink_accepted", calendar_id=calendar_id, actor_id=None if actor is None else actor.pk
    )


def url_checked(url: str) -> str:
    """An address that may be called, as far as its form says; ``webcal`` is read as ``https``. Raises `UrlRefused`."""
    url = url.strip()
    if url.lower().startswith(WEBCAL):
        url = f"https://{url[len(WEBCAL) :]}"
    return str(url_parse(url))


def _name_checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise ValidationFailed(_("Please give the calendar a name."), field="name")
    return name


def _rooms_checked(rooms: int) -> int:
    if rooms < 1:
        raise ValidationFailed(_("Each event takes at least one room."), field="rooms")
    return rooms
