"""Groups: rooms kept, picked up, given back, and never sold twice."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import StaffRole
from bookings.exceptions import GroupBelowPickedUp, GroupClosed, GroupNotDue, RoomingListWrong
from bookings.models import Booking, GroupBlock, GroupStatus
from bookings.selectors.groups import group_pick_ups, group_release_at
from bookings.selectors.inventory import inventory_differences
from bookings.services import booking_cancel
from bookings.services.groups import (
    group_blocks_cut,
    group_blocks_set,
    group_cancel,
    group_pick_up,
    group_release,
    groups_release,
    rooming_list_book,
    rooming_list_read,
)
from core.exceptions import DomainError, PermissionDenied
from inventory.exceptions import SoldOut
from inventory.signals import nights_freed
from payments.selectors import folio_balance, ledger_problems
from payments.services import folio_charge
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held
from tests.factories.inventory import PropertyFactory

from .conftest import group_kept, nights_of, room_of

pytestmark = pytest.mark.django_db


def test_a_block_takes_rooms_from_sale_and_gives_fewer_back(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    assert nights_of(house) == [(3, 0, 2), (3, 0, 2)]
    with pytest.raises(SoldOut):
        group_kept(house, clerk, rooms=3)

    stay = house.stay()
    group_blocks_set(
        group_id=group.pk, room_type_id=house.room_type.pk, nights=[stay.arrival], rooms=1, actor=clerk
    )

    assert nights_of(house) == [(1, 0, 4), (3, 0, 2)]
    assert inventory_differences() == []


def test_a_room_is_picked_up_at_the_group_s_price(house, clerk):
    group = group_kept(house, clerk, rooms=2)

    booking = group_pick_up(
        group_id=group.pk, room=room_of(house, guests=("Ana Reis", "Rui Reis"), key="1"), actor=clerk
    )
    again = group_pick_up(
        group_id=group.pk, room=room_of(house, guests=("Ana Reis", "Rui Reis"), key="1"), actor=clerk
    )

    assert again.pk == booking.pk
    assert (booking.status, booking.adults, booking.group_id) == ("confirmed", 2, group.pk)
    assert (booking.room_total, booking.tax_added, booking.total) == (Decimal(160), Decimal(8), Decimal(168))
    assert "Rui Reis" in booking.special_requests
    assert nights_of(house) == [(1, 1, 3), (1, 1, 3)]
    [pick_up] = group_pick_ups(group_id=group.pk)
    assert (pick_up.rooms, pick_up.picked_up, pick_up.left, pick_up.percent) == (4, 2, 2, 50)
    assert inventory_differences() == []


def test_nights_around_the_block_come_from_free_rooms(house, clerk):
    group = group_kept(house, clerk, rooms=1, price=None)

    group_pick_up(group_id=group.pk, room=room_of(house, nights=3), actor=clerk)

    assert nights_of(house, 3) == [(0, 1, 4), (0, 1, 4), (0, 1, 4)]
    assert Booking.objects.get().room_total == Decimal(300)
    assert inventory_differences() == []


def test_a_cancelled_room_returns_to_the_block_while_the_group_keeps_rooms(house, clerk, manager):
    group = group_kept(house, clerk, rooms=2)
    first = group_pick_up(group_id=group.pk, room=room_of(house, key="1"), actor=clerk)
    second = group_pick_up(group_id=group.pk, room=room_of(house, key="2"), actor=clerk)

    booking_cancel(booking_id=first.pk, actor=clerk)
    assert nights_of(house) == [(1, 1, 3), (1, 1, 3)]
    group_release(group_id=group.pk, actor=clerk)
    booking_cancel(booking_id=second.pk, actor=clerk)

    assert nights_of(house) == [(0, 0, 5), (0, 0, 5)]
    assert inventory_differences() == []
    assert ledger_problems() == []


def test_the_shared_folio_has_rooms_and_taxes_and_the_guest_s_the_extras(house, clerk, manager):
    group = group_kept(house, clerk, shared_folio=True, company="Acme GmbH")
    booking = group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)
    folio_charge(folio_id=booking.folio_id, description="Bar", amount=Decimal(9), actor=manager, key="b")

    assert folio_balance(folio_id=group.folio_id) == Decimal(164)
    assert folio_balance(folio_id=booking.folio_id) == Decimal(9)
    booking_cancel(booking_id=booking.pk, actor=clerk)

    assert folio_balance(folio_id=group.folio_id) == 0
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert ledger_problems() == []


def test_fewer_than_picked_up_cannot_be_agreed(house, clerk):
    group = group_kept(house, clerk, rooms=2)
    group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)

    with pytest.raises(GroupBelowPickedUp):
        group_blocks_set(
            group_id=group.pk,
            room_type_id=house.room_type.pk,
            nights=house.stay().dates(),
            rooms=0,
            actor=clerk,
        )
    assert group_blocks_cut(group_id=group.pk, actor=clerk) == 2

    assert nights_of(house) == [(0, 1, 4), (0, 1, 4)]


@pytest.mark.django_db(transaction=True)
def test_the_release_date_returns_rooms_by_itself(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)
    due = group_release_at(group)
    with pytest.raises(GroupNotDue):
        group_release(group_id=group.pk, actor=None, at=due - timedelta(minutes=1))
    assert groups_release(at=due - timedelta(minutes=1)) == 0
    heard = []
    nights_freed.connect(
        lambda **told: heard.append((told["arrival"], told["rooms"])), weak=False, dispatch_uid="t"
    )

    try:
        assert groups_release(at=due) == 1
        assert groups_release(at=due) == 0
    finally:
        nights_freed.disconnect(dispatch_uid="t")

    group.refresh_from_db()
    assert (group.status, group.released_at) == (GroupStatus.RELEASED, due)
    assert heard == [(house.first, 2)]
    assert nights_of(house) == [(0, 1, 4), (0, 1, 4)]
    assert list(GroupBlock.objects.values_list("rooms", "picked_up", "released")) == [(3, 1, 2), (3, 1, 2)]
    assert inventory_differences() == []
    out = StringIO()
    call_command("groups_release", stdout=out)
    assert out.getvalue() == "bookings.groups_release: 0\n"


def test_a_cancelled_group_takes_its_bookings_along(house, clerk, manager):
    group = group_kept(house, clerk, rooms=2)
    booking = group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)
    with pytest.raises(PermissionDenied):
        group_cancel(group_id=group.pk, actor=clerk, with_bookings=True)

    report = group_cancel(group_id=group.pk, actor=manager, with_bookings=True, reason="No money")

    booking.refresh_from_db()
    assert (report.cancelled, report.kept) == ([booking.reference], [])
    assert (booking.status, booking.cancellation_reason) == ("cancelled", "No money")
    assert nights_of(house) == [(0, 0, 5), (0, 0, 5)]
    with pytest.raises(GroupClosed):
        group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)
    assert inventory_differences() == []


def test_staff_of_another_house_may_nothing(house, clerk):
    group = group_kept(house, clerk, rooms=2)
    stranger = StaffFactory(property=PropertyFactory(), role=StaffRole.MANAGER)

    for act in (
        lambda: group_pick_up(group_id=group.pk, room=room_of(house), actor=stranger),
        lambda: group_release(group_id=group.pk, actor=stranger),
        lambda: group_blocks_cut(group_id=group.pk, actor=stranger),
        lambda: group_cancel(group_id=group.pk, actor=stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert nights_of(house) == [(2, 0, 3), (2, 0, 3)]


def csv(*lines: str) -> BytesIO:
    head = "Name,Email,Room type,Arrival,Departure,Room sharing,Requests"
    return BytesIO("\n".join((head, *lines)).encode())


def test_a_rooming_list_is_booked_once_and_all_of_it(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    code = house.room_type.code
    lines = (
        f"Ana Reis,ana@example.com,{code},,,A,",
        f"Rui Reis,,{house.room_type.name},,,a,Cot",
        f"Eva Lind,eva@example.com,{code},{house.first},{house.first + timedelta(days=1)},,",
    )

    first = rooming_list_book(group_id=group.pk, file=csv(*lines), actor=clerk)
    again = rooming_list_book(group_id=group.pk, file=csv(*lines), actor=clerk)

    assert [(row.guest_name, row.adults, row.total) for row in first.made] == [
        ("Ana Reis", 2, Decimal(168)),
        ("Eva Lind", 1, Decimal(82)),
    ]
    assert (len(again.made), len(again.known)) == (0, 2)
    assert nights_of(house) == [(1, 2, 2), (2, 1, 2)]
    assert len(rooming_list_read(group=group, file=csv(*lines)).booked) == 2
    assert inventory_differences() == []


def test_a_rooming_list_with_errors_books_nothing_and_names_its_lines(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    code = house.room_type.code
    bad = csv(
        f"Ana Reis,ana@example.com,{code},,,,",
        f",not an address,{code},,,,",
        "Eva Lind,,Palace,2026-13-01,,,",
    )

    with pytest.raises(RoomingListWrong) as wrong:
        rooming_list_book(group_id=group.pk, file=bad, actor=clerk)

    assert wrong.value.data["lines"].keys() == {"3", "4"}
    assert len(wrong.value.data["lines"]["3"]) == 2
    too_many = csv(*[f"Guest {number},,{code},,,," for number in range(6)])
    with pytest.raises(SoldOut):
        rooming_list_book(group_id=group.pk, file=too_many, actor=clerk)
    assert not Booking.objects.exists()
    assert nights_of(house) == [(3, 0, 2), (3, 0, 2)]


@pytest.mark.django_db(transaction=True)
def test_pick_ups_sellers_and_the_release_never_oversell_or_lose_a_room(house, clerk):
    group = group_kept(house, clerk, rooms=3)
    due = group_release_at(group)
    chance = random.Random(11)
    start = threading.Barrier(9)

    def race(number: int) -> str:
        start.wait()
        try:
            threading.Event().wait(chance.random() * 0.05)
            if number == 8:
                groups_release(at=due)
                return "released"
            if number % 2:
                group_pick_up(
                    group_id=group.pk, room=room_of(house, key=str(number)), actor=clerk, is_told=False
                )
                return "picked"
            held(house, at=timezone.now())
            return "held"
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        ended = list(pool.map(race, range(9)))
    groups_release(at=due)  # a group that was busy is left for the next run

    inventory = house.inventory()
    taken = ended.count("picked") + ended.count("held")
    assert ended.count("released") == 1
    assert inventory.sold + inventory.held == taken == 5 - inventory.available
    assert inventory.blocked == 0
    assert set(ended) <= {"picked", "held", "released", "sold_out", "busy"}
    assert inventory_differences() == []
