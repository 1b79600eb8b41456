"""A group's guest stays longer or shorter: nights come from the block first, and go back to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bookings.changes import stay_change_from
from bookings.models import Booking
from bookings.selectors.groups import group_pick_ups
from bookings.selectors.inventory import inventory_differences
from bookings.services import booking_change, change_preview
from bookings.services.groups import group_pick_up, group_release
from inventory.exceptions import SoldOut
from inventory.types import Party
from payments.selectors import ledger_problems
from tests.factories.bookings import held

from .conftest import group_kept, nights_of, room_of

pytestmark = pytest.mark.django_db


def test_nights_come_from_the_block_and_go_back_to_it_until_the_release(house, clerk):
    group = group_kept(house, clerk, rooms=2)
    booking = group_pick_up(group_id=group.pk, room=room_of(house, nights=1), actor=clerk)
    held(house, rooms=3, stay=house.stay(1, 1))
    assert nights_of(house) == [(1, 1, 3), (2, 0, 0)]
    short, long = house.stay(0, 1).departure, house.stay(0, 2).departure

    def until(departure: date) -> Booking:
        fresh = Booking.objects.with_summary().get(pk=booking.pk)
        change = stay_change_from(fresh, departure=departure)
        preview = change_preview(booking=fresh, change=change, actor=clerk, as_staff=True)
        assert preview.refusal is None
        return booking_change(
            booking_id=booking.pk,
            change=change,
            actor=clerk,
            expected_total=preview.after_total,
            as_staff=True,
        )

    changed = until(long)  # the house is full that night, but for what the group keeps
    assert changed.room_total == Decimal(160)
    assert nights_of(house) == [(1, 1, 3), (1, 1, 0)]
    [pick_up] = group_pick_ups(group_id=group.pk)
    assert (pick_up.picked_up, pick_up.left) == (2, 2)

    until(short)
    assert nights_of(house) == [(1, 1, 3), (2, 0, 0)]
    assert inventory_differences() == []

    group_release(group_id=group.pk, actor=clerk)
    assert until(long).room_total == Decimal(160)  # a free room, at the price that was agreed
    assert nights_of(house) == [(0, 1, 4), (0, 1, 1)]
    until(short)
    assert nights_of(house) == [(0, 1, 4), (0, 0, 2)]
    assert inventory_differences() == []
    assert ledger_problems() == []


def test_what_the_group_keeps_for_others_is_not_taken_by_halves(house, clerk):
    group = group_kept(house, clerk, rooms=1)
    booking = group_pick_up(group_id=group.pk, room=room_of(house), actor=clerk)
    held(house, rooms=4)
    fresh = Booking.objects.with_summary().get(pk=booking.pk)

    with pytest.raises(SoldOut):
        booking_change(
            booking_id=booking.pk,
            change=stay_change_from(fresh, party=Party(adults=2, rooms=2)),
            actor=clerk,
            expected_total=None,
            as_staff=True,
        )

    assert nights_of(house) == [(0, 1, 0), (0, 1, 0)]
    assert inventory_differences() == []
