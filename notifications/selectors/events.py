"""Reading events by number, so that a program can prove that it missed none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from notifications.exceptions import CursorAhead, CursorTooOld
from notifications.models import DomainEvent, EventStream

EVENTS_MAX = 500


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in the order of their numbers. ``next_after`` is the cursor for the next page, also of an empty one."""

    events: Sequence[DomainEvent]
    next_after: int
    oldest: int
    last: int
    has_more: bool


def events_page(
    *,
    property_id: int | None,
    visible_property_ids: Collection[int] | None,
    after: int | None,
    types: Collection[str] = (),
    limit: int = 100,
) -> EventPage:
    """Read up to ``limit`` events after a number: of one property by its numbers, without one by those of all.

    ``visible_property_ids`` confines the events of all (None: no limit). ``after`` None begins with the oldest that is
    kept. The end is fixed before the events are read and the beginning checked after it, so nothing that comes or is
    forgotten meanwhile is missed silently. Three queries. Raises `CursorTooOld` and `CursorAhead` with the numbers
    there are.
    """
    _forgotten, last = _stream(property_id)
    order = "chain_sequence" if property_id is None else "sequence"
    events = DomainEvent.objects.select_related("property").filter(**{f"{order}__lte": last})
    if property_id is not None:
        events = events.filter(property_id=property_id)
    elif visible_property_ids is not None:
        events = events.filter(property_id__in=visible_property_ids)
    if types:
        events = events.filter(type__in=types)
    found = list(events.filter(**{f"{order}__gt": after or 0}).order_by(order)[: limit + 1])
    forgotten, _last = _stream(property_id)
    if after is not None and after < forgotten:
        raise CursorTooOld(field="after", data={"oldest": forgotten + 1, "last": last})
    if after is not None and after > last:
        raise CursorAhead(field="after", data={"oldest": forgotten + 1, "last": last})
    has_more = len(found) > limit
    found = found[:limit]
    return EventPage(
        events=found,
        next_after=getattr(found[-1], order) if has_more else last,
        oldest=forgotten + 1,
        last=last,
        has_more=has_more,
    )


def events_visible(*, property_ids: Collection[int] | None) -> QuerySet[DomainEvent]:
    """Events of these properties (None: all) with their property, newest first. One query when read."""
    events = DomainEvent.objects.select_related("property").order_by("-id")
    return events if property_ids is None else events.filter(property_id__in=property_ids)


def _stream(property_id: int | None) -> tuple[int, int]:
    """Up to which number events are forgotten, and the newest one. One query."""
    whose = Q(property__isnull=True) if property_id is None else Q(property_id=property_id)
    row = EventStream.objects.filter(whose).values_list("forgotten_sequence", "last_sequence").first()
    return row or (0, 0)
