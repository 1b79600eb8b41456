"""The grid of prices in the browser of a manager, and of those who may only look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import StaffRole
from inventory.models import Rate, RateEdit
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "admin:rates-grid"


def filled(house: Hotel, **changed: Any) -> dict[str, Any]:
    """The form as a manager sends it."""
    return {
        "house": house.property.pk,
        "kind": "percent",
        "value": "-10",
        "first": f"{house.first:%Y-%m-%d}",
        "last": f"{house.first + timedelta(days=2):%Y-%m-%d}",
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "room_types": [house.room_type.pk],
        "rate_plans": [house.plan.pk],
        **changed,
    }


def month(house: Hotel) -> str:
    return f"{reverse(PAGE)}?month={house.first:%Y-%m}"


def test_a_change_is_shown_applied_and_taken_back(house: Hotel) -> None:
    client = staff_of(house)
    shown = client.post(reverse(PAGE), filled(house))
    preview = client.get(shown["Location"])
    [line] = preview.context["lines"]
    assert (line["before"], line["after"], line["is_less"]) == ("€100.00", "€90.00", True)
    assert Rate.objects.filter(is_override=True).count() == 0

    client.post(shown["Location"])
    assert Rate.objects.filter(price=90, is_override=True).count() == 3
    edit = RateEdit.objects.get()
    answer = client.post(reverse("admin:rate_edit_undo", args=[edit.pk]), follow=True)
    assert "3 nights are as before" in answer.content.decode()
    assert Rate.objects.filter(price=100).count() == 30
    assert client.get(shown["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": ""}, "value"),
        ({"last": "2001-01-01"}, "last"),
        ({"rate_plans": []}, "rate_plans"),
        ({"weekdays": []}, "weekdays"),
        ({"kind": "copy"}, "source_first"),
        ({"kind": "import"}, "kind"),
        ({"value": "0"}, "__all__"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(house: Hotel, wrong: dict[str, Any], field: str) -> None:
    answer = staff_of(house).post(reverse(PAGE), filled(house, **wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not RateEdit.objects.exists()


def test_somebody_changed_a_price_meanwhile(house: Hotel) -> None:
    client = staff_of(house)
    first = client.post(reverse(PAGE), filled(house))["Location"]
    Rate.objects.filter(date=house.first).update(price=200)
    second = client.post(first)["Location"]
    assert second != first
    changes = client.get(second).context["lines"]
    assert [line["after"] for line in changes] == ["€180.00", "€90.00"]
    assert Rate.objects.filter(is_override=True).count() == 0


def test_who_may_look_may_not_change(house: Hotel) -> None:
    for role in (StaffRole.FRONT_DESK, StaffRole.FINANCE):
        client = staff_of(house, role)
        assert client.get(month(house)).context["may_change"] is False
        client.post(reverse(PAGE), filled(house))
    stranger = staff_of(hotel())
    assert stranger.post(reverse(PAGE), filled(house)).status_code == 404
    assert not RateEdit.objects.exists()
    edit = staff_of(house).post(reverse(PAGE), filled(house))["Location"]
    assert stranger.post(edit).status_code == 404
    assert staff_of(house, StaffRole.HOUSEKEEPING).get(month(house)).status_code == 403


def test_a_file_goes_out_and_comes_back_changed(house: Hotel) -> None:
    client = staff_of(house)
    exported = client.get(reverse("admin:rates_export", args=["csv"]), {"month": f"{house.first:%Y-%m}"})
    text = b"".join(exported.streaming_content).decode()  # type: ignore[arg-type]
    changed = SimpleUploadedFile("rates.csv", text.replace(",100", ",130").encode())
    answer = client.post(reverse("admin:rates_import"), {"house": house.property.pk, "file": changed})
    client.post(answer["Location"])
    assert set(Rate.objects.filter(is_override=True).values_list("price", flat=True)) == {130}
    wrong = SimpleUploadedFile("rates.csv", b"nonsense")
    refused = client.post(
        reverse("admin:rates_import"), {"house": house.property.pk, "file": wrong}, follow=True
    )
    assert refused.context["messages"]


def test_the_page_costs_the_same_for_many_room_types(
    house: Hotel, django_assert_max_num_queries: Any
) -> None:
    client = staff_of(house)
    client.get(month(house))
    with django_assert_max_num_queries(30) as few:
        client.get(month(house))
    for _number in range(6):
        hotel(in_property=house.property, plan=house.plan)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(month(house))
