"""What a house sells and when: seasons, prices, restrictions, numbers of rooms, blocks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from core.dates import property_today
from inventory.models import (
    InventoryBlock,
    Rate,
    RatePattern,
    Restriction,
    RoomInventory,
)
from tests.admin.addresses import add, change, delete
from tests.admin.conftest import staff_of
from tests.factories.bookings import held
from tests.factories.inventory import (
    Hotel,
    InventoryBlockFactory,
    RatePlanFactory,
    RestrictionFactory,
)

pytestmark = pytest.mark.django_db


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def season_values(house: Hotel, **changes: Any) -> dict[str, Any]:
    return {
        "rate_plan": house.plan.pk,
        "room_type": house.room_type.pk,
        "name": "Summer",
        "first_night": house.first.isoformat(),
        "last_night": (house.first + timedelta(days=6)).isoformat(),
        "priority": 0,
        **{day: 100 + number for number, day in enumerate(WEEK)},
        **changes,
    }


def test_a_season_writes_its_nightly_rates(house: Hotel) -> None:
    override = Rate.objects.get(date=house.first)
    Rate.objects.filter(pk=override.pk).update(is_override=True, price=77)

    answer = staff_of(house).post(add("inventory.ratepattern"), season_values(house))

    assert answer.status_code == 302, answer.context["errors"]
    priced = dict(Rate.objects.order_by("date").values_list("date", "price")[:7])
    assert priced.pop(house.first) == 77
    assert priced == {night: 100 + night.weekday() for night in priced}


def test_deleting_a_season_prices_its_nights_anew(house: Hotel) -> None:
    client = staff_of(house)
    client.post(add("inventory.ratepattern"), season_values(house))

    RatePattern.objects.exclude(name="Summer").delete()

    client.post(delete(RatePattern.objects.get()), {"post": "yes"})

    assert not RatePattern.objects.exists()
    assert not Rate.objects.filter(is_override=False, date=house.first).exists()


def test_a_price_set_by_hand_is_an_override_and_can_be_undone(house: Hotel) -> None:
    client = staff_of(house)
    client.post(add("inventory.ratepattern"), season_values(house))
    rate = Rate.objects.get(date=house.first)

    client.post(change(rate), {"price": "250"})
    rate.refresh_from_db()
    assert (rate.price, rate.is_override) == (250, True)

    client.post(
        reverse("admin:inventory_rate_changelist"),
        {"action": "season_price", "_selected_action": [rate.pk]},
    )
    rate.refresh_from_db()
    assert (rate.price, rate.is_override) == (100 + house.first.weekday(), False)


def test_a_derived_plan_has_no_prices_of_its_own(house: Hotel) -> None:
    derived = RatePlanFactory.create(
        property=house.property, derived_from=house.plan, derived_kind="percent", derived_value=Decimal(-10)
    )
    values = season_values(house, rate_plan=derived.pk)

    answer = staff_of(house).post(add("inventory.ratepattern"), values)

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not RatePattern.objects.filter(rate_plan=derived).exists()


def test_weekdays_are_check_boxes(house: Hotel) -> None:
    client = staff_of(house)
    values = {
        "property": house.property.pk,
        "first_date": "2030-01-01",
        "last_date": "2030-01-31",
        "weekdays": ["4", "5"],
        "min_stay": 2,
    }

    answer = client.post(add("inventory.restriction"), values)

    assert answer.status_code == 302, answer.context["errors"]
    restriction = Restriction.objects.get()
    assert restriction.weekdays == 0b0110000
    page = client.get(change(restriction)).content.decode()
    assert page.count("checked") == 2
    assert client.get(reverse("admin:inventory_restriction_changelist")).context["cl"].result_count == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["9"]}, "weekdays"),
        ({"last_date": "2029-01-01"}, "__all__"),
        ({"min_stay": ""}, "__all__"),
        ({"min_stay": 3, "max_stay": 2}, "__all__"),
    ],
)
def test_impossible_restrictions_are_refused(house: Hotel, values: dict[str, Any], field: str) -> None:
    given = {
        "property": house.property.pk,
        "first_date": "2030-01-01",
        "last_date": "2030-01-31",
        "weekdays": ["0"],
        "min_stay": 2,
    }

    answer = staff_of(house).post(add("inventory.restriction"), given | values)

    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Restriction.objects.exists()


def test_a_restriction_of_another_house_stays(house: Hotel, other_house: Hotel) -> None:
    restriction = RestrictionFactory.create(property=house.property)
    client = staff_of(other_house)

    assert client.post(change(restriction), {"min_stay": 9}).status_code == 404
    assert client.post(delete(restriction), {"post": "yes"}).status_code == 404
    client.post(
        reverse("admin:inventory_restriction_changelist"),
        {"action": "delete_selected", "_selected_action": [restriction.pk], "post": "yes"},
    )
    assert Restriction.objects.get().min_stay == 2


@pytest.mark.django_db(transaction=True)
def test_the_number_of_rooms_changes_and_counters_do_not(house: Hotel) -> None:
    night = house.inventory()

    answer = staff_of(house).post(change(night), {"total": 7, "held": 3, "sold": 2, "blocked": 1})

    assert answer.status_code == 302
    night.refresh_from_db()
    assert (night.total, night.held, night.sold, night.blocked) == (7, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_never_fewer_rooms_than_are_taken(house: Hotel) -> None:
    held(house, rooms=3)
    client = staff_of(house)

    one = client.post(change(house.inventory()), {"total": 2})
    many = client.post(
        reverse("admin:inventory_roominventory_total"),
        {
            "room_type": house.room_type.pk,
            "first_night": house.first.isoformat(),
            "last_night": (house.first + timedelta(days=9)).isoformat(),
            "total": 2,
        },
    )

    assert "More rooms than that" in str(one.context["errors"])
    assert "More rooms than that" in str(many.context["form"].errors)
    assert set(RoomInventory.objects.values_list("total", flat=True)) == {5}


def test_the_number_of_rooms_changes_for_many_nights(house: Hotel) -> None:
    answer = staff_of(house).post(
        reverse("admin:inventory_roominventory_total"),
        {
            "room_type": house.room_type.pk,
            "first_night": house.first.isoformat(),
            "last_night": (house.first + timedelta(days=2)).isoformat(),
            "total": 4,
        },
    )

    assert answer.status_code == 302
    totals = list(RoomInventory.objects.order_by("date").values_list("total", flat=True)[:4])
    assert totals == [4, 4, 4, 5]


def block_values(house: Hotel, **changes: Any) -> dict[str, Any]:
    return {
        "room_type": house.room_type.pk,
        "start": house.first.isoformat(),
        "end": (house.first + timedelta(days=2)).isoformat(),
        "rooms": 2,
        "reason": "Painting",
        **changes,
    }


def test_blocks_take_rooms_out_of_sale_and_give_them_back(house: Hotel) -> None:
    client = staff_of(house, StaffRole.FRONT_DESK)

    answer = client.post(add("inventory.inventoryblock"), block_values(house))

    assert answer.status_code == 302, answer.context["errors"]
    block = InventoryBlock.objects.get()
    assert block.created_by is not None
    assert [house.inventory(day).blocked for day in range(3)] == [2, 2, 0]
    assert client.post(change(block), block_values(house, rooms=1)).status_code == 403

    client.post(delete(block), {"post": "yes"})
    assert house.inventory().blocked == 0


def test_a_block_of_more_rooms_than_are_free_is_refused(house: Hotel) -> None:
    answer = staff_of(house).post(add("inventory.inventoryblock"), block_values(house, rooms=6))

    assert "not enough rooms" in str(answer.context["errors"])
    assert not InventoryBlock.objects.exists()
    assert house.inventory().blocked == 0


def test_blocks_of_another_house_stay(house: Hotel, other_house: Hotel) -> None:
    block = InventoryBlockFactory.create(room_type=house.room_type)
    client = staff_of(other_house)

    assert client.post(delete(block), {"post": "yes"}).status_code == 404
    assert client.post(add("inventory.inventoryblock"), block_values(house)).status_code == 200
    assert InventoryBlock.objects.get() == block


def test_nothing_of_the_past_is_priced_by_a_season(house: Hotel) -> None:
    past = property_today(house.property.time_zone) - timedelta(days=1)
    rate = Rate.objects.create(rate_plan=house.plan, room_type=house.room_type, date=past, price=50)

    staff_of(house).post(
        add("inventory.ratepattern"), season_values(house, first_night=past.isoformat(), last_night="")
    )

    rate.refresh_from_db()
    assert rate.price == 50
