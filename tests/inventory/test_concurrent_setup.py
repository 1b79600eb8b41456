"""Two at once: extending, and blocking while the inventory is extended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from inventory.models import InventoryBlock, Rate, RoomInventory
from inventory.services import block_create, inventory_extend
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2027, 3, 1)
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
ROUNDS = 8


def together(*actions: Callable[[], object]) -> None:
    """Run actions in threads that start as one; what any of them raises is raised here."""
    barrier = threading.Barrier(len(actions))
    errors: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=60)
            action()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]


def test_extending_twice_at_once_adds_every_night_once() -> None:
    house = hotel(first=FIRST, nights=1, rooms=2)

    together(*[lambda: inventory_extend(days_ahead=200, at=AT)] * 3)

    assert RoomInventory.objects.filter(room_type=house.room_type).count() == 200
    assert Rate.objects.filter(room_type=house.room_type).count() == 200


def test_no_night_that_is_added_misses_a_block_that_is_made_meanwhile() -> None:
    house = hotel(first=FIRST, nights=1, rooms=2)
    last = FIRST
    for number in range(ROUNDS):
        last = FIRST + timedelta(days=20 * (number + 1))
        start, end = last - timedelta(days=15), last - timedelta(days=5)

        def extend(days: int = (last - FIRST).days) -> None:
            inventory_extend(days_ahead=days, at=AT)

        def block(start: date = start, end: date = end) -> None:
            block_create(room_type_id=house.room_type.pk, start=start, end=end, rooms=1, reason="Painting")

        together(extend, block)

    blocked = {night.date for night in RoomInventory.objects.filter(blocked=1)}
    expected = {
        block.start + timedelta(days=offset)
        for block in InventoryBlock.objects.all()
        for offset in range((block.end - block.start).days)
    }
    assert blocked == expected
    assert len(expected) == 10 * ROUNDS
    assert RoomInventory.objects.filter(blocked__gt=1).count() == 0


@pytest.mark.parametrize("locked", [True, False])
def test_without_the_setup_lock_a_night_does_miss_its_block(
    locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = hotel(first=FIRST, nights=1, rooms=2)
    if not locked:
        for module in ("extending", "allotments"):
            monkeypatch.setattr(f"inventory.services.{module}.setup_lock", lambda **_kwargs: None)
    end = FIRST + timedelta(days=5)

    def block() -> None:
        block_create(room_type_id=house.room_type.pk, start=FIRST, end=end, rooms=1, reason="Painting")
        connection.close()

    blocking = threading.Thread(target=block)
    with transaction.atomic():
        inventory_extend(days_ahead=5, at=AT)
        blocking.start()
        blocking.join(
            timeout=2 if locked else 60
        )  # without the lock it is done before the new nights are committed
    blocking.join(timeout=60)

    assert RoomInventory.objects.filter(blocked=1).count() == (5 if locked else 1)
