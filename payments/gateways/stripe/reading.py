"""What Stripe's objects mean to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import stripe

from core.exceptions import DomainError
from payments.gateways.base import GatewayResult, ProviderDispute, ProviderRefund, RefundResult
from payments.models import DisputeStatus, PaymentStatus, RefundStatus

from .amounts import amount_from_stripe

KEY_NAME = "vacancy_payment"
"""Metadata: the payment's idempotency key, by which it is found whatever happened to the answer."""
FLOW_NAME = "vacancy_flow"
REFUND_KEY_NAME = "vacancy_refund"

FLOW_ELEMENT = "element"
"""The guest types the card into Stripe's field on our page."""
FLOW_HOSTED = "hosted"
"""The guest goes to Stripe's own page."""
FLOW_CARD = "card"
"""A program sends a PaymentMethod that it got from Stripe."""

Data = Mapping[str, Any]

INTENT_STATUSES = {
    "requires_payment_method": PaymentStatus.REQUIRES_ACTION,
    "requires_confirmation": PaymentStatus.REQUIRES_ACTION,
    "requires_action": PaymentStatus.REQUIRES_ACTION,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORIZED,
    "succeeded": PaymentStatus.CAPTURED,
    "canceled": PaymentStatus.CANCELLED,
}
REFUND_STATUSES = {
    "succeeded": RefundStatus.SUCCEEDED,
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
DISPUTE_STATUSES = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}


def intent_result(intent: Data, *, redirect_url: str = "") -> GatewayResult:
    """Read a PaymentIntent (with its latest charge). ``redirect_url`` is the page of a session that is still open.

    What was taken counts, not what was asked for: `amount_received`, or what a bank has put aside.
    """
    status = INTENT_STATUSES[intent["status"]]
    error = intent.get("last_payment_error") or {}
    metadata = intent.get("metadata") or {}
    if intent["status"] == "requires_payment_method" and error and metadata.get(FLOW_NAME) == FLOW_CARD:
        status = PaymentStatus.FAILED
    currency = intent["currency"].upper()
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    return GatewayResult(
        status=status,
        provider_reference=intent["id"],
        amount=amount_from_stripe(_amount(intent), currency),
        currency=currency,
        redirect_url=redirect_url or _redirect_url(intent),
        failure_code=failure_code(error),
        refunded=amount_from_stripe(charge.get("amount_refunded") or 0, currency),
        is_disputed=bool(charge.get("disputed")),
        authorized_until=_capture_before(charge),
    )


def session_result(session: Data) -> GatewayResult:
    """Read a Checkout Session with its PaymentIntent, which it has once the guest has sent a card."""
    intent = session.get("payment_intent")
    is_open = session["status"] == "open"
    if isinstance(intent, Mapping):
        result = intent_result(intent, redirect_url=session["url"] if is_open else "")
        return replace(result, provider_session=session["id"])
    currency = session["currency"].upper()
    return GatewayResult(
        status=PaymentStatus.REQUIRES_ACTION if is_open else PaymentStatus.CANCELLED,
        provider_reference="",
        provider_session=session["id"],
        amount=amount_from_stripe(session["amount_total"], currency),
        currency=currency,
        redirect_url=session["url"] if is_open else "",
        failure_code="" if is_open else "expired",
    )


def refund_result(refund: Data) -> RefundResult:
    """Read a Refund."""
    return RefundResult(
        status=REFUND_STATUSES[refund["status"]],
        provider_reference=refund["id"],
        failure_code=_refund_failure(refund),
    )


def refund_refused(error: DomainError | stripe.CardError) -> RefundResult:
    """A refund that was not taken on, for good: asked again it would be refused again, so finance has to see it."""
    reason = error.data.get("reason") if isinstance(error, DomainError) else error.code
    return RefundResult(status=RefundStatus.FAILED, failure_code=str(reason or "not_refundable")[:60])


def provider_refund(refund: Data) -> ProviderRefund:
    """Read a Refund together with what it gives back, whoever has made it."""
    currency = refund["currency"].upper()
    return ProviderRefund(
        provider_reference=refund["id"],
        idempotency_key=(refund.get("metadata") or {}).get(REFUND_KEY_NAME, ""),
        amount=amount_from_stripe(refund["amount"], currency),
        status=REFUND_STATUSES[refund["status"]],
        failure_code=_refund_failure(refund),
    )


def _refund_failure(refund: Data) -> str:
    if REFUND_STATUSES[refund["status"]] != RefundStatus.FAILED:
        return ""
    return str(refund.get("failure_reason") or refund["status"])[:60]


def provider_dispute(dispute: Data) -> ProviderDispute:
    """Read a Dispute. Whether money was withdrawn and returned is told by the signs of its balance transactions."""
    currency = dispute["currency"].upper()
    moves = [Decimal(move["amount"]) for move in dispute.get("balance_transactions") or ()]
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    return ProviderDispute(
        provider_reference=dispute["id"],
        amount=amount_from_stripe(dispute["amount"], currency),
        currency=currency,
        reason=dispute.get("reason") or "",
        status=DISPUTE_STATUSES.get(dispute["status"], DisputeStatus.CLOSED),
        due_by=datetime.fromtimestamp(due_by, tz=UTC) if due_by else None,
        opened_at=datetime.fromtimestamp(dispute["created"], tz=UTC),
        is_withdrawn=any(move < 0 for move in moves),
        is_returned=any(move > 0 for move in moves),
    )


def failure_code(error: Data) -> str:
    """Return why a card was refused: the bank's reason where it gave one that is not just "no"."""
    decline = error.get("decline_code") or ""
    code = decline if decline and decline != "generic_decline" else error.get("code") or ""
    return str(code)[:60]


def _amount(intent: Data) -> int:
    if intent["status"] == "succeeded":
        return int(intent.get("amount_received", intent["amount"]))
    if intent["status"] == "requires_capture":
        return int(intent.get("amount_capturable", intent["amount"]))
    return int(intent["amount"])


def _redirect_url(intent: Data) -> str:
    action = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    return action.get("url") or ""


def _capture_before(charge: Data) -> datetime | None:
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    before = card.get("capture_before")
    return datetime.fromtimestamp(before, tz=UTC) if before else None
