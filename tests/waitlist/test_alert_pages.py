"""Price alerts with an account, without one, by link, and over the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from inventory.forms import stay_query
from inventory.models import RoomInventory
from inventory.types import Party
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel, hotel
from waitlist.alert_links import alert_token, alert_token_matches
from waitlist.models import AlertStatus, PriceAlert
from waitlist.services.alerts import ALERTS_PER_ACCOUNT

from .alerts import watch

pytestmark = pytest.mark.django_db

API = "/api/v1/price-alerts/"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def house() -> Hotel:
    return hotel(price=100)


def new(house: Hotel) -> str:
    query = stay_query(stay=house.stay(0, 2), party=Party(adults=2)).urlencode()
    return f"/hotels/{house.property.slug}/alerts/new/?{query}&room_type={house.room_type.pk}"


def body(house: Hotel, **more: Any) -> dict[str, Any]:
    stay = house.stay(0, 2)
    return {
        "property_id": house.property.pk,
        "room_type": house.room_type.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "drop_percent": 10,
    } | more


def test_account_sets_changes_and_deletes_an_alert(client: Client, house: Hotel) -> None:
    client.force_login(UserFactory.create(email="me@example.com"))
    assert "€200.00" in client.get(new(house)).content.decode()

    answer = client.post(new(house), {"kind": "percent", "drop_percent": "15"})
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/")
    alert = PriceAlert.objects.get()
    assert (alert.status, alert.drop_percent, alert.guest_email) == ("active", 15, "me@example.com")
    assert (alert.room_type, alert.adults, alert.reference_total) == (house.room_type, 2, 200)
    assert house.property.name in client.get("/alerts/").content.decode()
    assert house.property.name in client.get("/my/").content.decode()

    page = f"/alerts/{alert.reference}/"
    assert client.post(page, {"kind": "target", "target_total": "150.50"})["Location"] == page
    alert.refresh_from_db()
    assert (alert.target_total, alert.drop_percent) == (150.5, None)

    assert client.post(f"{page}delete/").status_code == 302
    assert not PriceAlert.objects.exists()
    assert client.get(page).status_code == 404


def test_address_without_an_account_is_asked_first(client: Client, house: Hotel) -> None:
    answer = client.post(
        new(house), {"kind": "target", "target_total": "150", "email": "guest@example.com", "name": "Ada"}
    )

    assert answer["Location"] == "/alerts/sent/"
    alert = PriceAlert.objects.get()
    assert (alert.status, alert.user, alert.guest_name) == (AlertStatus.PENDING, None, "Ada")
    mail = Notification.objects.get()
    assert (mail.type, mail.recipient) == ("generic", "guest@example.com")
    link = mail.context["action_url"].replace("http://testserver", "")
    path = re.sub(r"^https?://[^/]+", "", link)

    assert "Yes, watch this price" in client.get(path).content.decode()
    alert.refresh_from_db()
    assert alert.status == AlertStatus.PENDING

    assert client.post(f"{path}confirm/")["Location"] == path
    alert.refresh_from_db()
    assert alert.status == AlertStatus.ACTIVE
    assert client.post(f"{path}delete/")["Location"] == "/"
    assert not PriceAlert.objects.exists()


def test_strangers_learn_nothing_about_an_address(client: Client, house: Hotel) -> None:
    data = {"kind": "percent", "drop_percent": "10", "email": "guest@example.com"}
    first, second = client.post(new(house), data), client.post(new(house), data)

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Notification.objects.count() == 1


def test_alert_of_somebody_else_is_not_found(client: Client, house: Hotel) -> None:
    alert = watch(house)
    client.force_login(UserFactory.create())

    for path in (
        f"/alerts/{alert.reference}/",
        "/alerts/NOSUCH99/",
        f"/alerts/{alert.reference}/wrong-token/",
    ):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}delete/").status_code == 404
    assert PriceAlert.objects.exists()


def test_token_belongs_to_one_alert_and_to_the_key_of_the_site(settings: Any) -> None:
    token = alert_token("K7XM3PQR")

    assert alert_token_matches("K7XM3PQR", token)
    assert not alert_token_matches("K7XM3PQA", token)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 60
    assert alert_token_matches("K7XM3PQR", token)
    settings.SECRET_KEY_FALLBACKS = []
    assert not alert_token_matches("K7XM3PQR", token)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "target", "target_total": "200"}, "It costs no more than that already"),
        ({"kind": "target"}, "This is needed."),
        ({"kind": "percent", "drop_percent": "91"}, "less than or equal to 90"),
        ({}, "This field is required."),
    ],
)
def test_wish_that_makes_no_sense_is_refused(
    client: Client, house: Hotel, data: dict[str, str], said: str
) -> None:
    client.force_login(UserFactory.create())

    answer = client.post(new(house), data or {"kind": ""})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PriceAlert.objects.exists()


def test_percentage_of_a_stay_without_a_price_is_refused(client: Client, house: Hotel) -> None:
    RoomInventory.objects.update(sold=5)
    client.force_login(UserFactory.create())

    answer = client.post(new(house), {"kind": "percent", "drop_percent": "10"})

    assert answer.status_code == 422
    assert client.post(new(house), {"kind": "target", "target_total": "150"}).status_code == 302


def test_account_has_so_many_alerts_and_no_more(client: Client, house: Hotel) -> None:
    user = UserFactory.create()
    for offset in range(ALERTS_PER_ACCOUNT):
        watch(house, user=user, stay=house.stay(offset + 1, 2))
    client.force_login(user)

    answer = client.post(new(house), {"kind": "percent", "drop_percent": "10"})

    assert answer.status_code == 422
    assert PriceAlert.objects.count() == ALERTS_PER_ACCOUNT


@pytest.mark.parametrize("change", ["arrival=2020-01-01", "room_type=999999", "adults=0", "room_type=abc"])
def test_stay_that_is_none_is_not_found(client: Client, house: Hotel, change: str) -> None:
    assert client.get(f"{new(house)}&{change}").status_code == 404


def test_offers_and_prices_lead_to_the_alert(client: Client, house: Hotel) -> None:
    query = stay_query(stay=house.stay(0, 2), party=Party(adults=2)).urlencode()

    for page in (
        f"/hotels/{house.property.slug}/",
        f"/hotels/{house.property.slug}/prices/{house.room_type.pk}/",
    ):
        assert f"/hotels/{house.property.slug}/alerts/new/?" in client.get(f"{page}?{query}").content.decode()


def test_api_keeps_an_accounts_alerts(house: Hotel) -> None:
    api = APIClient()
    api.force_authenticate(UserFactory.create())

    made = api.post(API, body(house))
    assert made.status_code == 201
    reference = made.json()["reference"]
    assert made.json()["reference_total"] == {"amount": "200.00", "currency": "EUR"}
    assert [row["reference"] for row in api.get(API).json()["results"]] == [reference]
    assert api.post(API, body(house)).json()["code"] == "alert_exists"

    changed = api.patch(f"{API}{reference}/", {"target_total": "120.00"})
    assert changed.json()["target_total"] == {"amount": "120.00", "currency": "EUR"}
    assert changed.json()["drop_percent"] is None
    assert api.delete(f"{API}{reference}/").status_code == 204
    assert api.get(f"{API}{reference}/").status_code == 404


def test_api_asks_an_address_first(house: Hotel) -> None:
    answer = APIClient().post(API, body(house, email="guest@example.com"))

    assert (answer.status_code, answer.json()) == (202, {"confirmation": "sent"})
    assert PriceAlert.objects.get().status == AlertStatus.PENDING


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"target_total": "90"}, 422, "invalid"),
        ({"drop_percent": None}, 422, "invalid"),
        ({"room_type": 999_999}, 404, "unknown_room_type"),
        ({"property_id": 999_999}, 404, "not_found"),
        ({"arrival": "2020-01-01"}, 400, "validation_failed"),
    ],
)
def test_api_refuses(house: Hotel, more: dict[str, Any], status: int, code: str) -> None:
    api = APIClient()
    api.force_authenticate(UserFactory.create())

    answer = api.post(API, body(house, **more))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not PriceAlert.objects.exists()


def test_api_list_needs_an_account(house: Hotel) -> None:
    alert = watch(house)
    api = APIClient()

    assert api.get(API).status_code == 401
    api.force_authenticate(UserFactory.create())
    assert api.get(API).json()["results"] == []
    assert api.get(f"{API}{alert.reference}/").status_code == 404
    assert api.delete(f"{API}{alert.reference}/").status_code == 404
    assert PriceAlert.objects.exists()
