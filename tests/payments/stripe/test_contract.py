"""What must hold of every Stripe: the same tests over HTTP against `localstripe` and against the fake of ours."""

from __future__ import annotations

from decimal import Decimal

import pytest

from payments.models import FolioEntry, Payment
from payments.selectors import folio_balance, folio_paid
from payments.services import (
    payment_cancel,
    payment_client,
    payment_refresh,
    refund_create,
    refund_execute,
)
from tests.factories.payments import pay
from tests.payments.stripe_fake.server import PUBLISHABLE_KEY

from .conftest import Provider, stripe_folio

pytestmark = pytest.mark.django_db


def element(folio, amount="100.00", **more):
    return pay(folio, amount, gateway="stripe", card="element", **more)


def test_the_guest_pays_in_stripes_field(provider: Provider, announced):
    folio = stripe_folio("100.00")

    payment = element(folio)
    assert (payment.status, payment.redirect_url) == ("requires_action", "")
    assert payment.provider_reference.startswith("pi_")
    provider.guest_pays(payment.provider_reference, "visa")
    payment = payment_refresh(payment_id=payment.pk)

    assert payment.status == "captured"
    assert [entry.amount for entry in FolioEntry.objects.filter(kind="payment")] == [Decimal("-100.000")]
    assert folio_balance(folio_id=folio.pk) == 0
    assert announced() == [("captured", payment.pk)]
    (intent,) = provider.intents()
    assert (intent["amount"], intent["currency"]) == (10_000, "eur")
    assert intent["metadata"]["vacancy_payment"] == payment.idempotency_key


def test_the_browser_gets_a_secret_that_is_stored_nowhere(provider: Provider):
    payment = element(stripe_folio("100.00"))

    client = payment_client(payment_id=payment.pk)

    assert client is not None
    assert client.publishable_key == PUBLISHABLE_KEY
    assert client.client_secret.startswith(f"{payment.provider_reference}_secret_")
    assert client.client_secret not in repr(client)
    assert client.client_secret not in str(Payment.objects.values().get())
    provider.guest_pays(payment.provider_reference, "visa")
    assert payment_client(payment_id=payment.pk) is None


def test_a_declined_card_leaves_the_field_open_for_another(provider: Provider, announced):
    folio = stripe_folio("100.00")
    payment = element(folio)

    provider.guest_pays(payment.provider_reference, "declined")
    assert payment_refresh(payment_id=payment.pk).status == "requires_action"
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == []


@pytest.mark.parametrize(("approved", "status"), [(True, "captured"), (False, "requires_action")])
def test_three_d_secure(provider: Provider, approved: bool, status: str):
    folio = stripe_folio("100.00")
    payment = element(folio)

    provider.guest_pays(payment.provider_reference, "3ds")
    assert payment_refresh(payment_id=payment.pk).status == "requires_action"
    provider.guest_answers(payment.provider_reference, approved=approved)

    assert payment_refresh(payment_id=payment.pk).status == status
    assert folio_paid(folio_id=folio.pk) == (100 if approved else 0)


def test_a_program_sends_a_card_it_got_from_stripe(provider: Provider):
    payment = pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="pm_card_visa")

    assert payment.status == "captured"
    assert len(provider.intents()) == 1


def test_a_programs_card_that_is_declined_fails(provider: Provider, announced):
    folio = stripe_folio("100.00")

    payment = pay(folio, "100.00", gateway="stripe", card="pm_card_chargeCustomerFail")

    assert (payment.status, payment.failure_code) == ("failed", "card_declined")
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == [("failed", payment.pk)]


def test_one_key_is_one_payment(provider: Provider):
    folio = stripe_folio("100.00")

    payments = [element(folio, idempotency_key="key-of-one-payment") for _time in range(3)]

    assert len({payment.pk for payment in payments}) == 1
    assert len(provider.intents()) == 1


def test_letting_go(provider: Provider):
    payment = element(stripe_folio("100.00"))

    assert payment_cancel(payment_id=payment.pk).status == "cancelled"

    assert [intent["status"] for intent in provider.intents()] == ["canceled"]


def test_letting_go_of_what_was_paid_in_the_meantime_finds_it_paid(provider: Provider):
    payment = element(stripe_folio("100.00"))
    provider.guest_pays(payment.provider_reference, "visa")

    assert payment_cancel(payment_id=payment.pk).status == "captured"


def test_giving_back_all_in_two_parts(provider: Provider, announced):
    folio = stripe_folio("100.00")
    payment = pay(folio, "100.00", gateway="stripe", card="pm_card_visa")

    refunds = [
        refund_create(
            payment_id=payment.pk, amount=Decimal(amount), reason="x", idempotency_key=f"r-{amount}"
        )
        for amount in ("30.00", "70.00")
    ]
    done = [refund_execute(refund_id=refund.pk) for refund in refunds]

    assert [refund.status for refund in done] == ["succeeded", "succeeded"]
    assert all(refund.provider_reference.startswith("re_") for refund in done)
    assert folio_paid(folio_id=folio.pk) == 0
    assert [name for name, _id in announced()] == ["captured", "refunded", "refunded"]


def test_money_is_put_aside_and_taken_by_hand(provider: Provider, settings, announced):
    from payments.services import payment_capture, payment_capture_execute

    settings.STRIPE_CAPTURE = "manual"
    folio = stripe_folio("100.00")

    payment = pay(folio, "100.00", gateway="stripe", card="pm_card_visa")
    assert (payment.status, payment.authorized_amount) == ("authorized", Decimal("100.00"))
    assert folio_paid(folio_id=folio.pk) == 0
    payment_capture(payment_id=payment.pk)
    payment = payment_capture_execute(payment_id=payment.pk)

    assert payment.status == "captured"
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")


def test_money_that_is_put_aside_is_released(provider: Provider, settings):
    from payments.services import payment_release, payment_release_execute

    settings.STRIPE_CAPTURE = "manual"
    payment = pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="pm_card_visa")

    payment_release(payment_id=payment.pk)
    payment = payment_release_execute(payment_id=payment.pk)

    assert (payment.status, payment.flag) == ("cancelled", "")
    assert [intent["status"] for intent in provider.intents()] == ["canceled"]


def test_yen_have_no_cents(provider: Provider):
    folio = stripe_folio("24000", currency="JPY", property__currency="JPY")

    payment = pay(folio, "24000", gateway="stripe", card="pm_card_visa")

    assert (payment.status, payment.amount) == ("captured", Decimal(24000))
    assert provider.intents()[0]["amount"] == 24000
