"""Setting up and correcting a house: what is saved, by whom, and what wrong input gives."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import PropertyStaff, StaffRole, User
from core.dates import property_today
from inventory.models import (
    InventoryBlock,
    Property,
    PropertyPhoto,
    Rate,
    RatePattern,
    RatePlan,
    Restriction,
    Room,
    RoomInventory,
    RoomType,
)
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import (
    Hotel,
    InventoryBlockFactory,
    RatePlanFactory,
    RestrictionFactory,
    RoomTypeFactory,
)

pytestmark = pytest.mark.django_db

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def add(model: str) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_add")


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def delete(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])


def formsets(*prefixes: str) -> dict[str, int]:
    return {f"{prefix}-{name}": 0 for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (3000, 2000), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("front.jpg", buffer.getvalue(), "image/jpeg")


def property_values(house: Property, **changes: Any) -> dict[str, Any]:
    return {
        "name": house.name,
        "slug": house.slug,
        "is_published": "on",
        "description": "By the river",
        "stars": 4,
        "city": house.city,
        "country": house.country,
        "time_zone": house.time_zone,
        "arrival_from": "15:00",
        "departure_until": "11:00",
        "child_max_age": 12,
        "gateways": ["at_property"],
        **formsets("photos"),
        **changes,
    }


def test_a_property_is_changed_with_a_photo_written_anew(house: Hotel, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    values = property_values(house.property) | {
        "photos-TOTAL_FORMS": 1,
        "photos-0-image": picture(),
        "photos-0-alt": "The front",
        "photos-0-position": 1,
    }

    answer = staff_of(house).post(change(house.property), values)

    assert answer.status_code == 302, answer.context["errors"]
    house.property.refresh_from_db()
    assert house.property.description == "By the river"
    assert house.property.gateways == ["at_property"]
    photo = PropertyPhoto.objects.get()
    assert photo.image.name.endswith(".webp")
    assert (photo.width, photo.height) == (2400, 1600)


def test_what_is_no_picture_is_refused(house: Hotel) -> None:
    values = property_values(house.property) | {
        "photos-TOTAL_FORMS": 1,
        "photos-0-image": SimpleUploadedFile("front.jpg", b"<svg onload=alert(1)>", "image/jpeg"),
        "photos-0-alt": "The front",
        "photos-0-position": 1,
    }

    answer = staff_of(house).post(change(house.property), values)

    assert answer.status_code == 200
    assert not PropertyPhoto.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"stars": 6}, "stars"),
        ({"country": "ZZ"}, "country"),
        ({"gateways": ["barter"]}, "gateways"),
        ({"gateways": []}, "gateways"),
        ({"child_max_age": 40}, "child_max_age"),
    ],
)
def test_a_property_refuses_nonsense(house: Hotel, values: dict[str, Any], field: str) -> None:
    answer = staff_of(house).post(change(house.property), property_values(house.property, **values))

    assert list(answer.context["adminform"].form.errors) == [field]
    house.property.refresh_from_db()
    assert house.property.description == ""


@pytest.mark.parametrize("role", [StaffRole.FRONT_DESK, StaffRole.FINANCE])
def test_only_managers_change_the_property(house: Hotel, role: str) -> None:
    answer = staff_of(house, role).post(change(house.property), property_values(house.property))

    assert answer.status_code == 403
    house.property.refresh_from_db()
    assert house.property.description == ""


def test_the_currency_stays(house: Hotel) -> None:
    staff_of(house).post(change(house.property), property_values(house.property, currency="USD"))

    house.property.refresh_from_db()
    assert (house.property.currency, house.property.description) == ("EUR", "By the river")


def room_type_values(**changes: Any) -> dict[str, Any]:
    return {
        "code": "DBL",
        "name": "Double",
        "position": 0,
        "is_active": "on",
        "standard_occupancy": 2,
        "max_adults": 2,
        "max_children": 1,
        "max_occupancy": 3,
        **formsets("occupancy_prices", "photos"),
        **changes,
    }


def test_a_room_type_is_added_to_ones_own_house(house: Hotel, other_house: Hotel) -> None:
    client = staff_of(house)

    foreign = client.post(add("inventory.roomtype"), room_type_values(property=other_house.property.pk))
    own = client.post(add("inventory.roomtype"), room_type_values(property=house.property.pk))

    assert foreign.context["adminform"].form.errors.keys() == {"property"}
    assert own.status_code == 302
    assert RoomType.objects.get(code="DBL").property == house.property


def test_a_row_never_moves_to_another_house(house: Hotel, other_house: Hotel, root: Any) -> None:
    root.post(change(house.room_type), room_type_values(property=other_house.property.pk))

    house.room_type.refresh_from_db()
    assert (house.room_type.property, house.room_type.name) == (house.property, "Double")


def test_plans_take_policies_of_their_own_house(house: Hotel, other_house: Hotel, root: Any) -> None:
    values = {
        "property": house.property.pk,
        "code": "NR",
        "name": "Non-refundable",
        "board": "RO",
        "position": 0,
        "is_active": "on",
        "cancellation_policy": other_house.plan.cancellation_policy_id,
        "deposit_policy": house.plan.deposit_policy_id,
        "derived_kind": "",
        "derived_value": "0",
        "room_types": [other_house.room_type.pk],
    }

    answer = root.post(add("inventory.rateplan"), values)

    assert answer.context["adminform"].form.errors.keys() == {"cancellation_policy", "room_types"}
    assert not RatePlan.objects.filter(code="NR").exists()


def test_many_rooms_are_added_at_once(house: Hotel) -> None:
    values = {"room_type": house.room_type.pk, "before": "A-", "first": 101, "last": 120, "floor": "1"}
    client = staff_of(house)
    url = reverse("admin:inventory_room_several")

    answer = client.post(url, values)
    again = client.post(url, values | {"first": 120, "last": 121})

    assert answer.status_code == 302
    assert Room.objects.filter(number__startswith="A-", property=house.property, floor="1").count() == 20
    assert "A-120" in str(again.context["form"].errors)
    assert not Room.objects.filter(number="A-121").exists()


@pytest.mark.parametrize(
    "values", [{"last": 100}, {"last": 2000}, {"first": -1}, {"room_type": 0}, {"first": ""}]
)
def test_impossible_ranges_of_rooms_are_refused(house: Hotel, values: dict[str, Any]) -> None:
    before = Room.objects.count()
    given = {"room_type": house.room_type.pk, "before": "", "first": 101, "last": 120, "floor": ""}

    answer = staff_of(house).post(reverse("admin:inventory_room_several"), given | values)

    assert answer.status_code == 422
    assert Room.objects.count() == before


def test_rooms_of_another_house_cannot_be_added(house: Hotel, other_house: Hotel) -> None:
    before = Room.objects.count()
    values = {"room_type": house.room_type.pk, "first": 101, "last": 102}
    url = reverse("admin:inventory_room_several")

    assert staff_of(other_house).post(url, values).status_code == 422
    assert staff_of(house, StaffRole.FRONT_DESK).post(url, values).status_code == 403
    assert Room.objects.count() == before


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


def test_choices_are_those_of_ones_own_house(house: Hotel, other_house: Hotel, root: Any) -> None:
    RoomTypeFactory.create(property=other_house.property, name="Suite")
    url = reverse("admin:autocomplete")
    query = {"app_label": "inventory", "model_name": "room", "field_name": "room_type", "term": ""}

    own = staff_of(house).get(url, query).json()["results"]
    every = root.get(url, query).json()["results"]

    assert [choice["text"] for choice in own] == [str(house.room_type)]
    assert len(every) == 3
    assert all(" · " in choice["text"] for choice in every)


def test_managers_hire_and_dismiss(house: Hotel, other_house: Hotel) -> None:
    client = staff_of(house)
    values = {
        "property": house.property.pk,
        "email": "new@example.com",
        "full_name": "Nia",
        "role": "finance",
    }

    answer = client.post(add("accounts.propertystaff"), values)
    foreign = client.post(add("accounts.propertystaff"), values | {"property": other_house.property.pk})

    assert answer.status_code == 302, answer.context["errors"]
    assert foreign.context["adminform"].form.errors.keys() == {"property"}
    row = PropertyStaff.objects.get(user__email="new@example.com")
    assert (row.property, row.role, row.user.is_staff, row.user.is_superuser) == (
        house.property,
        "finance",
        True,
        False,
    )

    client.post(delete(row), {"post": "yes"})
    assert not User.objects.get(email="new@example.com").is_staff


def test_managers_do_not_promote_themselves(house: Hotel) -> None:
    manager = StaffFactory.create(property=house.property)
    client = logged_in(manager)
    own = manager.staff_roles.get()

    added = client.post(
        add("accounts.propertystaff"),
        {"property": house.property.pk, "email": manager.email, "role": "finance"},
    )
    changed = client.post(change(own), {"role": "finance"})
    client.post(delete(own), {"post": "yes"})

    assert "your own roles" in str(added.context["errors"])
    assert "your own roles" in str(changed.context["errors"])
    assert list(manager.staff_roles.values_list("role", flat=True)) == ["manager"]


def test_managers_reach_no_users(house: Hotel) -> None:
    victim = UserFactory.create()
    client = staff_of(house)

    assert client.get(change(victim)).status_code == 403
    assert client.post(change(victim), {"is_superuser": "on", "email": victim.email}).status_code == 403
    assert (
        client.post(add("accounts.user"), {"email": "x@example.com", "is_superuser": "on"}).status_code == 403
    )
    query = {"app_label": "accounts", "model_name": "membership", "field_name": "user", "term": ""}
    assert client.get(reverse("admin:autocomplete"), query).status_code == 403
    victim.refresh_from_db()
    assert not victim.is_superuser


def test_superusers_make_users_by_email(root: Any) -> None:
    values = {"email": "Grace@Example.com", "full_name": "Grace", "password": "", "is_staff": "on"}

    answer = root.post(add("accounts.user"), values)
    again = root.post(add("accounts.user"), values)
    weak = root.post(add("accounts.user"), values | {"email": "b@example.com", "password": "12345"})

    assert answer.status_code == 302, answer.context["errors"]
    user = User.objects.get(email="grace@example.com")
    assert user.is_staff
    assert not user.has_usable_password()
    assert user.membership.number
    assert again.context["adminform"].form.errors
    assert weak.context["adminform"].form.errors.keys() == {"password"}


def test_nothing_of_the_past_is_priced_by_a_season(house: Hotel) -> None:
    past = property_today(house.property.time_zone) - timedelta(days=1)
    rate = Rate.objects.create(rate_plan=house.plan, room_type=house.room_type, date=past, price=50)

    staff_of(house).post(
        add("inventory.ratepattern"), season_values(house, first_night=past.isoformat(), last_night="")
    )

    rate.refresh_from_db()
    assert rate.price == 50
