"""Automatic assignment: what it does, what it leaves alone, and how it says so."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from bookings.models import Guest, RoomAssignment
from bookings.services import booking_check_in
from bookings.services.assigning import room_assign
from bookings.services.closing import room_close
from bookings.services.rooming import rooms_assign_automatically
from core.dates import local_datetime, property_today
from core.exceptions import PermissionDenied
from inventory.models import Property, Room
from tests.factories.inventory import Hotel, hotel
from tests.rooms.houses import clerk, day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def run(house: Hotel, **more):
    return rooms_assign_automatically(
        property_id=house.property.pk, start=house.first, end=day(house, house.nights), **more
    )


def test_everybody_gets_one_room_for_the_whole_stay_and_a_second_run_changes_nothing() -> None:
    house = hotel(rooms=2, nights=8)
    stays = [stay(house, start, nights) for start, nights in ((0, 3), (1, 4), (3, 3), (5, 2))]
    preview = run(house, is_preview=True)
    assert (preview.stays, preview.moves, RoomAssignment.objects.count()) == (4, 0, 0)
    done = run(house, actor=clerk(house))
    assert (done.assigned, done.left) == (preview.assigned, ())
    assert [len(given(booking)) for booking in stays] == [1, 1, 1, 1]
    assert all(row.is_automatic for row in RoomAssignment.objects.all())
    again = run(house)
    assert (again.assigned, again.left, again.moves) == ((), (), 0)


def test_manual_rooms_and_guests_in_the_house_stay_and_automatic_ones_give_way_to_save_a_move() -> None:
    house = hotel(rooms=2, nights=8)
    first, second = rooms_of(house)
    actor = clerk(house)
    there, chosen = stay(house, 0, 2), stay(house, 4, 2)
    room_assign(booking_id=there.pk, room_id=first.pk, actor=actor)
    noon = local_datetime(house.first, house.property.arrival_from, house.property.time_zone)
    booking_check_in(booking_id=there.pk, actor=actor, at=noon)
    room_assign(booking_id=chosen.pk, room_id=first.pk, actor=actor)
    short = stay(house, 2, 2)
    RoomAssignment.objects.create(
        booking=short, room=second, start=short.arrival, end=short.departure, is_automatic=True
    )
    long = stay(house, 2, 5)  # has a whole room only if the short stay takes the other one
    result = run(house)
    assert (result.moves, result.left) == (0, ())
    assert given(short) == [(1, first.number, day(house, 2), day(house, 4))]
    assert given(long) == [(1, second.number, day(house, 2), day(house, 7))]
    assert [row.was for row in result.assigned if row.reference == short.reference] == [second.number]
    assert [given(there)[0][1], given(chosen)[0][1]] == [first.number, first.number]


def test_a_closed_room_forces_a_move_and_a_full_night_is_named() -> None:
    house = hotel(rooms=2, nights=6)
    first, second = rooms_of(house)
    actor = clerk(house)
    for room, start in ((first, 2), (second, 0)):
        room_close(
            room_id=room.pk, start=day(house, start), end=day(house, start + 2), kind="out_of_order",
            reason="Paint", actor=actor,
        )  # fmt: skip
    booking = stay(house, 0, 4)
    result = run(house)
    assert (result.moves, [row[1] for row in given(booking)]) == (1, [first.number, second.number])
    Room.objects.filter(pk=second.pk).update(is_active=False)
    late = stay(house, 5, 1), stay(house, 5, 1)
    result = run(house)
    assert [row.reference for row in result.left] == [late[1].reference]
    assert "All rooms of the type" in result.left[0].reason


def test_wishes_and_parties() -> None:
    house = hotel(rooms=6, nights=4)
    for number, room in enumerate(rooms_of(house)):
        Room.objects.filter(pk=room.pk).update(
            floor=str(number // 3), features=["quiet"] if number == 4 else []
        )
    booking = stay(house, 0, 2)
    booking.guest = Guest.objects.create(property=house.property, name="Ada", wishes=["quiet"])
    booking.save()
    family = stay(house, 0, 2, rooms=3)
    result = run(house)
    [quiet] = [row for row in result.assigned if row.reference == booking.reference]
    assert (quiet.room, quiet.wishes_met) == (rooms_of(house)[4].number, ("quiet",))
    floors = Room.objects.filter(assignments__booking=family).values_list("floor", flat=True)
    assert set(floors) == {"0"}
    with pytest.raises(PermissionDenied):
        run(house, actor=clerk(house, role="finance"))


def test_the_command_and_the_nightly_run_do_the_coming_days_of_who_wants_it() -> None:
    today = property_today("Europe/Berlin")
    house, other = hotel(rooms=1, nights=6, first=today), hotel(rooms=1, nights=6, first=today)
    Property.objects.filter(pk=other.property.pk).update(assign_rooms_days=None)
    booking, later, elsewhere = stay(house, 1, 2), stay(house, 4, 1), stay(other, 1, 2)
    out = StringIO()
    call_command("rooms_assign", "--days", "3", "--dry-run", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert [row["reference"] for row in told["properties"][house.property.slug]["assigned"]] == [
        booking.reference
    ]
    assert given(booking) == []
    out = StringIO()
    call_command("rooms_assign", stdout=out)
    assert f"{house.property.slug}: 2 got a room, 0 have none, 0 moves." in out.getvalue()
    assert (len(given(booking)), len(given(later)), given(elsewhere)) == (1, 1, [])
