"""A refund that was made and fails days later: the guest's bank has sent the money back to the house."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.selectors import cancellation_preview
from bookings.services import booking_cancel
from notifications.models import DomainEvent
from payments.exceptions import RefundTooLarge
from payments.gateways import gateway_get
from payments.models import FolioEntry, Payment, PaymentPurpose, Refund, WebhookEvent
from payments.selectors import (
    folio_balance,
    folio_money,
    folio_paid,
    folio_statement,
    ledger_problems,
    payment_refundable,
)
from payments.services import (
    ShareData,
    collective_folio_open,
    collective_payment_open,
    folio_reverse,
    payment_sync,
    refund_create,
    refund_execute,
)
from tests.factories.bookings import held
from tests.factories.bookings import pay as pay_booking
from tests.factories.inventory import hotel
from tests.factories.payments import folio_charged, pay
from tests.outbox import run_effects
from tests.payments.stripe_fake import StripeFake

from .conftest import stripe_folio

pytestmark = pytest.mark.django_db

FAILURES = ("refund.updated", "refund.failed", "charge.refund.updated")


def refunded(amount: str = "40.00") -> tuple[Payment, Refund]:
    """A payment of 100 of which part has gone back, for charges that were taken off."""
    folio = stripe_folio("100.00")
    payment = pay(folio, "100.00", gateway="stripe", card="pm_card_visa")
    with transaction.atomic():
        folio_reverse(
            folio_id=folio.pk,
            keep=Decimal(100) - Decimal(amount),
            description="Sorry",
            dedup_key=f"s{folio.pk}",
        )
    return payment, give_back(payment, amount, f"refund-of-{payment.pk}")


def give_back(payment: Payment, amount: str, key: str, **more: Any) -> Refund:
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal(amount), reason="Sorry", idempotency_key=key, **more
    )
    return refund_execute(refund_id=refund.pk)


def deliver(client: Client, fake: StripeFake, event: dict[str, Any]) -> None:
    sent = fake.signed(event)
    answer = client.post(
        reverse("api:payment-events", args=["stripe"]),
        sent["body"],
        content_type="application/json",
        headers=sent["headers"],
    )
    assert answer.status_code == 200
    run_effects(kinds=["payments.event_process"])


def entries(payment: Payment) -> list[tuple[str, Decimal]]:
    money = FolioEntry.objects.filter(folio_id=payment.folio_id, refund__isnull=False)
    return list(money.order_by("pk").values_list("kind", "amount"))


def test_what_the_bank_sends_back_is_posted_back_and_flagged(client: Client, on_fake: StripeFake) -> None:
    payment, refund = refunded()
    assert (refund.status, folio_balance(folio_id=payment.folio_id)) == ("succeeded", Decimal(0))
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference])

    deliver(client, on_fake, on_fake.event("refund.failed"))

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.status, refund.failure_code) == ("failed", "lost_or_stolen_card")
    assert refund.succeeded_at is not None
    assert (payment.status, payment.flag) == ("captured", "refund_failed")
    assert entries(payment) == [("refund", Decimal("40.00")), ("refund_returned", Decimal("-40.00"))]
    assert folio_balance(folio_id=payment.folio_id) == Decimal("-40.00")
    assert folio_paid(folio_id=payment.folio_id) == Decimal("100.00")
    assert folio_statement(folio_id=payment.folio_id)[-1].entry.description == "Refund that came back"
    money = folio_money(folio_id=payment.folio_id)
    assert (money.refunded, money.refunds_open) == (Decimal(0), Decimal("40.00"))
    assert payment_refundable(payment_id=payment.pk) == Decimal("100.00")
    assert WebhookEvent.objects.get().error == ""
    assert ledger_problems() == []


def test_it_is_noticed_without_an_event_of_its_own(on_fake: StripeFake) -> None:
    payment, refund = refunded()
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference], announced=())

    payment_sync(payment_id=payment.pk)

    refund.refresh_from_db()
    assert refund.status == "failed"


@pytest.mark.parametrize(
    "order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order))
)
def test_every_order_and_repetition_gives_the_same_end(
    client: Client, on_fake: StripeFake, order: tuple[int, ...]
) -> None:
    payment, refund = refunded()
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference], announced=FAILURES)
    told = [on_fake.event(kind) for kind in ("charge.refunded", *FAILURES)]

    for number in [*order, *order]:
        deliver(client, on_fake, told[number])

    assert list(Refund.objects.values_list("status", "amount")) == [("failed", Decimal("40.00"))]
    assert entries(payment) == [("refund", Decimal("40.00")), ("refund_returned", Decimal("-40.00"))]
    assert WebhookEvent.objects.filter(processed_at=None).count() == 0
    assert ledger_problems() == []


def test_a_failure_that_comes_before_our_own_answer(client: Client, on_fake: StripeFake) -> None:
    """Our question is repeated with the same key, and Stripe gives the answer of then: it was done."""
    other = pay(stripe_folio("50.00"), "50.00", gateway="stripe", card="pm_card_visa")
    unanswered = refund_create(
        payment_id=other.pk, amount=Decimal("50.00"), reason="x", idempotency_key="answer-lost"
    )
    gateway_get("stripe").refund(refund=unanswered)
    made = list(on_fake.account.refunds.values())[-1]
    on_fake.account.refund_fail(made)

    deliver(client, on_fake, on_fake.event("refund.failed"))

    unanswered.refresh_from_db()
    assert (unanswered.status, unanswered.provider_reference) == ("failed", made["id"])
    assert folio_paid(folio_id=other.folio_id) == Decimal("50.00")
    assert payment_refundable(payment_id=other.pk) == Decimal("50.00")
    assert ledger_problems() == []


def test_one_that_somebody_made_at_stripe_may_fail_too(client: Client, on_fake: StripeFake) -> None:
    payment = pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="pm_card_visa")
    made = on_fake.account.refund_create({"payment_intent": payment.provider_reference, "amount": "3000"})
    deliver(client, on_fake, on_fake.event("charge.refunded"))
    assert folio_paid(folio_id=payment.folio_id) == Decimal("70.00")
    on_fake.account.refund_fail(made)

    for _time in range(2):
        deliver(client, on_fake, on_fake.event("refund.failed"))

    assert Refund.objects.get().status == "failed"
    assert folio_paid(folio_id=payment.folio_id) == Decimal("100.00")
    assert ledger_problems() == []


def test_a_share_of_one_charge_for_several_stays_comes_back_to_its_own_folio(
    client: Client, on_fake: StripeFake
) -> None:
    first = stripe_folio("60.00")
    second = folio_charged("40.00", property=first.property)
    key = "one-charge-for-two-stays"
    with transaction.atomic():
        through = collective_folio_open(property_id=first.property_id, currency="EUR")
        collective_payment_open(
            folio_id=through.pk,
            gateway="stripe",
            purpose=PaymentPurpose.TOTAL,
            shares=[
                ShareData(first.pk, Decimal(60), PaymentPurpose.TOTAL),
                ShareData(second.pk, Decimal(40), PaymentPurpose.TOTAL),
            ],
            idempotency_key=key,
            user=None,
            expires_at=None,
        )
    pay(
        through,
        "100.00",
        gateway="stripe",
        card="pm_card_visa",
        purpose="total",
        idempotency_key=key,
    )
    share = Payment.objects.get(folio=second)
    refund = give_back(share, "40.00", "refund-of-a-share")
    assert refund.status == "succeeded"
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference])

    for _time in range(2):
        deliver(client, on_fake, on_fake.event("refund.failed"))

    refund.refresh_from_db()
    share.refresh_from_db()
    assert (refund.status, share.flag) == ("failed", "refund_failed")
    assert [folio_paid(folio_id=pk) for pk in (first.pk, second.pk)] == [Decimal("60.00"), Decimal("40.00")]
    assert folio_balance(folio_id=through.pk) == 0
    assert payment_refundable(payment_id=share.pk) == Decimal("40.00")
    assert ledger_problems() == []


def test_the_house_gives_it_back_anew_once(client: Client, on_fake: StripeFake) -> None:
    payment, refund = refunded()
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference])
    deliver(client, on_fake, on_fake.event("refund.failed"))

    for _time in range(2):
        again = give_back(payment, "40.00", "once-more", is_another_try=True)
    deliver(client, on_fake, on_fake.event("refund.failed") | {"id": "evt_told_again"})

    refund.refresh_from_db()
    assert (again.status, refund.status, refund.made_again) == ("succeeded", "failed", Decimal("40.00"))
    assert folio_balance(folio_id=payment.folio_id) == 0
    money = folio_money(folio_id=payment.folio_id)
    assert (money.refunded, money.refunds_open) == (Decimal("40.00"), Decimal(0))
    assert payment_refundable(payment_id=payment.pk) == Decimal("60.00")
    with pytest.raises(RefundTooLarge):
        give_back(payment, "60.01", "too-much", is_another_try=True)
    assert ledger_problems() == []


def test_one_that_fails_again_lies_with_finance_once(on_fake: StripeFake) -> None:
    payment, refund = refunded()
    for number in range(3):
        on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference])
        payment_sync(payment_id=payment.pk)
        assert folio_money(folio_id=payment.folio_id).refunds_open == Decimal("40.00")
        refund = give_back(payment, "40.00", f"try-{number}", is_another_try=True)

    assert folio_money(folio_id=payment.folio_id).refunds_open == 0
    assert folio_balance(folio_id=payment.folio_id) == 0
    assert sorted(row["status"] for row in on_fake.account.refunds.values()) == ["failed"] * 3 + ["succeeded"]
    assert ledger_problems() == []


def test_a_guest_who_cancels_later_gets_everything_else(on_fake: StripeFake) -> None:
    """What failed and was made again is taken off once, not twice."""
    booking = held(hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"])).booking
    pay_booking(booking, gateway="stripe", card="pm_card_visa")
    payment = Payment.objects.get()
    refund = give_back(payment, "30.00", "a-present")
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference])
    payment_sync(payment_id=payment.pk)
    give_back(payment, "30.00", "a-present-again", is_another_try=True)
    booking = Booking.objects.get()

    assert cancellation_preview(booking=booking).refund == Decimal("170.00")
    booking_cancel(booking_id=booking.pk, actor=None)
    run_effects(kinds=["payments.refunds_execute"])

    assert folio_balance(folio_id=booking.folio_id) == 0
    made = [row for row in on_fake.account.refunds.values() if row["status"] == "succeeded"]
    assert sum(row["amount"] for row in made) == 20000
    assert ledger_problems() == []


def test_programs_are_told_once(client: Client, on_fake: StripeFake) -> None:
    booking = held(hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"])).booking
    pay_booking(booking, gateway="stripe", card="pm_card_visa")
    refund = give_back(Payment.objects.get(), "30.00", "a-present")
    on_fake.account.refund_fail(on_fake.account.refunds[refund.provider_reference], announced=FAILURES)

    for kind in FAILURES:
        deliver(client, on_fake, on_fake.event(kind))

    told = DomainEvent.objects.filter(type__startswith="payment.refund").order_by("pk")
    assert [event.type for event in told] == ["payment.refunded", "payment.refund_failed"]
    data = told[1].data
    assert (data["reference"], data["refund_id"]) == (booking.reference, refund.pk)
    assert data["amount"] == {"amount": "30.00", "currency": "EUR"}
    assert (data["failure_code"], data["was_refunded"]) == ("lost_or_stolen_card", True)
