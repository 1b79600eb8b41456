"""Every list and every page of the administration, found in the registry so that none can be forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import StaffRole
from accounts.permissions import MODEL_PERMISSIONS
from accounts.scoping import PropertyScopedAdmin
from tests.admin.conftest import staff_of
from tests.admin.rows import BUILDERS
from tests.factories.inventory import Hotel

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
OWN_ADMINS = [model for model in MODELS if isinstance(admin.site._registry[model], PropertyScopedAdmin)]
IDS = [model._meta.label for model in MODELS]

pytestmark = pytest.mark.django_db


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def whole_list(model: type[models.Model]) -> dict[str, str]:
    """What the address of a list must say to show every row."""
    return {"night": "all"} if model._meta.model_name in {"rate", "roominventory"} else {}


def queries_of(client: Client, url: str, **params: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(url, params)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(queries)


def test_every_registered_model_has_a_builder() -> None:
    assert [model._meta.label for model in MODELS if model not in BUILDERS] == []


def test_tokens_and_secrets_are_not_registered() -> None:
    assert {label for label in IDS if label.split(".")[0] in {"knox", "mfa", "usersessions", "auth"}} == set()


def test_every_scoped_model_stands_in_the_table_of_roles() -> None:
    labels = {model._meta.label_lower for model in OWN_ADMINS}
    assert labels - MODEL_PERMISSIONS.keys() == set()


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_list_pages_cost_the_same_at_5_and_at_50_rows(
    model: type[models.Model], root: Client, house: Hotel
) -> None:
    url = address(model, "changelist")
    params = whole_list(model)
    for number in range(5):
        BUILDERS[model](house, number)
    root.get(url, params)  # content types and the like
    few = queries_of(root, url, **params)
    for number in range(5, 50):
        BUILDERS[model](house, number)
    root.get(url, params)  # a log-in is noted as active once a minute

    assert queries_of(root, url, **params) == few


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_lists_search_and_pages_show(model: type[models.Model], root: Client, house: Hotel) -> None:
    row = BUILDERS[model](house, 0)
    model_admin = admin.site._registry[model]

    if model_admin.search_fields:
        assert root.get(address(model, "changelist"), {"q": "1"}).status_code == 200
    assert root.get(address(model, "change", row.pk)).status_code == 200
    assert root.get(address(model, "history", row.pk)).status_code == 200
    assert root.get(address(model, "change", 987654321)).status_code == 404


@pytest.mark.parametrize("role", StaffRole.values)
@pytest.mark.parametrize("model", OWN_ADMINS, ids=[model._meta.label for model in OWN_ADMINS])
def test_staff_see_their_house_and_no_other(
    model: type[models.Model], role: str, house: Hotel, other_house: Hotel
) -> None:
    mine = house.property if model._meta.model_name == "property" else BUILDERS[model](house, 0)
    foreign = (
        other_house.property if model._meta.model_name == "property" else BUILDERS[model](other_house, 1)
    )
    client = staff_of(house, role)
    letters = MODEL_PERMISSIONS[model._meta.label_lower].get(StaffRole(role), "")

    seen = client.get(address(model, "change", mine.pk)).status_code
    listed = client.get(address(model, "changelist"), whole_list(model))

    hidden = 404 if "v" in letters else 403
    assert seen == (200 if "v" in letters else 403)
    assert listed.status_code == (200 if "v" in letters else 403)
    assert client.get(address(model, "change", foreign.pk)).status_code == hidden
    assert client.get(address(model, "change", 987654321)).status_code == hidden
    assert client.get(address(model, "history", foreign.pk)).status_code == 404
    assert client.get(address(model, "delete", foreign.pk)).status_code in {403, 404}
    if "v" in letters:
        found = {row.pk for row in listed.context["cl"].result_list}
        assert foreign.pk not in found
        assert found


@pytest.mark.parametrize("model", [model for model in MODELS if model not in OWN_ADMINS])
def test_what_belongs_to_no_house_is_for_superusers(model: type[models.Model], house: Hotel) -> None:
    row = BUILDERS[model](house, 0)
    client = staff_of(house)
    may_look = model._meta.model_name == "amenity"

    assert client.get(address(model, "changelist")).status_code == (200 if may_look else 403)
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


def test_guests_are_turned_away(client: Client, house: Hotel) -> None:
    login = client.get("/admin/", follow=True)
    assert login.redirect_chain[-1] == ("/account/login/?next=/admin/", 302)
    client.force_login(get_user_model().objects.create_user("guest@example.com"))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 403


@pytest.mark.parametrize("year", ["99999999999", "0", "10000"])
def test_a_year_that_no_calendar_has_is_no_crash(root: Client, house: Hotel, year: str) -> None:
    for model in ("bookings_booking", "waitlist_waitlistentry", "inventory_rate"):
        url = reverse(f"admin:{model}_changelist")
        for field in ("arrival__year", "date__year"):
            assert root.get(url, {field: year}, follow=True).status_code == 200
