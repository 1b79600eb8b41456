"""A closed room is not sold, nobody is put into it, and the inventory stays exact."""

from __future__ import annotations

import pytest

from bookings.exceptions import RoomOccupied
from bookings.selectors import inventory_differences
from bookings.services import booking_check_in
from bookings.services.assigning import room_assign
from bookings.services.closing import closure_end_set, room_close
from core.dates import InvalidStay, local_datetime
from core.exceptions import PermissionDenied, ValidationFailed
from inventory.exceptions import ClosureOverlaps, SoldOut
from inventory.models import InventoryBlock, RoomClosure
from inventory.services import inventory_extend
from tests.factories.inventory import Hotel, hotel
from tests.rooms.houses import clerk, day, given, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def close(house: Hotel, start: int, end: int, *, kind: str = "out_of_order", room: int = 0, **more):
    values = {"reason": "Broken shower", "actor": clerk(house)} | more
    return room_close(
        room_id=rooms_of(house)[room].pk, start=day(house, start), end=day(house, end), kind=kind, **values
    )


def free(house: Hotel) -> list[int]:
    return [house.inventory(offset).available for offset in range(house.nights)]


def test_out_of_order_takes_the_room_from_sale_and_out_of_service_does_not() -> None:
    house = hotel(rooms=2, nights=5)
    closure = close(house, 1, 4).closure
    close(house, 0, 2, room=1, kind="out_of_service")
    assert free(house) == [2, 1, 1, 1, 2]
    assert (closure.block.kind, closure.reason, closure.created_by is not None) == (
        "closure",
        "Broken shower",
        True,
    )
    assert inventory_differences() == []


def test_a_closure_ends_earlier_or_later_or_is_undone() -> None:
    house = hotel(rooms=2, nights=5)
    actor = clerk(house)
    closure = close(house, 1, 3).closure
    closure_end_set(closure_id=closure.pk, end=day(house, 5), actor=actor)
    assert free(house) == [2, 1, 1, 1, 1]
    closure_end_set(closure_id=closure.pk, end=day(house, 2), actor=actor)
    assert (free(house), inventory_differences()) == ([2, 1, 2, 2, 2], [])
    assert closure_end_set(closure_id=closure.pk, end=day(house, 1), actor=actor) is None
    assert (free(house), RoomClosure.objects.count(), InventoryBlock.objects.count()) == ([2] * 5, 0, 0)


def test_a_night_on_which_every_room_is_sold_is_refused_by_name() -> None:
    house = hotel(rooms=2, nights=5)
    stay(house, 1, 1, rooms=2)
    with pytest.raises(SoldOut) as caught:
        close(house, 0, 3)
    assert caught.value.data["nights"] == [day(house, 1).isoformat()]
    assert (free(house), RoomClosure.objects.count()) == ([2, 0, 2, 2, 2], 0)


def test_stays_in_the_room_are_named_then_displaced_but_never_who_is_in_the_house() -> None:
    house = hotel(rooms=3, nights=5)
    actor = clerk(house)
    coming, there = stay(house, 2, 2), stay(house, 0, 2)
    room = rooms_of(house)[0]
    for booking in (coming, there):
        room_assign(booking_id=booking.pk, room_id=room.pk, actor=actor)
    with pytest.raises(RoomOccupied) as caught:
        close(house, 2, 3)
    assert [row["reference"] for row in caught.value.data["stays"]] == [coming.reference]
    assert caught.value.data["may_displace"] is True
    assert given(coming) != []
    done = close(house, 2, 3, displaces=True)
    assert (done.displaced, given(coming)) == ((coming.reference,), [])
    noon = local_datetime(day(house, 0), house.property.arrival_from, house.property.time_zone)
    booking_check_in(booking_id=there.pk, actor=actor, at=noon)
    with pytest.raises(RoomOccupied) as caught:
        close(house, 1, 2, displaces=True)
    assert caught.value.data["may_displace"] is False
    assert (len(given(there)), inventory_differences()) == (1, [])


def test_closures_do_not_overlap_and_are_made_by_who_may_from_today_on() -> None:
    house = hotel(rooms=2, nights=5)
    close(house, 1, 3)
    for error, arguments in (
        (ClosureOverlaps, {"start": 2, "end": 4}),
        (ClosureOverlaps, {"start": 0, "end": 2, "kind": "out_of_service"}),
        (ValidationFailed, {"start": -30, "end": 1, "room": 1}),
        (ValidationFailed, {"start": 0, "end": 1, "room": 1, "reason": " "}),
        (ValidationFailed, {"start": 0, "end": 1, "room": 1, "kind": "haunted"}),
        (InvalidStay, {"start": 1, "end": 1, "room": 1}),
        (PermissionDenied, {"start": 0, "end": 1, "room": 1, "actor": clerk(house, role="finance")}),
    ):
        with pytest.raises(error):
            close(house, arguments.pop("start"), arguments.pop("end"), **arguments)
    assert (RoomClosure.objects.count(), inventory_differences()) == (1, [])


def test_a_closure_beyond_the_inventory_blocks_the_nights_that_are_added() -> None:
    house = hotel(rooms=2, nights=3)
    close(house, 2, 400)
    inventory_extend(property_id=house.property.pk)
    assert inventory_differences() == []
    assert house.inventory(4).blocked == 1
