"""A guest begins to pay a second time while their bank is still at work on the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bookings.exceptions import PaymentInProgress
from payments.models import Payment
from tests.factories.bookings import held, pay
from tests.factories.inventory import Hotel
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.switch import stripe_let_go, stripe_switch_on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stripe(house: Hotel, settings: Any) -> Iterator[StripeFake]:
    fake = StripeFake()
    stripe_switch_on(settings, fake.url)
    house.property.gateways = ["stripe"]
    house.property.save()
    yield fake
    stripe_let_go()
    fake.close()


def test_what_the_bank_is_at_work_on_is_not_paid_again(house: Hotel, stripe: StripeFake) -> None:
    booking = held(house).booking
    first = pay(booking, gateway="stripe", card="pm_card_threeDSecureRequired")
    assert first.status == "requires_action"
    stripe.account.intents[first.provider_reference]["status"] = (
        "processing"  # approved, and no event came yet
    )

    with pytest.raises(PaymentInProgress):
        pay(booking, gateway="stripe", card="pm_card_visa")

    assert Payment.objects.get().status == "processing"
    assert len(stripe.account.intents) == 1
