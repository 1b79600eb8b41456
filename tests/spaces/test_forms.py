"""The forms of spaces say at the field what is wrong, before anything is reviewed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from inventory.models import Space
from tests.factories.accounts import StaffFactory
from tests.factories.spaces import slot, space_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return space_open(hourly_price=0, capacity=8, name="Salon Tejo", slug="salon-tejo")


def wish(space: Space, day: date, **more: Any) -> dict[str, Any]:
    start = slot(space, day, "09:00").start.isoformat()
    return {"start": start, "minutes": 60, "persons": 4, "name": "Ana", "email": "ana@example.com"} | more


def cases(day: date) -> list[tuple[dict[str, Any], str]]:
    """What is sent, and the field that is wrong."""
    weekly = {"repeat": "WEEKLY"}
    return [
        ({"persons": 9}, "persons"),
        ({"phone": "12"}, "phone"),
        (weekly, "until"),
        (weekly | {"until": day - timedelta(days=1)}, "until"),
        (weekly | {"until": day + timedelta(days=30), "count": 4}, "count"),
        (weekly | {"count": 500}, "count"),
    ]


def test_what_cannot_be_is_said_at_its_field(client, space, day):
    address = reverse("bookings:space_new", args=[space.property.slug, space.slug])
    for more, field in cases(day):
        answer = client.post(address, wish(space, day, **more))
        found = [*answer.context["form"].errors, *answer.context["guest"].errors]
        assert (answer.status_code, found) == (422, [field]), more
    assert client.post(address, wish(space, day, repeat="WEEKLY", until=day)).status_code == 200
    assert client.post(address, wish(space, day, persons=8, phone="+49 30 123456")).status_code == 200


def test_staff_are_told_alike(space, day):
    desk = Client()
    desk.force_login(StaffFactory.create(property=space.property, role=StaffRole.FRONT_DESK))
    address = reverse("admin:space_book")
    place = {"house": space.property.pk, "space": space.pk}
    for more, field in cases(day):
        answer = desk.post(address, wish(space, day, **more) | place)
        found = [*answer.context["form"].errors, *answer.context["guest"].errors]
        assert (answer.status_code, found) == (422, [field]), more
