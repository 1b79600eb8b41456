"""Whatever a channel says in whatever order: blocks are its events where rooms are free, and nothing is oversold."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.selectors import inventory_differences
from inventory.channels import FeedEvent, FeedRead
from inventory.models import (
    CalendarConflict,
    ExternalEvent,
    InventoryBlock,
    RoomInventory,
)
from inventory.services.calendars import calendar_apply
from tests.factories.inventory import ExternalCalendarFactory, hotel

from .conftest import AT, FIRST

pytestmark = pytest.mark.django_db

NIGHTS, ROOMS = 12, 2


@st.composite
def feeds(draw: st.DrawFn) -> FeedRead:
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=6))
    events = []
    for name in names:
        start = FIRST + timedelta(days=draw(st.integers(0, NIGHTS - 2)))
        events.append(FeedEvent(start=start, end=start + timedelta(days=draw(st.integers(1, 5))), uid=name))
    return FeedRead(events=tuple(sorted(events)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 1), feeds()), min_size=1, max_size=6),
    sold=st.lists(st.integers(0, ROOMS), min_size=NIGHTS, max_size=NIGHTS),
)
def test_blocks_are_the_events_where_rooms_are_free(
    db: None, steps: list[tuple[int, FeedRead]], sold: list[int]
) -> None:
    with transaction.atomic():
        _check(steps, sold)
        transaction.set_rollback(True)


def _check(steps: list[tuple[int, FeedRead]], sold: list[int]) -> None:
    house = hotel(first=FIRST, nights=NIGHTS, rooms=ROOMS)
    for offset, rooms in enumerate(sold):
        RoomInventory.objects.filter(date=FIRST + timedelta(days=offset), room_type=house.room_type).update(
            sold=rooms
        )
    calendars = [ExternalCalendarFactory.create(room_type=house.room_type) for _calendar in range(2)]
    said: dict[int, FeedRead] = {}
    for number, feed in steps:
        calendar_apply(calendar_id=calendars[number].pk, read=feed, at=AT, is_accepting=True)
        said[number] = feed
    for calendar in calendars:  # what a release made possible for the other one
        calendar_apply(calendar_id=calendar.pk, at=AT)

    known = {(event.calendar_id, event.uid, event.start, event.end) for event in ExternalEvent.objects.all()}
    assert known == {
        (calendars[number].pk, event.uid, event.start, event.end)
        for number, feed in said.items()
        for event in feed.events
    }
    wanted = Counter(night for _calendar, _uid, start, end in known for night in _nights(start, end))
    given_ = Counter(
        night for block in InventoryBlock.objects.all() for night in _nights(block.start, block.end)
    )
    taken = [*sold, *([0] * 20)]
    expected = {night: min(count, ROOMS - taken[(night - FIRST).days]) for night, count in wanted.items()}
    assert given_ == Counter({night: count for night, count in expected.items() if count})
    assert not RoomInventory.objects.filter(available__lt=0).exists()
    assert [
        row
        for row in inventory_differences(property_id=house.property.pk)
        if row.blocked != row.blocked_expected
    ] == []
    missing = Counter(
        night for conflict in CalendarConflict.objects.filter(state="open") for night in conflict.nights
    )
    assert missing == wanted - given_


def _nights(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days)]
