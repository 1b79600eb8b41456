"""Where staff need a second factor, every address of staff refuses without it, by page, session and token."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.models import User
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel
from tests.permissions.routes import routes

pytestmark = pytest.mark.django_db

ADMIN = [route for route in routes() if route.pattern.startswith("/admin/") and not route.parameters]
OPEN = {"admin:login", "admin:logout", "admin:jsi18n"}
STAFF_API = ("/api/system/cache-stats", "/api/v1/webhooks/endpoints/", "/api/v1/reports/occupancy/")


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=6)


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("verb", ["get", "post"])
def test_no_page_of_the_administration_opens(verb: str, house: Hotel) -> None:
    assert len(ADMIN) > 60
    client = entered(SuperuserFactory.create())
    for route in ADMIN:
        if route.name in OPEN:
            continue
        answer = getattr(client, verb)(reverse(route.name))
        assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("mfa_index")), route.name


def test_no_other_page_shows_staff_what_is_of_their_house(house: Hotel) -> None:
    booking = confirmed(house)
    client = entered(StaffFactory.create(property=house.property))
    for path in (f"/booking/{booking.reference}/", "/my/", "/inbox/", f"/trips/{booking.reference}/"):
        assert client.get(path)["Location"] == reverse("mfa_index"), path


@pytest.mark.parametrize("path", STAFF_API)
def test_the_api_refuses_session_and_token(path: str, house: Hotel) -> None:
    staff = SuperuserFactory.create()
    _row, token = AuthToken.objects.create(user=staff)
    for answer in (
        entered(staff).get(path),
        Client().get(path, headers={"Authorization": f"Token {token}"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    TOTP.activate(staff, generate_totp_secret())
    for answer in (
        entered(staff).get(path),
        Client().get(path, headers={"Authorization": f"Token {token}"}),
    ):
        assert answer.status_code != 403


def test_what_is_needed_to_set_it_up_stays_open(house: Hotel) -> None:
    client = entered(StaffFactory.create(property=house.property))
    for path in ("/account/2fa/", "/account/logout/", "/account/profile/", "/livez", "/robots.txt"):
        assert client.get(path).status_code == 200, path


def test_with_it_staff_work_as_ever_and_guests_never_need_it(house: Hotel) -> None:
    staff, guest = StaffFactory.create(property=house.property), UserFactory.create()
    TOTP.activate(staff, generate_totp_secret())
    assert entered(staff).get("/admin/").status_code == 200
    assert entered(guest).get("/my/").status_code == 200
    assert get_adapter()


def test_production_requires_it_unless_told_otherwise() -> None:
    from pathlib import Path

    from django.conf import settings

    text = (Path(settings.BASE_DIR) / "config" / "settings" / "production.py").read_text()
    assert 'STAFF_SECOND_FACTOR_REQUIRED = env.bool("STAFF_SECOND_FACTOR_REQUIRED", default=True)' in text
