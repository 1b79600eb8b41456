"""Money beyond what `localstripe` can do, on the fake alone: odd currencies, wrong amounts, parts, disputes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.models import Effect
from notifications.models import Notification
from payments.exceptions import (
    AmountInvalid,
    CaptureTooLarge,
    GatewayRefused,
    NotAuthorized,
    RefundTooLarge,
)
from payments.gateways.stripe.amounts import amount_from_stripe, amount_to_stripe
from payments.models import Dispute, FolioEntry, Payment, Refund
from payments.selectors import folio_balance, folio_money, folio_paid, ledger_problems, payment_refundable
from payments.services import (
    payment_capture,
    payment_capture_execute,
    payment_refresh,
    payment_sync,
    payments_reconcile,
    refund_create,
    refund_execute,
)
from tests.factories.accounts import StaffFactory
from tests.factories.payments import pay
from tests.outbox import run_effects
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.account import ApiError
from tests.payments.stripe_fake.switch import stripe_late

from .conftest import stripe_folio

pytestmark = pytest.mark.django_db


def captured(amount: str = "100.00", **fields: Any) -> Payment:
    return pay(stripe_folio(amount, **fields), amount, gateway="stripe", card="pm_card_visa")


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.34", "EUR", 1234),
        ("24000", "JPY", 24000),
        ("15000", "CLP", 15000),
        ("500000", "VND", 500000),
        ("5", "ISK", 500),
        ("100", "RSD", 10000),
        ("7.50", "TWD", 750),
        ("1234.50", "HUF", 123450),
        ("5.120", "KWD", 5120),
        ("5.12", "BHD", 5120),
    ],
)
def test_amounts_as_stripe_writes_them(amount: str, currency: str, units: int) -> None:
    assert amount_to_stripe(Decimal(amount), currency) == units
    assert amount_from_stripe(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("12.345", "EUR"), ("5.124", "KWD"), ("0.5", "JPY"), ("5.50", "ISK")]
)
def test_what_stripe_cannot_take_exactly_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(AmountInvalid):
        amount_to_stripe(Decimal(amount), currency)


def test_an_amount_that_stripe_cannot_take_is_never_sent(on_fake: StripeFake) -> None:
    folio = stripe_folio("5.124", currency="KWD", property__currency="KWD")

    with pytest.raises(AmountInvalid):
        pay(folio, "5.124", gateway="stripe", card="element")

    assert on_fake.calls == []
    assert Payment.objects.get().attempted_at is None


@pytest.mark.parametrize(
    ("change", "flag"),
    [({"amount_received": 100}, "amount_mismatch"), ({"currency": "usd"}, "currency_mismatch")],
)
def test_wrong_money_confirms_nothing_and_is_flagged(
    on_fake: StripeFake, change: dict[str, Any], flag: str
) -> None:
    folio = stripe_folio("100.00")
    payment = pay(folio, "100.00", gateway="stripe", card="element")
    on_fake.account.intent_confirm(on_fake.intent(), "pm_card_visa")
    on_fake.intent().update(change)

    payment = payment_refresh(payment_id=payment.pk)

    assert (payment.status, payment.flag) == ("processing", flag)
    assert folio_paid(folio_id=folio.pk) == 0


def test_a_key_that_stripe_knows_with_other_parameters_charges_nothing(on_fake: StripeFake) -> None:
    folio = stripe_folio("100.00")
    on_fake._keys["key-of-another-payment"] = ("/v1/payment_intents", "amount=1", 200, {})

    with pytest.raises(GatewayRefused):
        pay(folio, "100.00", gateway="stripe", card="element", idempotency_key="key-of-another-payment")

    assert on_fake.account.intents == {}
    assert Payment.objects.get().attempted_at is None


# --- money that is put aside ----------------------------------------------------------------------------------------


def test_part_of_it_is_taken_and_the_rest_released(on_fake: StripeFake, settings: Any) -> None:
    settings.STRIPE_CAPTURE = "manual"
    payment = captured()
    folio_id = payment.folio_id
    assert (payment.status, folio_money(folio_id=folio_id).authorized) == ("authorized", Decimal("100.00"))

    with pytest.raises(CaptureTooLarge):
        payment_capture(payment_id=payment.pk, amount=Decimal("100.01"))
    payment_capture(payment_id=payment.pk, amount=Decimal("30.00"))
    run_effects(kinds=["payments.capture"])

    payment.refresh_from_db()
    assert (payment.status, payment.amount, payment.authorized_amount) == (
        "captured",
        Decimal("30.00"),
        Decimal("100.00"),
    )
    assert folio_paid(folio_id=folio_id) == Decimal("30.00")
    assert on_fake.intent()["amount_received"] == 3000
    assert payment_capture_execute(payment_id=payment.pk).status == "captured"
    with pytest.raises(NotAuthorized):
        payment_capture(payment_id=payment.pk)
    assert ledger_problems() == []


def test_what_lapses_by_itself_is_found_and_flagged(on_fake: StripeFake, settings: Any) -> None:
    settings.STRIPE_CAPTURE = "manual"
    payment = captured()
    assert payment.expires_at is not None
    on_fake.account.intent_cancel(on_fake.intent())

    report = payments_reconcile(at=payment.expires_at)

    payment.refresh_from_db()
    assert report.authorisations_checked == 1
    assert (payment.status, payment.flag) == ("cancelled", "authorization_lapsed")


# --- refunds --------------------------------------------------------------------------------------------------------


def test_a_refund_goes_back_once_whatever_happens_to_the_answer(on_fake: StripeFake) -> None:
    payment = captured()
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("40.00"), reason="x", idempotency_key="refund-answer-lost"
    )
    with stripe_late(on_fake):
        assert refund_execute(refund_id=refund.pk).status == "pending"

    assert refund_execute(refund_id=refund.pk).status == "succeeded"

    assert [row["amount"] for row in on_fake.account.refunds.values()] == [4000]
    assert folio_paid(folio_id=payment.folio_id) == Decimal("60.00")


def test_an_old_refund_is_looked_for_before_it_is_asked_for_again(on_fake: StripeFake) -> None:
    payment = captured()
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("40.00"), reason="x", idempotency_key="refund-of-yesterday"
    )
    refund_execute(refund_id=refund.pk)
    on_fake._keys.clear()
    Refund.objects.update(created_at="2020-01-01T00:00:00Z")
    stale = Refund.objects.get()
    stale.provider_reference, stale.payment = "", payment

    from payments.gateways import gateway_get

    assert gateway_get("stripe").refund(refund=stale).status == "succeeded"
    assert len(on_fake.account.refunds) == 1


def test_a_refund_that_stripe_refuses_is_failed_and_flagged(on_fake: StripeFake) -> None:
    payment = captured()
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("40.00"), reason="x", idempotency_key="refund-refused"
    )
    on_fake.intent()["latest_charge"]["amount_refunded"] = 9000

    refund = refund_execute(refund_id=refund.pk)

    payment.refresh_from_db()
    assert (refund.status, refund.failure_code) == ("failed", "charge_already_refunded")
    assert payment.flag == "refund_failed"


def test_a_refund_that_stripe_cannot_make_exactly_lies_with_finance(on_fake: StripeFake) -> None:
    """Asked for ever again it would never be made, and nobody would hear of it."""
    payment = captured("10.000", currency="KWD", property__currency="KWD")
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("5.124"), reason="x", idempotency_key="refund-too-fine"
    )

    refund = refund_execute(refund_id=refund.pk)

    payment.refresh_from_db()
    assert (refund.status, refund.failure_code, payment.flag) == ("failed", "too_fine", "refund_failed")
    assert on_fake.account.refunds == {}
    assert payment_refundable(payment_id=payment.pk) == Decimal("10.000")


def test_a_refund_that_the_card_refuses_lies_with_finance(on_fake: StripeFake, monkeypatch: Any) -> None:
    payment = captured()
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("40.00"), reason="x", idempotency_key="refund-no-card"
    )

    def refuse(params: Any) -> Any:
        raise ApiError(402, "Declined.", code="expired_or_canceled_card")

    monkeypatch.setattr(on_fake.account, "refund_create", refuse)

    refund = refund_execute(refund_id=refund.pk)

    payment.refresh_from_db()
    assert (refund.status, refund.failure_code) == ("failed", "expired_or_canceled_card")
    assert payment.flag == "refund_failed"


def test_a_capture_that_the_card_refuses_is_read_again(
    on_fake: StripeFake, settings: Any, monkeypatch: Any
) -> None:
    settings.STRIPE_CAPTURE = "manual"
    payment = captured()
    payment_capture(payment_id=payment.pk)

    def refuse(intent: Any, params: Any) -> Any:
        on_fake.account.intent_cancel(intent)
        raise ApiError(402, "Declined.", code="card_declined")

    monkeypatch.setattr(on_fake.account, "intent_capture", refuse)

    payment = payment_capture_execute(payment_id=payment.pk)

    assert (payment.status, payment.flag) == ("cancelled", "authorization_lapsed")
    assert folio_paid(folio_id=payment.folio_id) == 0


# --- disputes -------------------------------------------------------------------------------------------------------


def entries() -> list[tuple[str, Decimal]]:
    return list(
        FolioEntry.objects.filter(kind__startswith="dispute").values_list("kind", "amount").order_by("id")
    )


def test_a_dispute_takes_the_money_and_a_won_one_brings_it_back(on_fake: StripeFake) -> None:
    payment = captured()
    dispute = on_fake.account.dispute_open(on_fake.intent())
    for _time in range(2):
        payment_sync(payment_id=payment.pk)

    kept = Dispute.objects.get()
    assert (kept.status, kept.reason, kept.amount, kept.currency) == (
        "needs_response",
        "fraudulent",
        Decimal("100.00"),
        "EUR",
    )
    assert entries() == [("dispute", Decimal("100.00"))]
    assert folio_balance(folio_id=payment.folio_id) == Decimal("100.00")
    assert payment_refundable(payment_id=payment.pk) == 0
    with pytest.raises(RefundTooLarge):
        refund_create(payment_id=payment.pk, amount=Decimal(1), reason="x", idempotency_key="no-refund-too")

    on_fake.account.dispute_close(dispute, won=True)
    for _time in range(2):
        payment_sync(payment_id=payment.pk)

    kept.refresh_from_db()
    assert kept.status == "won"
    assert entries() == [("dispute", Decimal("100.00")), ("dispute_returned", Decimal("-100.00"))]
    assert folio_balance(folio_id=payment.folio_id) == 0
    assert ledger_problems() == []


def test_an_inquiry_takes_nothing(on_fake: StripeFake) -> None:
    payment = captured()
    on_fake.account.dispute_open(on_fake.intent(), status="warning_needs_response")
    payment_sync(payment_id=payment.pk)

    assert Dispute.objects.get().status == "inquiry"
    assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_managers_and_finance_are_told_once_while_they_can_answer(on_fake: StripeFake) -> None:
    payment = captured()
    manager = StaffFactory.create(property=payment.folio.property, role="manager")
    StaffFactory.create(property=payment.folio.property, role="front_desk")
    dispute = on_fake.account.dispute_open(on_fake.intent())
    for _time in range(2):
        payment_sync(payment_id=payment.pk)
        run_effects(kinds=["payments.dispute_announce"])
    on_fake.account.dispute_close(dispute, won=False)
    payment_sync(payment_id=payment.pk)
    run_effects(kinds=["payments.dispute_announce"])

    told = Notification.objects.filter(type="payment_disputed", channel="email")
    assert [(one.recipient, one.context["amount"], one.context["reason"]) for one in told] == [
        (manager.email, "100.00", "fraudulent")
    ]
    assert f"/admin/payments/dispute/{Dispute.objects.get().pk}/" in told[0].context["manage_url"]
    assert Effect.objects.filter(kind="payments.dispute_announce", status="done").count() == 2
