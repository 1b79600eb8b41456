"""Moving rooms between free, held and sold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from core.dates import StayDates
from core.exceptions import Unavailable, translate_integrity_errors
from core.locks import lock_timeout
from inventory.exceptions import NightsNotHeld, SoldOut
from inventory.models import RoomInventory
from inventory.services.nights import (
    nights_held_to_sold,
    nights_hold,
    nights_lock,
    nights_release_held,
    nights_release_sold,
    nights_sell,
)
from inventory.signals import nights_freed
from tests.factories.inventory import Hotel, hotel

FIRST = date(2027, 3, 1)


@pytest.fixture
def house(db: None) -> Hotel:
    return hotel(first=FIRST, nights=10, rooms=3)


def numbers(house: Hotel, offset: int) -> tuple[int, int, int, int]:
    night = house.inventory(offset)
    return night.held, night.sold, night.blocked, night.available


def test_hold_takes_rooms_on_every_night_of_the_stay_and_no_other(
    house: Hotel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # and the event
        nights_hold(room_type_id=house.room_type.pk, stay=house.stay(1, 2), rooms=2)

    assert [numbers(house, offset) for offset in range(4)] == [
        (0, 0, 0, 3),
        (2, 0, 0, 1),
        (2, 0, 0, 1),
        (0, 0, 0, 3),
    ]


def test_a_hold_becomes_a_sale_and_a_sale_is_freed(house: Hotel) -> None:
    arguments: dict[str, Any] = {"room_type_id": house.room_type.pk, "stay": house.stay(0, 2), "rooms": 2}

    nights_hold(**arguments)
    nights_held_to_sold(**arguments)
    assert numbers(house, 0) == (0, 2, 0, 1)

    nights_release_sold(**arguments)
    assert numbers(house, 0) == (0, 0, 0, 3)

    nights_sell(**arguments)
    assert numbers(house, 1) == (0, 2, 0, 1)


def test_too_few_rooms_on_one_night_names_it_and_changes_nothing(house: Hotel) -> None:
    nights_sell(room_type_id=house.room_type.pk, stay=house.stay(1, 1), rooms=2)

    with pytest.raises(SoldOut) as error:
        nights_hold(room_type_id=house.room_type.pk, stay=house.stay(0, 3), rooms=2)

    assert error.value.data == {"nights": ["2027-03-02"], "room_type_id": house.room_type.pk, "rooms": 2}
    assert numbers(house, 0) == (0, 0, 0, 3)


def test_nights_beyond_the_inventory_are_sold_out(house: Hotel) -> None:
    with pytest.raises(SoldOut) as error:
        nights_hold(room_type_id=house.room_type.pk, stay=house.stay(9, 3), rooms=1)

    assert error.value.data["nights"] == ["2027-03-11", "2027-03-12"]
    assert numbers(house, 9) == (0, 0, 0, 3)


@pytest.mark.parametrize("service", [nights_held_to_sold, nights_release_held, nights_release_sold])
def test_what_is_not_held_or_sold_cannot_be_freed(house: Hotel, service: Any) -> None:
    with pytest.raises(NightsNotHeld):
        service(room_type_id=house.room_type.pk, stay=house.stay(0, 2), rooms=1)

    assert numbers(house, 0) == (0, 0, 0, 3)


def test_freed_nights_are_announced_after_commit(
    house: Hotel, django_capture_on_commit_callbacks: Any
) -> None:
    announced: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        announced.append({key: kwargs[key] for key in ("room_type_id", "arrival", "departure", "rooms")})

    nights_freed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            nights_hold(room_type_id=house.room_type.pk, stay=house.stay(0, 2), rooms=1)
            nights_release_held(room_type_id=house.room_type.pk, stay=house.stay(0, 2), rooms=1)
            assert announced == []
    finally:
        nights_freed.disconnect(listen)

    assert announced == [
        {
            "room_type_id": house.room_type.pk,
            "arrival": FIRST,
            "departure": FIRST + timedelta(days=2),
            "rooms": 1,
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_done() -> None:
    house = hotel(first=FIRST, nights=3)

    with pytest.raises(TransactionManagementError):
        nights_hold(room_type_id=house.room_type.pk, stay=house.stay(0, 1), rooms=1)

    assert numbers(house, 0) == (0, 0, 0, 5)


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_cannot_be_had_is_busy_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    house = hotel(first=FIRST, nights=3)
    other = connection.copy()
    other.inc_thread_sharing()
    monkeypatch.setattr("inventory.services.nights.lock_timeout", lambda: lock_timeout(0.1))
    try:
        with other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT 1 FROM inventory_roominventory FOR UPDATE")
            with pytest.raises(Unavailable) as error, transaction.atomic():
                nights_lock(room_type_id=house.room_type.pk, stay=house.stay(0, 2), rooms=1)
        assert error.value.code == "busy"
        assert error.value.http_status == 503
    finally:
        other.rollback()
        other.close()


@pytest.mark.django_db
def test_the_check_constraint_stands_behind_the_services() -> None:
    house = hotel(first=FIRST, nights=1, rooms=1)

    with pytest.raises(SoldOut), translate_integrity_errors(), transaction.atomic():
        RoomInventory.objects.update(sold=2)

    assert numbers(house, 0) == (0, 0, 0, 1)


def test_the_lock_takes_only_the_nights(house: Hotel) -> None:
    stay = StayDates(FIRST, FIRST + timedelta(days=2))
    nights = nights_lock(room_type_id=house.room_type.pk, stay=stay)

    assert sorted(nights) == stay.dates()
    assert nights[FIRST].property_id == house.property.pk
    assert nights[FIRST].available == 3
