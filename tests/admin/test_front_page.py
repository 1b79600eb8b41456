"""The first page after logging in: everybody finds the way to what they work with."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (StaffRole.HOUSEKEEPING, "housekeeping"),
        (StaffRole.FRONT_DESK, "today"),
        (StaffRole.MANAGER, "chart"),
        (StaffRole.FINANCE, "reports"),
    ],
)
def test_the_pages_of_the_house_are_linked(house: Hotel, role: str, page: str) -> None:
    text = staff_of(house, role).get(reverse("admin:index")).text

    assert f'href="{reverse(f"admin:{page}")}"' in text
    assert "have permission to view or edit anything" not in text


def test_they_are_linked_from_the_list_of_an_app_too(house: Hotel) -> None:
    text = staff_of(house).get(reverse("admin:app_list", args=["bookings"])).text

    assert text.count("staff-nav") == 1
    assert f'href="{reverse("admin:chart")}"' in text
