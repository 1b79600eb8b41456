"""Everything the provider knows of a payment, read again: its state, its refunds, its disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from payments.gateways import gateway_get
from payments.gateways.base import ProviderRefund, RefundResult
from payments.gateways.calls import gateway_call
from payments.models import Payment, PaymentFlag, PaymentStatus, Refund, RefundStatus

from .disputes import disputes_refresh
from .folios import folio_lock
from .payments import payment_refresh_result
from .refund_posting import refund_post
from .refunds import refund_apply, refund_execute

logger = structlog.get_logger(__name__)


def payment_sync(
    *,
    payment_id: int,
    at: datetime | None = None,
    with_disputes: bool = False,
    with_refunds: bool = False,
) -> Payment:
    """Bring a payment, its refunds, those made at the provider too, and its disputes to the provider's state.

    Order and repetition do not matter. Refunds that are done are read again where the payment says that more or less
    went back than we know, or with ``with_refunds``; disputes where it says that there are some, or with
    ``with_disputes``. Called outside transactions. Raises `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment, result = payment_refresh_result(payment_id=payment_id, at=at)
    pending = Refund.objects.filter(_of(payment_id), status=RefundStatus.PENDING).order_by("id")
    for refund_id in pending.values_list("pk", flat=True):
        refund_execute(refund_id=refund_id, at=at)
    if result is None or payment.status != PaymentStatus.CAPTURED:
        return payment
    if with_refunds or result.refunded != _refunds_known(payment_id):
        _refunds_compare(payment, at=at)
    if with_disputes or result.is_disputed:
        disputes_refresh(payment_id=payment_id, at=at)
    return payment


def _of(payment_id: int) -> Q:
    """Refunds of a payment, and of the shares of a collective one."""
    return Q(payment_id=payment_id) | Q(payment__collective_id=payment_id)


def _refunds_known(payment_id: int) -> Decimal:
    kept = Refund.objects.filter(_of(payment_id)).exclude(status=RefundStatus.FAILED)
    return kept.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _refunds_compare(payment: Payment, *, at: datetime) -> None:
    """Read the provider's refunds: those of ours that have failed since, and those that we know nothing of."""
    provider = gateway_get(payment.gateway)
    told = gateway_call(provider, lambda: provider.refunds(payment=payment), repeat_timeouts=True)
    failed = {one.provider_reference: one for one in told if one.status == RefundStatus.FAILED}
    made = Refund.objects.filter(_of(payment.pk), status=RefundStatus.SUCCEEDED)
    ours = made.filter(provider_reference__in=failed).order_by("pk")
    for refund_id, reference in ours.values_list("pk", "provider_reference"):
        one = failed[reference]
        result = RefundResult(status=one.status, provider_reference=reference, failure_code=one.failure_code)
        refund_apply(refund_id=refund_id, result=result, at=at)
    _refunds_adopt(payment, told, at=at)


def _refunds_adopt(payment: Payment, told: Sequence[ProviderRefund], *, at: datetime) -> None:
    """Enter refunds that somebody has made at the provider: the money is gone, so the ledger must say so.

    Of a collective payment nobody knows whose share went back: it gets a flag, and finance decides.
    """
    if not any(one.status == RefundStatus.SUCCEEDED for one in told):
        return
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        folio_lock(folio_id=payment.folio_id)
        locked = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
        strange = _strange(payment.pk, told)
        if not strange:
            return
        locked.flag = PaymentFlag.REFUNDED_ELSEWHERE
        locked.save(update_fields=["flag", "updated_at"])
        logger.warning("refund_made_elsewhere", payment_id=payment.pk)
        if payment.folio.is_collective:
            return
        for one in strange:
            refund = Refund.objects.create(
                payment=locked,
                amount=one.amount,
                reason=_("Refunded at the payment provider"),
                status=RefundStatus.SUCCEEDED,
                idempotency_key=f"provider-{one.provider_reference}"[:80],
                provider_reference=one.provider_reference,
                succeeded_at=at,
            )
            refund_post(refund)


def _strange(payment_id: int, told: Sequence[ProviderRefund]) -> list[ProviderRefund]:
    """The refunds that are done and that we neither asked for nor know. Called with the payment locked; one query."""
    ours = Refund.objects.filter(_of(payment_id)).values_list("provider_reference", "idempotency_key")
    references, keys = {row[0] for row in ours}, {row[1] for row in ours}
    return [
        one
        for one in told
        if one.status == RefundStatus.SUCCEEDED
        and one.provider_reference not in references
        and not (one.idempotency_key and one.idempotency_key in keys)
    ]
