"""Payments, refunds, and the ways to pay."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from payments.gateways import GATEWAYS
from payments.gateways.base import Gateway
from payments.models import Payment, Refund, RefundStatus

if TYPE_CHECKING:
    from accounts.models import User
    from inventory.models import Property
    from payments.querysets import PaymentQuerySet


def payments_for_folio(*, folio_id: int) -> list[Payment]:
    """Return the payments of a folio with their refunds, newest first. Two queries."""
    return list(Payment.objects.filter(folio_id=folio_id).with_refunds().order_by("-created_at", "-id"))


def payments_for_user(*, user: User) -> PaymentQuerySet:
    """Return a user's payments with their refunds, newest first, to be paginated. Two queries when read.

    Of a collective payment its shares, which belong to bookings and may be refunded.
    """
    return (
        Payment.objects.filter(user=user, folio__is_collective=False)
        .with_refunds()
        .order_by("-created_at", "-id")
    )


def payment_get(*, payment_id: int) -> Payment:
    """Return a payment with its refunds. Two queries. Raises `Payment.DoesNotExist`."""
    return Payment.objects.with_refunds().get(pk=payment_id)


def payment_by_key(*, idempotency_key: str) -> Payment | None:
    """Return the payment that was started with a key, if there is one. One query."""
    return Payment.objects.filter(idempotency_key=idempotency_key).first()


def payment_refundable(*, payment_id: int) -> Decimal:
    """Return what may still be refunded of a payment. One query.

    Captured, minus refunds made and on their way, minus what the guest's bank has taken back already.
    """
    payment = Payment.objects.with_refundable().only("pk").get(pk=payment_id)
    return Decimal(payment.refundable)


def refunds_unsettled(*, folio_id: int) -> list[Refund]:
    """Return the refunds of a folio that are pending or failed, oldest first. One query."""
    return list(
        Refund.objects.filter(payment__folio_id=folio_id)
        .exclude(status=RefundStatus.SUCCEEDED)
        .order_by("created_at", "id")
    )


def gateways_for_property(*, property: Property) -> list[Gateway]:  # noqa: A002 - the word of the field
    """Return the gateways a property's guests may pay with, in its order. No query."""
    return [GATEWAYS[code] for code in property.gateways if code in GATEWAYS and GATEWAYS[code].is_enabled()]


def gateway_expires_after(*, code: str) -> timedelta:
    """Return how long after its start a payment may still succeed; a hold must outlive it. No query."""
    return GATEWAYS[code].expires_after
