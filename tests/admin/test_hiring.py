"""Who works in a house and who may log in: hired, dismissed, and what nobody gives themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import PropertyStaff, User
from tests.admin.addresses import add, change, delete
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import (
    Hotel,
)

pytestmark = pytest.mark.django_db


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
