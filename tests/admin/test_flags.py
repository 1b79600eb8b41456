"""A flag on a payment is taken off by those who may, and comes back where the provider still says the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole
from payments.models import Payment, SandboxIntent
from payments.services import payment_refresh, payments_reconcile
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel
from tests.factories.payments import folio_charged, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def flagged(house: Hotel) -> Payment:
    """A hundred euros of which the bank took one."""
    payment = pay(folio_charged("100.00", property=house.property), "100.00", card="confirm")
    SandboxIntent.objects.update(state="succeeded", amount=Decimal("1.00"))
    return payment_refresh(payment_id=payment.pk)


def page(payment: Payment, what: str = "flag") -> str:
    return reverse(f"admin:payments_payment_{what}", args=[payment.pk])


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.FINANCE])
def test_what_was_looked_at_is_no_longer_flagged(house: Hotel, flagged: Payment, role: str) -> None:
    Payment.objects.update(status="cancelled")
    client = staff_of(house, role)
    links = client.get(page(flagged, "change")).text
    asked = client.get(page(flagged))
    unsure = client.post(page(flagged))

    done = client.post(page(flagged), {"seen": "on"}, follow=True)

    link = f'href="{page(flagged)}"'
    assert link in links
    assert "The provider took another amount" in asked.text
    assert unsure.status_code == 422
    assert "The flag is taken off." in done.text
    assert link not in done.text
    assert Payment.objects.get().flag == ""


def test_it_comes_back_while_the_provider_says_the_same(house: Hotel, flagged: Payment) -> None:
    staff_of(house).post(page(flagged), {"seen": "on"})

    report = payments_reconcile(at=timezone.now() + timedelta(minutes=10))

    assert report.payments_checked == 1
    assert Payment.objects.get().flag == "amount_mismatch"


def test_the_front_desk_and_strangers_may_not(house: Hotel, other_house: Hotel, flagged: Payment) -> None:
    desk, stranger = staff_of(house, StaffRole.FRONT_DESK), staff_of(other_house)

    assert f'href="{page(flagged)}"' not in desk.get(page(flagged, "change")).text
    assert desk.post(page(flagged), {"seen": "on"}).status_code == 403
    assert stranger.post(page(flagged), {"seen": "on"}).status_code == 404

    assert Payment.objects.get().flag == "amount_mismatch"
