"""What a guest's bank has put aside is taken or released by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import StaffRole
from payments.models import Payment
from payments.selectors import folio_paid
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel
from tests.factories.payments import folio_charged, pay
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.switch import stripe_let_go, stripe_switch_on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authorized(house: Hotel, settings: Any) -> Iterator[Payment]:
    """A hundred euros that are put aside."""
    fake = StripeFake()
    stripe_switch_on(settings, fake.url)
    settings.STRIPE_CAPTURE = "manual"
    house.property.gateways = ["stripe"]
    house.property.save()
    folio = folio_charged("100.00", property=house.property)
    yield pay(folio, "100.00", gateway="stripe", card="pm_card_visa")
    stripe_let_go()
    fake.close()


def page(payment: Payment, what: str) -> str:
    return reverse(f"admin:payments_payment_{what}", args=[payment.pk])


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.FINANCE])
def test_part_of_it_is_taken(house: Hotel, authorized: Payment, role: str) -> None:
    client = staff_of(house, role)
    shown = client.get(page(authorized, "capture"))
    key = shown.context["form"]["key"].value()

    answer = client.post(page(authorized, "capture"), {"key": key, "amount": "40.00"}, follow=True)

    authorized.refresh_from_db()
    assert shown.context["form"]["amount"].value() == Decimal("100.00")
    assert "was taken." in answer.text
    assert (authorized.status, authorized.amount) == ("captured", Decimal("40.00"))
    assert folio_paid(folio_id=authorized.folio_id) == Decimal("40.00")


def test_it_is_released(house: Hotel, authorized: Payment) -> None:
    client = staff_of(house)

    asked = client.get(page(authorized, "release"))
    answer = client.post(page(authorized, "release"), follow=True)

    authorized.refresh_from_db()
    assert asked.status_code == 200
    assert "is released." in answer.text
    assert (authorized.status, authorized.flag) == ("cancelled", "")


@pytest.mark.parametrize("amount", ["0", "100.01", "1.234"])
def test_an_impossible_amount_is_refused(house: Hotel, authorized: Payment, amount: str) -> None:
    client = staff_of(house)
    key = client.get(page(authorized, "capture")).context["form"]["key"].value()

    answer = client.post(page(authorized, "capture"), {"key": key, "amount": amount})

    authorized.refresh_from_db()
    assert answer.status_code == 422
    assert (authorized.status, authorized.amount) == ("authorized", Decimal("100.00"))


def test_the_front_desk_may_not(house: Hotel, other_house: Hotel, authorized: Payment) -> None:
    desk, stranger = staff_of(house, StaffRole.FRONT_DESK), staff_of(other_house)

    for what in ("capture", "release"):
        assert desk.post(page(authorized, what)).status_code == 403
        assert stranger.post(page(authorized, what)).status_code == 404

    authorized.refresh_from_db()
    assert authorized.status == "authorized"
