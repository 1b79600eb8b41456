"""Calendars of other channels in the inventory: what is blocked, what is released, what is a conflict."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from bookings.selectors import inventory_differences
from core.exceptions import NotFound
from inventory.channels.uids import uid_of_booking
from inventory.exceptions import BlockOfCalendar
from inventory.models import (
    CalendarConflict,
    ExternalCalendar,
    ExternalEvent,
    InventoryBlock,
    Room,
    RoomInventory,
)
from inventory.services import block_create, block_delete, inventory_extend
from inventory.services.calendars import (
    calendar_apply,
    calendar_change,
    calendar_fetch,
    calendar_remove,
    conflict_resolve,
)
from tests.channel import Channel, event
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel
from tests.outbox import run_effects

from .conftest import AT, FIRST

pytestmark = pytest.mark.django_db(transaction=True)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def blocked(house: Hotel) -> list[int]:
    """The nights that are blocked, as days after the first one; one for each room."""
    rows = RoomInventory.objects.filter(room_type=house.room_type, blocked__gt=0).order_by("date")
    return [
        (night - FIRST).days for night, rooms in rows.values_list("date", "blocked") for _room in range(rooms)
    ]


def fetch(calendar: ExternalCalendar, at: datetime = AT, **options: Any) -> Any:
    report = calendar_fetch(calendar_id=calendar.pk, at=at, **options)
    assert inventory_differences() == []
    return report


def test_events_block_move_and_release(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(event("a", day(2), nights=2), event("b", day(10)))
    first = fetch(calendar)
    assert blocked(house) == [2, 3, 10]
    assert (len(first.added), first.nights_blocked) == (2, 3)

    channel.say(event("a", day(3), nights=3), event("b", day(10)))
    second = fetch(calendar)
    assert blocked(house) == [3, 4, 5, 10]
    assert (second.changed, second.nights_blocked, second.nights_released) == (
        ["2027-03-04-2027-03-07 Reserved"],
        2,
        1,
    )

    channel.say(event("b", day(10)))
    third = fetch(calendar)
    assert blocked(house) == [10]
    assert third.removed == ["2027-03-04-2027-03-07 Reserved"]
    assert ExternalEvent.objects.get().uid == "b"


def test_the_same_again_writes_nothing(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(event("a", day(2), nights=2))
    fetch(calendar)
    before = list(InventoryBlock.objects.values_list("pk", flat=True))

    again = fetch(calendar)

    assert list(InventoryBlock.objects.values_list("pk", flat=True)) == before
    assert (again.added, again.changed, again.removed, again.nights_blocked) == ([], [], [], 0)


def test_new_names_for_the_same_nights_change_nothing(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(*(event(f"old-{number}", day(2 * number)) for number in range(5)))
    fetch(calendar)
    before = list(InventoryBlock.objects.order_by("pk").values_list("pk", flat=True))

    channel.say(*(event(f"new-{number}", day(2 * number)) for number in range(5)))
    report = fetch(calendar)

    assert list(InventoryBlock.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert (report.added, report.removed, report.kept) == ([], [], [])
    assert set(ExternalEvent.objects.values_list("uid", flat=True)) == {f"new-{n}" for n in range(5)}


def test_a_booked_night_is_a_conflict_and_the_rest_is_blocked(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    booking = confirmed(house, stay=house.stay(3, 1))
    channel.say(event("a", day(2), nights=3))

    report = fetch(calendar)

    conflict = CalendarConflict.objects.get()
    assert blocked(house) == [2, 4]
    assert (conflict.nights, conflict.rooms_missing, conflict.state) == ([day(3)], 1, "open")
    assert (report.conflicts_opened, report.conflicts_open) == (1, 1)
    assert fetch(calendar).conflicts_opened == 0, "one conflict however often it is read"

    nights_free(booking)
    run_effects(kinds=["inventory.calendar_conflicts_retry"])

    conflict.refresh_from_db()
    assert blocked(house) == [2, 3, 4]
    assert (conflict.state, conflict.resolution) == ("resolved", "blocked")
    assert inventory_differences() == []


def nights_free(booking: Any) -> None:
    from bookings.services import booking_cancel
    from tests.factories.accounts import SuperuserFactory

    booking_cancel(booking_id=booking.pk, actor=SuperuserFactory.create())


def test_a_conflict_ends_with_its_event(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    confirmed(house, stay=house.stay(3, 1))
    channel.say(event("a", day(3)), event("b", day(8)))
    fetch(calendar)

    channel.say(event("b", day(8)))
    fetch(calendar)

    assert list(CalendarConflict.objects.values_list("state", "resolution")) == [("resolved", "vanished")]


def test_what_staff_took_care_of_is_not_reported_again_unless_it_grows(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    confirmed(house, stay=house.stay(3, 2))
    channel.say(event("a", day(3)))
    fetch(calendar)
    conflict_resolve(conflict_id=CalendarConflict.objects.get().pk)

    assert fetch(calendar).conflicts_open == 0
    channel.say(event("a", day(3), nights=2))
    assert fetch(calendar).conflicts_open == 1
    assert CalendarConflict.objects.filter(state="open").get().nights == [day(3), day(4)]


def test_several_rooms_per_event_are_blocked_as_far_as_they_are_free(
    calendar: ExternalCalendar, channel: Channel, house: Hotel
) -> None:
    RoomInventory.objects.update(total=2)
    confirmed(house, stay=house.stay(3, 1))
    ExternalCalendar.objects.update(rooms=2)
    channel.say(event("a", day(2), nights=2))

    fetch(calendar)

    assert blocked(house) == [2, 2, 3]
    assert CalendarConflict.objects.get().rooms_missing == 1

    calendar_change(calendar_id=calendar.pk, name="Airbnb", url=channel.url, rooms=1, is_enabled=True, at=AT)
    assert blocked(house) == [2, 3]
    assert CalendarConflict.objects.get().state == "resolved"


def test_an_empty_calendar_is_not_believed_at_once(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(*(event(f"e{number}", day(2 * number)) for number in range(4)), etag='"1"')
    fetch(calendar)

    channel.say(event("new", day(20)), etag='"2"')
    report = fetch(calendar)
    calendar.refresh_from_db()
    assert blocked(house) == [0, 2, 4, 6, 20], "what is new counts at once"
    assert (len(report.kept), calendar.shrunk_at, calendar.etag) == (4, AT, "")

    fetch(calendar, AT + timedelta(hours=5, minutes=59))
    assert blocked(house) == [0, 2, 4, 6, 20]
    fetch(calendar, AT + timedelta(hours=6))
    calendar.refresh_from_db()
    assert blocked(house) == [20]
    assert calendar.shrunk_at is None


def test_staff_accept_that_a_calendar_is_empty(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(event("a", day(2)))
    fetch(calendar)
    channel.say()
    assert len(fetch(calendar).kept) == 1

    fetch(calendar, is_accepting=True)

    assert blocked(house) == []


def test_losing_two_of_three_is_believed(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(*(event(f"e{number}", day(2 * number)) for number in range(3)))
    fetch(calendar)
    channel.say(event("e0", day(0)))

    assert len(fetch(calendar).removed) == 2
    assert blocked(house) == [0]


def test_our_own_events_coming_back_are_ignored(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    ours = uid_of_booking(room_type_id=house.room_type.pk, key="booking:1")
    others = uid_of_booking(room_type_id=house.room_type.pk + 1, key="booking:1")
    channel.say(event(ours, day(2)), event(others, day(5)))

    assert fetch(calendar).own == 1
    assert blocked(house) == [5], "another room type's events are another channel's"


def test_nights_that_are_over_are_history(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    channel.say(event("a", day(0), nights=4), event("b", day(9)))
    fetch(calendar)

    channel.say(event("b", day(9)))
    fetch(calendar, AT + timedelta(days=2))

    assert blocked(house) == [0, 1, 9]
    assert InventoryBlock.objects.filter(event=None).get().end == day(2)


def test_nights_beyond_the_inventory_are_blocked_when_they_come(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    Room.objects.all().delete()
    from tests.factories.inventory import RoomFactory

    RoomFactory.create(room_type=house.room_type)
    channel.say(event("a", day(29), nights=3), event("b", day(31), nights=2))

    fetch(calendar)

    conflict = CalendarConflict.objects.get()
    assert conflict.nights == [day(31)], "two events, one room, although the night does not exist yet"
    inventory_extend(property_id=house.property.pk, days_ahead=34, at=AT)
    assert blocked(house) == [29, 30, 31, 32]
    assert inventory_differences() == []
    assert set(RoomInventory.objects.values_list("total", flat=True)) == {1}


def test_a_series_is_written_out_within_the_horizon(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(
        event("s", day(1), extra=f"RRULE:FREQ=WEEKLY\r\nEXDATE;VALUE=DATE:{day(8):%Y%m%d}"),
        event("s", day(16), extra=f"RECURRENCE-ID;VALUE=DATE:{day(15):%Y%m%d}"),
        event("gone", day(25), extra="STATUS:CANCELLED"),
    )
    with override_settings(INVENTORY_DAYS_AHEAD=30):
        fetch(calendar)

    assert blocked(house) == [1, 16, 22, 29]
    assert ExternalEvent.objects.count() == 5, "day 36 is within the horizon and its margin"


def test_removing_a_calendar_gives_its_nights_back(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(event("a", day(0), nights=4))
    fetch(calendar)

    calendar_remove(calendar_id=calendar.pk, at=AT + timedelta(days=1))

    assert blocked(house) == [0]
    assert (ExternalCalendar.objects.count(), InventoryBlock.objects.get().end) == (0, day(1))
    assert inventory_differences() == []
    with pytest.raises(NotFound):
        calendar_apply(calendar_id=calendar.pk)


def test_staff_do_not_lift_what_a_channel_blocks(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(event("a", day(2)))
    fetch(calendar)

    with pytest.raises(BlockOfCalendar):
        block_delete(block_id=InventoryBlock.objects.get().pk)

    assert blocked(house) == [2]


def test_staffs_blocks_and_channels_share_the_rooms(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    block = block_create(
        room_type_id=house.room_type.pk, start=day(2), end=day(3), rooms=1, reason="Painting"
    )
    channel.say(event("a", day(2)))
    fetch(calendar)
    assert CalendarConflict.objects.get().state == "open"

    block_delete(block_id=block.pk)
    run_effects(kinds=["inventory.calendar_conflicts_retry"])

    assert blocked(house) == [2]
    assert CalendarConflict.objects.get().resolution == "blocked"


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    house: Hotel, calendar: ExternalCalendar, channel: Channel
) -> None:
    channel.say(event("a", day(2), nights=2))

    report = fetch(calendar, dry_run=True)

    assert (len(report.added), report.nights_blocked) == (1, 2)
    calendar.refresh_from_db()
    assert (blocked(house), ExternalEvent.objects.count(), calendar.fetched_at) == ([], 0, None)


@pytest.mark.parametrize(
    ("time_zone", "at", "expected"),
    [
        ("Pacific/Auckland", datetime(2027, 3, 1, 12, tzinfo=UTC), [1, 2]),  # there it is the 2nd already
        ("Pacific/Honolulu", datetime(2027, 3, 2, 9, tzinfo=UTC), [0, 1, 2]),  # and here still the 1st
    ],
)
def test_today_is_the_propertys(
    house: Hotel,
    calendar: ExternalCalendar,
    channel: Channel,
    time_zone: str,
    at: datetime,
    expected: list[int],
) -> None:
    house.property.time_zone = time_zone
    house.property.save()
    channel.say(event("a", day(0), nights=3))

    fetch(calendar, at)

    assert blocked(house) == expected


def test_a_release_is_announced(house: Hotel, calendar: ExternalCalendar, channel: Channel) -> None:
    from inventory.signals import nights_freed

    heard: list[tuple[date, date, int]] = []

    def listen(*, arrival: date, departure: date, rooms: int, **_kwargs: Any) -> None:
        heard.append((arrival, departure, rooms))

    channel.say(event("a", day(2), nights=3), event("b", day(9)))
    fetch(calendar)
    nights_freed.connect(listen)
    try:
        channel.say(event("a", day(2)), event("b", day(9)))
        fetch(calendar)
    finally:
        nights_freed.disconnect(listen)

    assert heard == [(day(3), day(5), 2 - 1)]
