"""What a provider says becomes ours, once, under locks: the state, the ledger, and what is announced."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.dispatch import Signal
from django.utils.text import capfirst

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from payments.gateways.base import GatewayResult
from payments.models import (
    PAYMENT_TRANSITIONS,
    EntryKind,
    FolioEntry,
    Payment,
    PaymentFlag,
    PaymentStatus,
)
from payments.signals import (
    payment_authorized,
    payment_captured,
    payment_failed,
    payment_guaranteed,
    payment_recorded,
)

from .folios import entries_append
from .transfers import payment_folios_lock, shares_lock, transfers_post

if TYPE_CHECKING:
    from accounts.models import User

AUTHORIZATION_DAYS = 7
"""How long a bank puts money aside where the provider does not say."""

MONEY_STATUSES = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)

logger = structlog.get_logger(__name__)


def result_own(payment: Payment, status: PaymentStatus, *, failure_code: str = "") -> GatewayResult:
    """Make a result where the provider has none to give."""
    return GatewayResult(
        status=status,
        provider_reference=payment.provider_reference,
        amount=payment.amount,
        currency=payment.currency,
        failure_code=failure_code,
    )


def payment_apply(
    *, payment_id: int, result: GatewayResult, at: datetime, is_wanted: bool = False
) -> Payment:
    """Bring a payment to the provider's state, in one durable transaction: folios, payment, shares, locked.

    A state that is no step from ours is old news and changes nothing. Money that is not what was asked for confirms
    nothing: the payment stays open, with a flag for finance; so does an authorisation that ends without our asking
    (``is_wanted``).
    """
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        has_shares = payment_folios_lock(payment_id=payment_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        payment.provider_reference = payment.provider_reference or result.provider_reference
        payment.provider_session = payment.provider_session or result.provider_session
        target = result.status
        if target in MONEY_STATUSES and payment.status != target:
            payment.flag = _mismatch(payment, result)
            if payment.flag:
                logger.error("payment_flagged", payment_id=payment.pk, flag=payment.flag)
                target = PaymentStatus.PROCESSING
        is_lapse = (payment.status, target) == (PaymentStatus.AUTHORIZED, PaymentStatus.CANCELLED)
        if is_lapse and not is_wanted:
            payment.flag = PaymentFlag.AUTHORIZATION_LAPSED
        if (PaymentStatus(payment.status), target) in PAYMENT_TRANSITIONS:
            _payment_move(payment, target=target, result=result, at=at)
            if has_shares:
                _shares_move(payment, target=target, result=result, at=at)
        payment.save()
    return payment


def _shares_move(payment: Payment, *, target: PaymentStatus, result: GatewayResult, at: datetime) -> None:
    """Take the shares of a collective payment where it went, in the same transaction."""
    shares = shares_lock(payment_id=payment.pk)
    for share in shares:
        _payment_move(share, target=target, result=result, at=at)
        share.save()
    if target == PaymentStatus.CAPTURED:
        transfers_post(payment=payment, shares=shares)


def _mismatch(payment: Payment, result: GatewayResult) -> str:
    if result.currency != payment.currency:
        return PaymentFlag.CURRENCY_MISMATCH
    if result.amount != payment.amount:
        return PaymentFlag.AMOUNT_MISMATCH
    return ""


def _payment_move(payment: Payment, *, target: PaymentStatus, result: GatewayResult, at: datetime) -> None:
    """Change the state and what follows from it. Inside the transaction that has locked folio and payment."""
    payment.status = target
    payment.redirect_url = result.redirect_url
    payment.failure_code = result.failure_code
    if target == PaymentStatus.CAPTURED:
        payment.captured_at = at
        captured_post(payment, actor=None)
    elif target == PaymentStatus.AUTHORIZED:
        payment.authorized_amount = payment.amount  # what the bank has put aside, or it would be flagged
        payment.expires_at = result.authorized_until or at + timedelta(days=AUTHORIZATION_DAYS)
        _announce(payment_authorized, payment)
    elif target == PaymentStatus.GUARANTEED:
        _announce(payment_guaranteed, payment)
    elif target == PaymentStatus.FAILED:
        payment_recorded.send(sender=Payment, payment=payment)
        _announce(payment_failed, payment)


def captured_post(payment: Payment, *, actor: User | None) -> None:
    """Post what was captured, once, and announce it on commit."""
    entries_append(
        entries=[
            FolioEntry(
                folio_id=payment.folio_id,
                kind=EntryKind.PAYMENT,
                description=capfirst(f"{payment.get_purpose_display()} ({payment.get_method_display()})"),
                amount=-payment.amount,
                payment=payment,
                dedup_key=f"payment:{payment.pk}",
                created_by=actor,
            )
        ]
    )
    payment_recorded.send(sender=Payment, payment=payment)
    _announce(payment_captured, payment)


def _announce(signal: Signal, payment: Payment) -> None:
    """Tell the apps above on commit; Django logs a receiver that fails, and it disturbs nobody else."""
    payment_id, folio_id = payment.pk, payment.folio_id
    transaction.on_commit(
        lambda: signal.send_robust(sender=Payment, payment_id=payment_id, folio_id=folio_id), robust=True
    )
