"""Rooms are given, changed and taken back; nobody shares one, and an upgrade takes its room from sale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings.exceptions import (
    AssignmentNotAllowed,
    RoomClosed,
    RoomNotForStay,
    RoomOccupied,
    RoomTooSmall,
    UpgradeNeedsReason,
    VersionConflict,
)
from bookings.models import RoomAssignment
from bookings.selectors import inventory_differences
from bookings.selectors.assignments import assignments_of, assignments_seen, rooms_free_for
from bookings.services import booking_cancel, booking_check_in, booking_check_out, booking_no_show
from bookings.services.assigning import room_assign, room_unassign
from bookings.services.closing import room_close
from core.dates import local_datetime
from core.exceptions import PermissionDenied
from inventory.exceptions import BlockOfRoom, SoldOut
from inventory.models import InventoryBlock, Room
from inventory.services.allotments import block_delete
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, RoomFactory, RoomTypeFactory, hotel
from tests.rooms.houses import clerk, day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def at_noon(house: Hotel, offset: int):
    return local_datetime(day(house, offset), house.property.arrival_from, house.property.time_zone)


def test_a_room_is_given_for_the_whole_stay_and_replaced_by_another() -> None:
    house = hotel(rooms=2, nights=5)
    first, second = rooms_of(house)
    booking, actor = stay(house, 0, 3), clerk(house)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=actor)
    assert given(booking) == [(1, first.number, day(house, 0), day(house, 3))]
    room_assign(booking_id=booking.pk, room_id=second.pk, actor=actor)
    assert given(booking) == [(1, second.number, day(house, 0), day(house, 3))]
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=actor, start=day(house, 1), end=day(house, 2))
    assert [row[1:] for row in given(booking)] == [
        (second.number, day(house, 0), day(house, 1)),
        (first.number, day(house, 1), day(house, 2)),
        (second.number, day(house, 2), day(house, 3)),
    ]
    room_assign(booking_id=booking.pk, room_id=second.pk, actor=actor, start=day(house, 1), end=day(house, 2))
    assert given(booking) == [(1, second.number, day(house, 0), day(house, 3))]
    room_unassign(booking_id=booking.pk, room_index=1, actor=actor)
    assert given(booking) == []


def test_what_cannot_be_given_is_refused_and_nothing_changes() -> None:
    house = hotel(rooms=2, nights=5)
    elsewhere = hotel(rooms=1, nights=2)
    first, second = rooms_of(house)
    actor, booking, other = clerk(house), stay(house, 0, 3), stay(house, 2, 2)
    room_assign(booking_id=other.pk, room_id=first.pk, actor=actor)
    room_close(
        room_id=second.pk,
        start=day(house, 2),
        end=day(house, 3),
        kind="out_of_service",
        reason="Paint",
        actor=actor,
    )
    small = RoomFactory.create(
        room_type=RoomTypeFactory.create(
            property=house.property, standard_occupancy=1, max_adults=1, max_occupancy=1, max_children=0
        )
    )
    idle = RoomFactory.create(room_type=house.room_type, is_active=False)

    def refused(error, room, **more):
        with pytest.raises(error) as caught:
            room_assign(**{"booking_id": booking.pk, "room_id": room.pk, "actor": actor} | more)
        assert given(booking) == []
        return caught.value

    taken = refused(RoomOccupied, first)
    assert taken.data["stays"][0]["reference"] == other.reference
    refused(RoomNotForStay, rooms_of(elsewhere)[0])
    refused(RoomNotForStay, idle)
    refused(RoomNotForStay, second, start=day(house, 2), end=day(house, 4))
    refused(RoomNotForStay, second, room_index=2)
    refused(RoomTooSmall, small)
    refused(PermissionDenied, second, actor=clerk(house, role="finance"))
    refused(PermissionDenied, second, actor=StaffFactory.create(property=elsewhere.property))
    refused(VersionConflict, second, seen="0-stale")
    refused(AssignmentNotAllowed, second, booking_id=held(house, stay=house.stay(4, 1)).booking.pk)
    seen = assignments_seen(booking)
    room_assign(booking_id=booking.pk, room_id=second.pk, actor=actor, seen=seen)  # out of service warns only
    assert given(booking) == [(1, second.number, day(house, 0), day(house, 3))]


def test_the_database_refuses_two_guests_in_a_room_and_a_guest_in_two_rooms() -> None:
    house = hotel(rooms=2, nights=5)
    first, second = rooms_of(house)
    booking, other = stay(house, 0, 3), stay(house, 1, 3)
    values = {"booking": booking, "room": first, "start": day(house, 0), "end": day(house, 3)}
    RoomAssignment.objects.create(**values)
    for wrong, name in (
        ({"booking": other, "start": day(house, 2), "end": day(house, 4)}, "assignment_room_once"),
        ({"room": second, "start": day(house, 2)}, "assignment_guest_once"),
        ({"room": second, "room_index": 2}, "assignment_within_stay"),
        ({"room": second, "start": day(house, 3), "end": day(house, 4)}, "assignment_within_stay"),
    ):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            RoomAssignment.objects.create(**values | wrong)
        assert caught.value.__cause__.diag.constraint_name == name
    RoomAssignment.objects.create(booking=other, room=first, start=day(house, 3), end=day(house, 4))
    assert RoomAssignment.objects.count() == 2


def test_an_upgrade_needs_a_reason_and_takes_the_room_from_sale() -> None:
    house = hotel(rooms=1, nights=4)
    suites = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=1, nights=4)
    [suite] = rooms_of(suites)
    booking, actor = stay(house, 0, 2), clerk(house)
    with pytest.raises(UpgradeNeedsReason):
        room_assign(booking_id=booking.pk, room_id=suite.pk, actor=actor)
    row = room_assign(booking_id=booking.pk, room_id=suite.pk, actor=actor, reason="Honeymoon")
    assert (row.reason, row.block.kind, row.block.rooms) == ("Honeymoon", "upgrade", 1)
    assert [suites.inventory(offset).available for offset in range(3)] == [0, 0, 1]
    assert inventory_differences() == []
    with pytest.raises(BlockOfRoom):
        block_delete(block_id=row.block_id)
    guest = stay(suites, 2, 2)
    other = stay(house, 2, 2)
    with pytest.raises(SoldOut):  # the suite is sold on these nights
        room_assign(booking_id=other.pk, room_id=suite.pk, actor=actor, reason="Kind")
    room_unassign(booking_id=booking.pk, room_index=1, actor=actor)
    assert suites.inventory(0).available == 1
    assert (InventoryBlock.objects.count(), inventory_differences(), given(guest)) == (0, [], [])


@pytest.mark.parametrize("way", ["cancel", "no_show"])
def test_who_does_not_come_gives_the_room_back(way: str) -> None:
    house = hotel(rooms=1, nights=4)
    suites = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=1, nights=4)
    booking, actor = stay(house, 0, 2), clerk(house)
    room_assign(booking_id=booking.pk, room_id=rooms_of(suites)[0].pk, actor=actor, reason="Kind")
    if way == "cancel":
        booking_cancel(booking_id=booking.pk, actor=actor)
    else:
        booking_no_show(booking_id=booking.pk, actor=actor, at=at_noon(house, 0))
    assert (given(booking), suites.inventory(0).blocked, inventory_differences()) == ([], 0, [])


def test_a_guest_in_the_house_moves_from_today_on_and_leaves_a_dirty_room() -> None:
    house = hotel(rooms=2, nights=5)
    first, second = rooms_of(house)
    booking, actor = stay(house, 0, 3), clerk(house)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=actor)
    booking_check_in(booking_id=booking.pk, actor=actor, at=at_noon(house, 0))
    room_assign(booking_id=booking.pk, room_id=second.pk, actor=actor, at=at_noon(house, 1))
    assert [row[1:] for row in given(booking)] == [
        (first.number, day(house, 0), day(house, 1)),
        (second.number, day(house, 1), day(house, 3)),
    ]
    assert list(Room.objects.filter(housekeeping="dirty")) == [first]
    with pytest.raises(AssignmentNotAllowed):
        room_unassign(booking_id=booking.pk, room_index=1, actor=actor)
    manager = SuperuserFactory.create()
    booking_check_out(booking_id=booking.pk, actor=manager, reason="Early", at=at_noon(house, 2))
    assert [row[3] for row in given(booking)] == [day(house, 1), day(house, 2)]
    assert set(Room.objects.filter(housekeeping="dirty")) == {first, second}


def test_free_rooms_are_named_best_first_with_what_to_know() -> None:
    house = hotel(rooms=4, nights=4)
    suites = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=1, nights=4)
    taken, dirty, warned, clean = rooms_of(house)
    [suite] = rooms_of(suites)
    actor, booking = clerk(house), stay(house, 0, 2)
    room_assign(booking_id=stay(house, 1, 2).pk, room_id=taken.pk, actor=actor)
    Room.objects.filter(pk=dirty.pk).update(housekeeping="dirty")
    for room, kind in ((warned, "out_of_service"),):
        room_close(
            room_id=room.pk, start=day(house, 0), end=day(house, 1), kind=kind, reason="Lamp", actor=actor
        )
    found = rooms_free_for(booking)
    assert [free.room for free in found] == [clean, dirty, warned, suite]
    assert [(free.is_clean, free.other_type) for free in found] == [
        (True, False),
        (False, False),
        (True, False),
        (True, True),
    ]
    assert [free.reason for free in found] == ["", "", "Out of service: Lamp", ""]


def test_reading_costs_as_much_with_one_room_as_with_twenty(django_assert_num_queries) -> None:
    for rooms in (1, 20):
        house = hotel(rooms=rooms, nights=4)
        booking = stay(house, 0, 2)
        room_assign(booking_id=booking.pk, room_id=rooms_of(house)[0].pk, actor=clerk(house))
        booking.refresh_from_db()
        booking.property.time_zone  # noqa: B018 - loaded, as in every list
        booking.guest  # noqa: B018
        with django_assert_num_queries(4):
            assert len(rooms_free_for(booking)) == rooms
        with django_assert_num_queries(1):
            assert [row.room.room_type.pk for row in assignments_of(booking)] == [house.room_type.pk]


def test_out_of_order_is_told_with_its_reason() -> None:
    house = hotel(rooms=2, nights=5)
    room = rooms_of(house)[0]
    actor, booking = clerk(house), stay(house, 0, 2)
    end = day(house, 1)
    room_close(
        room_id=room.pk,
        start=end - timedelta(days=1),
        end=end,
        kind="out_of_order",
        reason="Leak",
        actor=actor,
    )
    with pytest.raises(RoomClosed) as caught:
        room_assign(booking_id=booking.pk, room_id=room.pk, actor=actor)
    assert caught.value.data["reason"] == "Leak"
