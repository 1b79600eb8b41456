"""Giving money back: first reserved under locks, then asked of the provider outside of them, then posted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from core.exceptions import Unavailable, translate_integrity_errors
from core.locks import lock_timeout
from core.money import round_money
from core.outbox import effect_enqueue
from payments.exceptions import (
    AmountInvalid,
    PaymentKeyReused,
    PaymentNotFound,
    RefundTooLarge,
)
from payments.gateways import gateway_get
from payments.gateways.base import RefundResult
from payments.gateways.calls import gateway_call
from payments.models import Payment, PaymentStatus, Refund, RefundStatus

from .folios import folio_lock
from .refund_posting import failed_refunds_replace, refund_failure_post, refund_post
from .transfers import refund_for_provider

if TYPE_CHECKING:
    from accounts.models import User

logger = structlog.get_logger(__name__)


def refund_create(
    *,
    payment_id: int,
    amount: Decimal,
    reason: str,
    idempotency_key: str,
    actor: User | None = None,
    is_another_try: bool = False,
) -> Refund:
    """Reserve all or part of a captured payment for a refund, once per key; `refund_execute` moves the money.

    ``is_another_try``: it takes the place of refunds of the folio that have failed, as far as it goes. In the
    caller's transaction or one of its own; locks folio, then payment. Refunds made and on their way never exceed the
    payment. Raises `PaymentNotFound`, `AmountInvalid`, `PaymentKeyReused`, `RefundTooLarge`.
    """
    with translate_integrity_errors(), transaction.atomic(), lock_timeout():
        folio_id = Payment.objects.filter(pk=payment_id).values_list("folio_id", flat=True).first()
        if folio_id is None:
            raise PaymentNotFound
        folio_lock(folio_id=folio_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        known = Refund.objects.filter(idempotency_key=idempotency_key).first()
        if known is not None:
            if (known.payment_id, known.amount) != (payment_id, amount):
                raise PaymentKeyReused(field="idempotency_key")
            return known
        if amount <= 0 or round_money(amount, payment.currency) != amount:
            raise AmountInvalid(field="amount")
        refundable = _refundable([payment])[payment.pk]
        if amount > refundable:
            raise RefundTooLarge(data={"refundable": str(round_money(refundable, payment.currency))})
        refund = Refund.objects.create(
            payment=payment,
            amount=amount,
            reason=reason[:200],
            idempotency_key=idempotency_key,
            created_by=actor,
        )
        if is_another_try:
            failed_refunds_replace(folio_id=folio_id, amount=amount)
        _execution_enqueue([refund])
        return refund


def refunds_for_folio_create(
    *,
    folio_id: int,
    amount: Decimal,
    reason: str,
    key_prefix: str,
    actor: User | None = None,
) -> list[Refund]:
    """Reserve an amount over the captured payments of a folio, the newest first, once per ``key_prefix``.

    In the caller's transaction or one of its own; locks folio, then its payments. Nothing to give back gives an
    empty list. Raises `AmountInvalid`, and `RefundTooLarge` if less than the amount is left. Seven queries.
    """
    with translate_integrity_errors(), transaction.atomic(), lock_timeout():
        folio = folio_lock(folio_id=folio_id)
        if amount < 0 or round_money(amount, folio.currency) != amount:
            raise AmountInvalid(field="amount")
        known = list(
            Refund.objects.filter(payment__folio_id=folio_id, idempotency_key__startswith=f"{key_prefix}:")
        )
        if known or amount == 0:
            return known
        payments = list(
            Payment.objects.select_for_update(no_key=True)
            .filter(folio_id=folio_id, status=PaymentStatus.CAPTURED)
            .order_by("-captured_at", "-id")
        )
        refundable = _refundable(payments)
        if amount > sum(refundable.values()):
            left = round_money(sum(refundable.values(), Decimal(0)), folio.currency)
            raise RefundTooLarge(data={"refundable": str(left)})
        shares = _spread(amount, refundable)
        refunds = Refund.objects.bulk_create(
            Refund(
                payment_id=payment_id,
                amount=share,
                reason=reason[:200],
                idempotency_key=f"{key_prefix}:{payment_id}",
                created_by=actor,
            )
            for payment_id, share in shares.items()
        )
        _execution_enqueue(refunds)
        return refunds


def refund_execute(*, refund_id: int, at: datetime | None = None) -> Refund:
    """Ask the provider for a pending refund and post it, once, however often this is called.

    A provider that is away or silent leaves the refund pending, and the outbox or the reconcile asks again with the
    same key. One that refuses makes it failed and puts a flag on the payment. Called outside transactions.
    """
    try:
        return refund_ask(refund_id=refund_id, at=at)
    except Unavailable as error:
        logger.warning("refund_postponed", refund_id=refund_id, reason=error.code)
        return Refund.objects.select_related("payment").get(pk=refund_id)


def refund_execute_here(*, refund_id: int, at: datetime | None = None) -> Refund:
    """Execute a refund at once where no network is between us and the provider; others are left to the outbox.

    Called outside transactions, by requests that wait for nobody else.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if gateway_get(refund.payment.gateway).is_remote:
        return refund
    return refund_execute(refund_id=refund_id, at=at)


def refund_ask(*, refund_id: int, at: datetime | None = None) -> Refund:
    """Do what `refund_execute` does, and raise `GatewayUnavailable`, `GatewayTimeout` or `GatewayRefused`."""
    at = at or timezone.now()
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status != RefundStatus.PENDING:
        return refund
    provider = gateway_get(refund.payment.gateway)
    seen = refund_for_provider(refund)
    result = gateway_call(provider, lambda: provider.refund(refund=seen), repeat_timeouts=True)
    return refund_apply(refund_id=refund.pk, result=result, at=at)


def _execution_enqueue(refunds: Sequence[Refund]) -> None:
    """Leave the execution of refunds to the outbox: it happens if they are committed, and only then. One query."""
    ids = [refund.pk for refund in refunds]
    effect_enqueue(
        kind="payments.refunds_execute",
        payload={"refund_ids": ids},
        dedup_key=f"payments.refunds_execute:{ids[0]}",
    )


def _refundable(payments: list[Payment]) -> dict[int, Decimal]:
    """Give what is left of each captured payment, in the order given. Called with the payments locked; one query."""
    left = dict(
        Payment.objects.filter(pk__in=[payment.pk for payment in payments])
        .with_refundable()
        .values_list("pk", "refundable")
    )
    return {payment.pk: left[payment.pk] for payment in payments}


def _spread(amount: Decimal, refundable: dict[int, Decimal]) -> dict[int, Decimal]:
    shares: dict[int, Decimal] = {}
    for payment_id, left in refundable.items():
        share = min(amount, left)
        if share > 0:
            shares[payment_id] = share
            amount -= share
    return shares


def refund_apply(*, refund_id: int, result: RefundResult, at: datetime) -> Refund:
    """Bring a refund to the provider's state, in one durable transaction: folio, payment, refund, locked.

    One that was made may still fail, days later: the guest's bank sends the money back, and the ledger says so too.
    What else is told of a refund that has ended is old news and changes nothing.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        payment_id, folio_id = Refund.objects.values_list("payment_id", "payment__folio_id").get(pk=refund_id)
        folio_lock(folio_id=folio_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
        refund.payment = payment
        was_made = refund.status == RefundStatus.SUCCEEDED
        if refund.status != RefundStatus.PENDING and not (was_made and result.status == RefundStatus.FAILED):
            return refund
        refund.status = result.status
        refund.provider_reference = result.provider_reference or refund.provider_reference
        refund.failure_code = result.failure_code
        if result.status == RefundStatus.SUCCEEDED:
            refund.succeeded_at = at
            refund_post(refund)
        elif result.status == RefundStatus.FAILED:
            refund_failure_post(refund, was_made=was_made)
        refund.save()
    return refund
