"""A lock that cannot be had in time is an answer, not an accident."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from bookings.models import Booking
from bookings.services import booking_cancel
from core.exceptions import Unavailable
from inventory.services.nights import nights_lock
from tests.concurrency.racing import racers
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@contextmanager
def somebody_keeps(house: Hotel) -> Iterator[None]:
    """Somebody else's transaction has the nights' lock and does not let go of it."""
    has_it, may_end = threading.Event(), threading.Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                nights_lock(room_type_id=house.room_type.pk, stay=house.stay())
                has_it.set()
                may_end.wait(timeout=300)
        finally:
            connection.close()

    keeper = threading.Thread(target=keep)
    keeper.start()
    assert has_it.wait(timeout=300)
    try:
        yield
    finally:
        may_end.set()
        keeper.join()


def test_after_three_seconds_who_waits_for_a_night_is_told_to_come_again():
    house = hotel(nights=4)
    booking = held(house).booking

    with somebody_keeps(house), racers(2) as track:
        outcomes = track.race(
            lambda: held(house),
            lambda: booking_cancel(booking_id=booking.pk, actor=None),
        )

    assert [outcome.refused for outcome in outcomes] == ["busy", "busy"]
    assert Booking.objects.get().status == "held"
    assert house.inventory().held == 1


def test_nobody_waits_for_other_nights():
    house = hotel(nights=4)

    with somebody_keeps(house):
        booking = held(house, stay=house.stay(2, 2)).booking

    assert booking.status == "held"


def test_who_is_told_to_come_again_is_told_when():
    house = hotel(nights=4)

    with somebody_keeps(house), pytest.raises(Unavailable) as refused:
        held(house)

    assert (refused.value.http_status, refused.value.code, refused.value.retry_after) == (503, "busy", 1)
