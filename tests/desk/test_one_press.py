"""What the desk does with one press: a room for who has none, and a price that was agreed at the counter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole, User
from bookings.models import Booking, BookingChange, RoomAssignment
from bookings.services.assigning import room_assign
from inventory.models import Room
from payments.models import Payment
from tests.admin.conftest import logged_in, staff_of
from tests.desk.conftest import stay_of
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = reverse("admin:today")


def do(name: str, booking: Booking) -> str:
    return reverse("admin:bookings_booking_operation", args=[booking.pk, name])


def actions_of(client: Client, booking: Booking) -> list[str]:
    sections = client.get(TODAY).context["sections"]
    lines = {line.row.id: line for part in sections for line in part["lines"]}
    return [action.name for action in lines[booking.pk].actions]


def test_a_room_is_given_from_the_list_and_taken_back(house: Hotel, clerk: User, rooms: list[Room]) -> None:
    booking = stay_of(house, 0, 2)
    Room.objects.filter(pk=rooms[0].pk).update(housekeeping="dirty")
    client = logged_in(clerk)
    assert "assign" in actions_of(client, booking)

    told = client.post(f"{do('assign', booking)}?next={TODAY}", follow=True).content.decode()

    given = RoomAssignment.objects.get()
    assert (given.booking, given.room, given.assigned_by) == (booking, rooms[1], clerk)
    assert "has room 102." in told
    assert f'action="{do("undo-assign", booking)}?next=' in told
    assert "assign" not in actions_of(client, booking)
    client.post(do("assign", booking))
    assert RoomAssignment.objects.count() == 1

    client.post(do("undo-assign", booking))
    assert not RoomAssignment.objects.exists()
    room_assign(booking_id=booking.pk, room_id=rooms[4].pk, actor=clerk)
    client.post(do("undo-assign", booking))
    assert RoomAssignment.objects.get().room == rooms[4], "what was chosen by hand stays"


def test_no_room_is_given_where_none_is_free_or_by_who_may_not(house: Hotel, clerk: User) -> None:
    booking = stay_of(house, 0, 2)
    assert staff_of(house, StaffRole.FINANCE).post(do("assign", booking)).status_code == 403
    Room.objects.update(is_active=False)

    told = logged_in(clerk).post(do("assign", booking), follow=True).content.decode()

    assert "No room of this type is free on all of these nights." in told
    assert not RoomAssignment.objects.exists()


def walk_in(client: Client, **more: Any) -> Any:
    """Send the form of the walk-in page."""
    address = client.get(TODAY).context["walk_in_url"]
    shown = client.get(address)
    values = {
        "key": uuid4().hex,
        "offer": shown.context["chosen"],
        "name": "Grace Hopper",
        "language": "en",
        "paid_by": "cash",
        "checks_in": "on",
    }
    return client.post(address, values | more)


def test_a_walk_in_gets_the_price_that_was_agreed(house: Hotel, clerk: User) -> None:
    key = uuid4().hex
    values = {"nightly_override": "95.00", "override_reason": "Late hour", "key": key}
    client = logged_in(clerk)

    walk_in(client, **values)
    walk_in(client, **values)

    booking = Booking.objects.get()
    assert (booking.status, booking.total) == ("checked_in", Decimal("95.00"))
    assert Payment.objects.get(folio=booking.folio_id).amount == Decimal("95.00")
    change = BookingChange.objects.get()
    assert (change.override_price, change.reason, change.actor) == (Decimal("95.00"), "Late hour", clerk)


def test_a_price_needs_a_reason_and_stays_within_the_limit_of_the_role(house: Hotel, clerk: User) -> None:
    client, finance = logged_in(clerk), staff_of(house, StaffRole.FINANCE)
    assert finance.get(reverse("admin:bookings_booking_desk")).status_code == 403

    unsaid = walk_in(client, nightly_override="95.00")
    too_low = walk_in(client, nightly_override="89.00", override_reason="Late hour")

    assert unsaid.context["form"].errors["override_reason"] == ["Please say why."]
    assert "up to 10 %" in too_low.context["form"].errors["nightly_override"][0]
    assert not Booking.objects.exists(), "nothing is held for a price that is refused"
    manager = staff_of(house, StaffRole.MANAGER)
    assert walk_in(manager, nightly_override="89.00", override_reason="Late hour").status_code == 302
    assert Booking.objects.get().total == Decimal("89.00")


def test_a_second_press_for_the_last_room_finds_the_first_ones_booking(
    house: Hotel, clerk: User, rooms: list[Room]
) -> None:
    for _stay in range(7):
        stay_of(house, 0, 1)
    client, key = logged_in(clerk), uuid4().hex
    address = client.get(TODAY).context["walk_in_url"]
    values = {
        "key": key,
        "offer": client.get(address).context["chosen"],
        "name": "Grace Hopper",
        "language": "en",
        "paid_by": "",
        "checks_in": "on",
        "room": rooms[2].pk,
    }

    first, second = client.post(address, values), client.post(address, values)

    booking = Booking.objects.get(guest_name="Grace Hopper")
    assert RoomAssignment.objects.get().room == rooms[2]
    page = reverse("admin:bookings_booking_change", args=[booking.pk])
    assert (first.url, second.url) == (page, page)
