"""Many want one room at one moment: one gets it, the others are told, and nothing is half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from bookings.models import RoomAssignment
from bookings.selectors import inventory_differences
from bookings.services.assigning import room_assign
from bookings.services.closing import room_close
from core.exceptions import DomainError
from inventory.models import RoomClosure
from tests.factories.inventory import hotel
from tests.rooms.houses import clerk, day, rooms_of, stay

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions) -> list[str]:
    """What each came to: "done", or the code of its refusal."""
    barrier = Barrier(len(actions))

    def run(action) -> str:
        try:
            connection.ensure_connection()
            barrier.wait()
            action()
        except DomainError as error:
            return error.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_twenty_assign_one_room_and_one_wins() -> None:
    house = hotel(rooms=20, nights=3)
    actor, room = clerk(house), rooms_of(house)[0]
    stays = [stay(house, 0, 2) for _ in range(20)]
    outcomes = at_once(
        *(partial(room_assign, booking_id=booking.pk, room_id=room.pk, actor=actor) for booking in stays)
    )
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "room_occupied", "busy"}
    assert RoomAssignment.objects.filter(room=room).count() == 1


def test_a_room_is_given_or_closed_but_not_both() -> None:
    house = hotel(rooms=3, nights=30)
    actor, room = clerk(house), rooms_of(house)[0]
    for round_number in range(6):
        booking = stay(house, round_number * 3, 2)
        start = day(house, round_number * 3)
        outcomes = at_once(
            partial(room_assign, booking_id=booking.pk, room_id=room.pk, actor=actor),
            partial(
                room_close,
                room_id=room.pk,
                start=start,
                end=day(house, round_number * 3 + 1),
                kind="out_of_order",
                reason="Leak",
                actor=actor,
            ),
        )
        closed = RoomClosure.objects.filter(room=room, start=start).exists()
        given = RoomAssignment.objects.filter(booking=booking).exists()
        assert (closed, given) in {(True, False), (False, True)}, outcomes
    assert inventory_differences() == []
