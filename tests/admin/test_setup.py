"""Setting up and correcting a house: what is saved, by whom, and what wrong input gives."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import StaffRole
from inventory.models import (
    Property,
    PropertyPhoto,
    RatePlan,
    Room,
    RoomType,
)
from tests.admin.addresses import add, change
from tests.admin.conftest import staff_of
from tests.factories.inventory import (
    Hotel,
    RoomTypeFactory,
)

pytestmark = pytest.mark.django_db


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
        "override_percent_front_desk": 10,
        "override_percent_manager": 50,
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


def test_choices_are_those_of_ones_own_house(house: Hotel, other_house: Hotel, root: Any) -> None:
    RoomTypeFactory.create(property=other_house.property, name="Suite")
    url = reverse("admin:autocomplete")
    query = {"app_label": "inventory", "model_name": "room", "field_name": "room_type", "term": ""}

    own = staff_of(house).get(url, query).json()["results"]
    every = root.get(url, query).json()["results"]

    assert [choice["text"] for choice in own] == [str(house.room_type)]
    assert len(every) == 3
    assert all(" · " in choice["text"] for choice in every)
