"""Rooms follow what becomes of the stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from bookings.changes import stay_change_from
from bookings.models import Booking, RoomAssignment
from bookings.selectors.inventory import inventory_differences
from bookings.services import booking_change
from bookings.services.assigning import assignments_follow, room_assign
from bookings.services.moving import booking_lock
from tests.factories.inventory import hotel
from tests.rooms.houses import clerk, day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def changed(booking: Booking, **fields) -> None:
    """What a change of the stay does, apart from money and inventory."""
    with transaction.atomic():
        locked = booking_lock(booking_id=booking.pk)
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save()
        assignments_follow(locked)


def test_nights_are_cut_prolonged_and_moved_in_the_same_room_where_it_is_free() -> None:
    house = hotel(rooms=2, nights=12)
    room = rooms_of(house)[0]
    actor, booking = clerk(house), stay(house, 1, 4)
    room_assign(booking_id=booking.pk, room_id=room.pk, actor=actor)
    changed(booking, departure=day(house, 3))
    assert given(booking) == [(1, room.number, day(house, 1), day(house, 3))]
    changed(booking, arrival=day(house, 0), departure=day(house, 5))
    assert given(booking) == [(1, room.number, day(house, 0), day(house, 5))]
    changed(booking, arrival=day(house, 6), departure=day(house, 8))
    assert given(booking) == [(1, room.number, day(house, 6), day(house, 8))]
    neighbour = stay(house, 9, 2)
    room_assign(booking_id=neighbour.pk, room_id=room.pk, actor=actor)
    changed(booking, departure=day(house, 10))  # the neighbour has the room: the last nights wait in the tray
    assert given(booking) == [(1, room.number, day(house, 6), day(house, 8))]
    changed(booking, arrival=day(house, 9), departure=day(house, 11))
    assert given(booking) == []
    assert len(given(neighbour)) == 1


def test_rooms_of_another_type_or_beyond_the_number_of_rooms_are_given_back() -> None:
    house = hotel(rooms=2, nights=6)
    suites = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=2, nights=6)
    first, second = rooms_of(house)
    suite = rooms_of(suites)[0]
    actor, booking = clerk(house), stay(house, 0, 2, rooms=2)
    room_assign(booking_id=booking.pk, room_id=first.pk, actor=actor)
    room_assign(booking_id=booking.pk, room_id=suite.pk, room_index=2, actor=actor, reason="Kind")
    assert suites.inventory(0).blocked == 1
    changed(booking, room_type=suites.room_type)
    assert given(booking) == [(2, suite.number, day(house, 0), day(house, 2))]
    assert suites.inventory(0).blocked == 0  # no upgrade any more
    changed(booking, rooms=1)
    assert given(booking) == []
    assert second.number != first.number


def test_a_stay_without_rooms_costs_one_query(django_assert_num_queries) -> None:
    house = hotel(rooms=2, nights=6)
    booking = stay(house, 0, 2)
    with transaction.atomic():
        locked = booking_lock(booking_id=booking.pk)
        with django_assert_num_queries(1):
            assignments_follow(locked)
    assert locked.departure - locked.arrival == timedelta(days=2)


def test_the_room_of_an_upgrade_is_bought_when_no_other_of_its_type_is_left() -> None:
    house = hotel(rooms=1, nights=6)
    suites = hotel(in_property=house.property, plan=house.plan, first=house.first, rooms=1, nights=6)
    suite = rooms_of(suites)[0]
    actor, booking = clerk(house), stay(house, 0, 2)
    room_assign(booking_id=booking.pk, room_id=suite.pk, actor=actor, reason="Kind")
    assert suites.inventory(0).available == 0
    fresh = Booking.objects.with_summary().get(pk=booking.pk)
    change = stay_change_from(fresh, room_type_id=suites.room_type.pk)

    booking_change(booking_id=booking.pk, change=change, expected_total=None, actor=actor, as_staff=True)

    row = suites.inventory(0)
    assert (row.sold, row.blocked, house.inventory(0).sold) == (1, 0, 0)
    assert given(booking) == [(1, suite.number, day(house, 0), day(house, 2))]
    assert RoomAssignment.objects.get().block is None
    assert inventory_differences() == []
