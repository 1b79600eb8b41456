"""Values that no form of ours sends: they are wrong entries, and no crash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from tests.admin.conftest import staff_of
from tests.factories.bookings import held
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)

NO_KEYS = ["x", "1e400", "99999999999999999999999", "=1+1", "٣x", "-0.5"]


@pytest.mark.parametrize("value", NO_KEYS)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("inventory_tax_add", "property"),
        ("inventory_rateplan_add", "cancellation_policy"),
        ("inventory_restriction_add", "room_type"),
        ("inventory_room_several", "room_type"),
    ],
)
def test_what_is_no_choice_is_told_at_its_field(house: Hotel, page: str, field: str, value: str) -> None:
    answer = staff_of(house).post(reverse(f"admin:{page}"), {field: value})

    assert answer.status_code in {200, 422}
    assert field in answer.context["adminform"].form.errors


@pytest.mark.parametrize("departure", ["9999-12-31", "2999-01-01"])
def test_a_slip_of_the_year_is_refused_before_its_nights_are_looked_at(house: Hotel, departure: str) -> None:
    booking = held(house).booking
    clerk = staff_of(house, StaffRole.FRONT_DESK)
    extend = reverse("admin:bookings_booking_extend", args=[booking.pk])
    desk = reverse("admin:bookings_booking_desk")
    stay = {"arrival": f"{house.first + timedelta(days=1)}", "departure": departure}

    longer = clerk.post(extend, {"departure": departure, "apply": "1"})
    new = clerk.get(desk, {"house": house.property.pk, "adults": 2, "rooms": 1, **stay})

    for answer in (longer, new):
        assert "A stay has at most 760 nights." in answer.text
        assert answer.status_code < 500
    booking.refresh_from_db()
    assert booking.departure == house.first + timedelta(days=2)
