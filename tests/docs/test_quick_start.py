"""docs/quick-start.md: its steps in the administration, with its words, from an empty database to a first booking."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from core.outbox.dispatching import effects_run_due
from inventory.models import (
    CancellationPolicy,
    DepositPolicy,
    Property,
    Rate,
    RatePlan,
    Room,
    RoomInventory,
    RoomType,
)
from tests.admin.addresses import add, change

from .test_documents import DOCUMENTS

GUIDE = DOCUMENTS["docs/quick-start.md"]
FREE, NONE = "Free until two days before", "Nothing in advance"
TYPES = (("D", "Double room", 4, 2, "101"), ("F", "Family room", 2, 4, "201"))
PRICES = {"Double room": "95.00", "Family room": "140.00"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty(settings: Any) -> None:
    cache.clear()
    settings.INVENTORY_DAYS_AHEAD = 90


def formsets(*prefixes: str) -> dict[str, Any]:
    return {f"{prefix}-{name}": 0 for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


class Owner:
    """Who sets up the house, in a browser."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "A-long-Password-42")
        call_command("createsuperuser", email="owner@lindenhof.example", interactive=False, stdout=StringIO())
        self.browser = Client()
        self.browser.force_login(User.objects.get(email="owner@lindenhof.example"))

    def send(self, url: str, values: dict[str, Any]) -> None:
        """Fill in a form; what is refused is told."""
        answer = self.browser.post(url, values)
        assert answer.status_code == 302, _refusals(answer)

    def house(self, **changes: Any) -> dict[str, Any]:
        return {
            "name": "Gästehaus Lindenhof",
            "slug": "lindenhof",
            "description": "Six rooms under the lime trees.",
            "stars": "",
            "city": "Lindau",
            "country": "DE",
            "time_zone": "Europe/Berlin",
            "currency": "EUR",
            "arrival_from": "15:00",
            "departure_until": "11:00",
            "child_max_age": 12,
            "override_percent_front_desk": 10,
            "override_percent_manager": 50,
            "gateways": ["at_property"],
            **formsets("photos"),
            **changes,
        }

    def set_up(self) -> Property:
        """Steps 2 to 6 of the guide."""
        self.send(add("inventory.property"), self.house())
        house = Property.objects.get(slug="lindenhof")
        self._terms(house)
        for code, name, rooms, sleeps, first in TYPES:
            self._room_type(house, code, name, rooms, sleeps, first)
        self._plan(house)
        call_command("inventory_extend", slug="lindenhof", stdout=StringIO())
        for name, price in PRICES.items():
            self._season(house, name, price)
        self.send(change(house), self.house(is_published="on"))
        return house

    def _terms(self, house: Property) -> None:
        tiers = {
            "tiers-TOTAL_FORMS": 2,
            "tiers-INITIAL_FORMS": 0,
            "tiers-0-hours_before": 48,
            "tiers-0-penalty_kind": "percent",
            "tiers-0-penalty_value": "0",
            "tiers-1-hours_before": 0,
            "tiers-1-penalty_kind": "nights",
            "tiers-1-penalty_value": "1",
        }
        values = {
            "property": house.pk,
            "name": FREE,
            "no_show_percent": "100",
            "guest_changes": "if_refundable",
            "change_hours_before": 0,
            "change_fee": "0",
            "early_departure_percent": "100",
        }
        self.send(add("inventory.cancellationpolicy"), values | tiers)
        values = {"property": house.pk, "name": NONE, "kind": "none", "value": "0"}
        self.send(add("inventory.depositpolicy"), values)
        values = {
            "property": house.pk,
            "name": "VAT",
            "kind": "percent",
            "value": "7",
            "is_included": "on",
            "position": 0,
        }
        self.send(add("inventory.tax"), values)

    def _room_type(self, house: Property, code: str, name: str, rooms: int, sleeps: int, first: str) -> None:
        self.send(
            add("inventory.roomtype"),
            {
                "property": house.pk,
                "code": code,
                "name": name,
                "position": 0,
                "is_active": "on",
                "standard_occupancy": 2,
                "max_adults": sleeps,
                "max_children": sleeps - 1,
                "max_occupancy": sleeps,
                **formsets("occupancy_prices", "photos"),
            },
        )
        kind = RoomType.objects.get(property=house, code=code)
        last = int(first) + rooms - 1
        self.send(
            reverse("admin:inventory_room_several"), {"room_type": kind.pk, "first": first, "last": last}
        )

    def _plan(self, house: Property) -> None:
        self.send(
            add("inventory.rateplan"),
            {
                "property": house.pk,
                "code": "BB",
                "name": "With breakfast",
                "board": "BB",
                "position": 0,
                "is_active": "on",
                "cancellation_policy": CancellationPolicy.objects.get(property=house).pk,
                "deposit_policy": DepositPolicy.objects.get(property=house).pk,
                "derived_kind": "",
                "derived_value": "0",
                "room_types": [kind.pk for kind in RoomType.objects.filter(property=house)],
            },
        )

    def _season(self, house: Property, room_type: str, price: str) -> None:
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        today = datetime.now(tz=UTC).date()
        self.send(
            add("inventory.ratepattern"),
            {
                "rate_plan": RatePlan.objects.get(property=house).pk,
                "room_type": RoomType.objects.get(property=house, name=room_type).pk,
                "name": "All year",
                "first_night": today - timedelta(days=1),
                "last_night": date(today.year + 1, 12, 31),
                "priority": 0,
                **dict.fromkeys(days, price),
            },
        )


def _refusals(answer: Any) -> list[Any]:
    """What the forms of a page complain of."""
    if "adminform" not in (answer.context or {}):
        return [answer.content[:500]]
    inlines = [one.formset.errors for one in answer.context["inline_admin_formsets"]]
    return [answer.context["adminform"].form.errors, inlines]


def test_a_guest_house_of_six_rooms_takes_its_first_booking(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Owner(monkeypatch)
    house = owner.set_up()

    assert Room.objects.filter(property=house).count() == 6
    assert RoomInventory.objects.filter(room_type__property=house, total=4, available=4).exists()
    assert Rate.objects.filter(rate_plan__property=house).exists()

    today = datetime.now(tz=UTC).date()
    stay = {
        "arrival": f"{today + timedelta(days=30)}",
        "departure": f"{today + timedelta(days=32)}",
        "adults": 2,
    }
    guest = Client()
    page = guest.get("/hotels/lindenhof/", stay)
    assert page.status_code == 200
    assert "Double room" in page.content.decode()
    offers = APIClient().get("/api/v1/properties/lindenhof/availability/", stay).json()["room_types"]
    double = next(offer for offer in offers if offer["room_type"]["name"] == "Double room")
    assert (double["available"], double["from_total"]["amount"]) == (4, "190.00")

    booked = APIClient().post(
        "/api/v1/bookings/",
        {
            "room_type": double["room_type"]["id"],
            "rate_plan": double["plans"][0]["rate_plan"]["id"],
            **stay,
            "expected_total": double["plans"][0]["total"],
            "guest": {"name": "Ada Lovelace", "email": "ada@example.com"},
        },
        format="json",
        headers={"Idempotency-Key": "0123456789abcdef-first"},
    )
    assert booked.status_code == 201, booked.json()
    token = booked.json()["access_token"]
    paid = APIClient(headers={"X-Booking-Token": token, "Idempotency-Key": "0123456789abcdef-second"}).post(
        f"{booked.json()['links']['pay']}",
        {"gateway": "at_property", "purpose": "total"},
        format="json",
    )
    assert paid.status_code in {200, 201, 202}, paid.json()
    assert Booking.objects.get().status == "confirmed"
    effects_run_due()
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    call_command("inventory_check", stdout=StringIO())
    call_command("ledger_check", stdout=StringIO())


def test_the_guide_has_the_words_of_these_steps() -> None:
    words = [
        "Gästehaus Lindenhof",
        "lindenhof",
        "Europe/Berlin",
        FREE,
        NONE,
        "With breakfast",
        "All year",
        "VAT",
    ]
    words += [name for _code, name, *_rest in TYPES] + [
        price.removesuffix(".00") for price in PRICES.values()
    ]
    assert [word for word in words if word not in GUIDE.text] == []
