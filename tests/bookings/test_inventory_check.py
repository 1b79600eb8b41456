"""The proof that the inventory equals bookings, holds and blocks."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings.selectors import inventory_differences
from bookings.services import booking_cancel, holds_expire
from inventory.models import RoomInventory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import InventoryBlockFactory, hotel

pytestmark = pytest.mark.django_db


def check(*arguments) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("inventory_check", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def night(house, offset: int = 0):
    return RoomInventory.objects.filter(room_type=house.room_type, date=house.first + timedelta(days=offset))


def test_a_house_that_is_used_has_no_difference(house, at):
    confirmed(house, stay=house.stay(0, 3))
    held(house, stay=house.stay(2, 3))
    booking_cancel(booking_id=confirmed(house, stay=house.stay(5, 2)).pk, actor=None)
    held(house, stay=house.stay(5, 1), at=at - timedelta(hours=1))
    holds_expire(at=at)

    assert inventory_differences() == []
    assert check() == (0, "8 nights, no difference: the inventory equals bookings, holds and blocks.\n", "")


@pytest.mark.parametrize("column", ["held", "sold", "blocked"])
def test_each_kind_of_difference_is_found(house, column):
    night(house, 3).update(**{column: 1})

    (difference,) = inventory_differences()

    assert difference.date == house.first + timedelta(days=3)
    assert (getattr(difference, column), getattr(difference, f"{column}_expected")) == (1, 0)


def test_a_sold_night_that_is_missing_is_found(house):
    confirmed(house)
    night(house).delete()

    (difference,) = inventory_differences()

    assert (difference.sold, difference.sold_expected) == (None, 1)


def test_blocks_count(house):
    InventoryBlockFactory(
        room_type=house.room_type, start=house.first, end=house.first + timedelta(days=2), rooms=2
    )

    assert [(found.blocked, found.blocked_expected) for found in inventory_differences()] == [(0, 2), (0, 2)]
    for offset in range(2):
        night(house, offset).update(blocked=2)
    assert inventory_differences() == []


def test_the_command_shows_what_differs_and_fails(house):
    confirmed(house)
    night(house).update(sold=2)

    code, out, err = check()

    assert code == 1
    assert out.splitlines()[0].split("  ")[0].strip() == "property"
    assert f"{house.first.isoformat()}  0     2/1   0" in out
    assert err == "1 of 8 nights differ (recorded/expected).\n"


def test_the_command_speaks_json(house):
    night(house).update(held=1)

    code, out, _err = check("--json")

    report = json.loads(out)
    assert code == 1
    assert report["nights"] == 8
    assert report["differences"][0] | {"property_name": ""} == {
        "property_name": "",
        "room_type_id": house.room_type.pk,
        "room_type_code": house.room_type.code,
        "date": house.first.isoformat(),
        "held": 1,
        "held_expected": 0,
        "sold": 0,
        "sold_expected": 0,
        "blocked": 0,
        "blocked_expected": 0,
    }


def test_one_property_is_checked_alone(house):
    other = hotel(nights=2)
    night(house).update(held=1)

    assert check("--property", other.property.slug)[0] == 0
    assert check("--property", house.property.slug)[0] == 1
    with pytest.raises(CommandError, match="no property called nowhere"):
        check("--property", "nowhere")
