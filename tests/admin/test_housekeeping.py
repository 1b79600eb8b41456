"""Rooms on the phone of whoever cleans them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import RoomAssignment
from bookings.selectors.housekeeping import Floor, Occupancy, housekeeping_today
from bookings.services.desk import booking_check_in
from core.dates import property_today
from core.exceptions import NotFound, PermissionDenied
from inventory.models import Room
from inventory.services.housekeeping import room_mark, rooms_mark, rooms_mark_dirty
from tests.admin.conftest import staff_of
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, RoomFactory, hotel

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "admin:housekeeping"


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=6, rooms=5, first=property_today("Europe/Berlin"))


def room(house: Hotel, number: str, **fields: Any) -> Room:
    return RoomFactory.create(room_type=house.room_type, number=number, **fields)


def only(floors: list[Floor], number: str) -> Any:
    return next(one for floor in floors for one in floor.rooms if one.room.number == number)


def test_a_room_is_marked_in_place_and_without_scripts(house: Hotel) -> None:
    dirty = room(house, "101", housekeeping="dirty", floor="1")
    client = staff_of(house, StaffRole.HOUSEKEEPING)
    assert client.get(reverse(PAGE)).context["counts"]["dirty"] == 1
    url = reverse("admin:housekeeping_mark")

    part = client.post(
        url, {"room": dirty.pk, "state": "clean", "note": "Lamp is broken"}, headers={"HX-Request": "true"}
    )
    assert (part.status_code, part.context["room"].room.housekeeping) == (200, "clean")
    whole = client.post(url, {"room": dirty.pk, "state": "dirty", "show": "to_do"})
    assert whole["Location"] == f"{reverse(PAGE)}?house={house.property.pk}&show=to_do#room-{dirty.pk}"
    dirty.refresh_from_db()
    assert (dirty.housekeeping, dirty.housekeeping_note) == ("dirty", "Lamp is broken")
    assert dirty.housekeeping_at is not None


def test_housekeeping_sees_rooms_and_nothing_else(house: Hotel) -> None:
    clean = room(house, "101")
    booking = confirmed(house)
    client = staff_of(house, StaffRole.HOUSEKEEPING)
    url = reverse("admin:housekeeping_mark")

    refused = client.post(url, {"room": clean.pk, "state": "inspected"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).status_code == 403
    assert client.get(f"/api/v1/bookings/{booking.reference}/").status_code in (401, 403, 404)
    assert not re.search(r"\bAda\b|Lovelace", client.get(reverse(PAGE)).content.decode())
    clean.refresh_from_db()
    assert clean.housekeeping == "clean"


def test_who_does_not_clean_here_does_not_mark(house: Hotel) -> None:
    mine = room(house, "101")
    foreign = room(hotel(nights=1), "7")
    finance = StaffFactory.create(property=house.property, role=StaffRole.FINANCE)
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    with pytest.raises(PermissionDenied):
        room_mark(room_id=mine.pk, state="dirty", actor=finance)
    with pytest.raises(PermissionDenied):
        rooms_mark(room_ids=[mine.pk, foreign.pk], state="dirty", actor=desk)
    with pytest.raises(NotFound):
        rooms_mark(room_ids=[mine.pk, 0], state="dirty", actor=desk)
    assert staff_of(house, StaffRole.FINANCE).get(reverse(PAGE)).status_code == 403
    assert room_mark(room_id=mine.pk, state="inspected", actor=desk).housekeeping == "inspected"


def test_what_happens_in_a_room_today(house: Hotel) -> None:
    today = house.first
    rooms = [room(house, number, floor="top") for number in ("2", "10", "11")]
    staying, coming = confirmed(house), confirmed(house)
    for booking, place in zip((staying, coming), rooms, strict=False):
        RoomAssignment.objects.create(
            booking=booking, room=place, start=booking.arrival, end=booking.departure
        )
    booking_check_in(booking_id=staying.pk, actor=SuperuserFactory.create())
    rooms_mark_dirty(room_ids=[rooms[1].pk])

    floors = housekeeping_today(property_id=house.property.pk, day=today)
    [top] = [floor for floor in floors if floor.name == "top"]
    assert [one.room.number for one in top.rooms] == ["2", "10", "11"]
    assert only(floors, "2").occupancy == Occupancy.STAYS
    arriving = only(floors, "10")
    assert (arriving.occupancy, arriving.comes, arriving.guests, arriving.is_urgent) == (
        Occupancy.FREE,
        True,
        2,
        True,
    )
    assert top.to_do == 1
    last = housekeeping_today(property_id=house.property.pk, day=staying.departure)
    assert only(last, "2").occupancy == Occupancy.LEAVES
    after = housekeeping_today(property_id=house.property.pk, day=staying.departure + timedelta(days=1))
    assert only(after, "2").occupancy == Occupancy.FREE


def test_many_rooms_cost_as_much_as_one(house: Hotel, django_assert_num_queries: Any) -> None:
    for count in (1, 20):
        for number in range(count):
            room(house, f"{count}-{number}")
        with django_assert_num_queries(3):
            housekeeping_today(property_id=house.property.pk, day=house.first)
