"""Taking money. The provider is asked outside any transaction; what it answers is applied once, under locks."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.text import capfirst

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.money import round_money
from payments.exceptions import (
    AmountInvalid,
    CardUnknown,
    GatewayNotOffered,
    GatewayTimeout,
    GatewayUnavailable,
    PaymentKeyReused,
    PaymentNotFound,
    PaymentNotKnown,
)
from payments.gateways import gateway_get
from payments.gateways.at_property import AtPropertyGateway
from payments.gateways.base import Gateway, GatewayResult
from payments.gateways.calls import gateway_call
from payments.models import (
    OPEN_PAYMENT_STATUSES,
    PAYMENT_TRANSITIONS,
    EntryKind,
    Folio,
    FolioEntry,
    Payment,
    PaymentMethod,
    PaymentPurpose,
    PaymentStatus,
)
from payments.signals import payment_captured, payment_failed, payment_guaranteed

from .folios import entries_append, folio_lock
from .transfers import payment_folios_lock, shares_lock, transfers_post

if TYPE_CHECKING:
    from accounts.models import User

ATTEMPT_SECONDS = 60
"""A start that has said nothing for so long is taken over by a repeated request."""

NOT_KNOWN_MINUTES = 10
"""A payment the provider has not heard of after so long never reached it."""

logger = structlog.get_logger(__name__)


def payment_start(
    *,
    folio_id: int,
    gateway: str,
    purpose: str,
    amount: Decimal,
    currency: str,
    idempotency_key: str,
    return_url: str,
    method: str = PaymentMethod.CARD,
    user: User | None = None,
    expires_at: datetime | None = None,
    card: str | None = None,
    at: datetime | None = None,
) -> Payment:
    """Start a payment and return it as it stands then: captured, guaranteed, failed, or still open.

    ``card`` is a token of the provider's. The same key gives the same payment and never a second charge, however many
    ask at once: one of them talks to the provider, the others get the payment as it is. A provider that does not
    answer in time leaves it ``processing`` until `payment_refresh` has asked again.

    Called outside transactions. Raises `GatewayUnknown`, `GatewayNotOffered`, `AmountInvalid`, `CardUnknown`,
    `PaymentKeyReused`, and `GatewayUnavailable` where surely nothing was sent, so that the same key may try again.
    """
    at = at or timezone.now()
    provider = gateway_get(gateway)
    payment = _payment_row(
        provider=provider,
        wanted=Payment(
            folio_id=folio_id,
            gateway=gateway,
            method=method,
            purpose=PaymentPurpose(purpose),
            amount=amount,
            currency=currency,
            idempotency_key=idempotency_key,
            user=user,
            expires_at=expires_at or at + provider.expires_after,
        ),
    )
    if not _attempt_claim(payment_id=payment.pk, at=at):
        return Payment.objects.get(pk=payment.pk)
    try:
        result = gateway_call(
            provider,
            lambda: provider.start(payment=payment, return_url=return_url, card=card or ""),
            repeat_timeouts=False,
        )
    except GatewayTimeout:
        return _payment_unanswered(payment_id=payment.pk)
    except (GatewayUnavailable, CardUnknown):
        _attempt_release(payment_id=payment.pk)
        raise
    return _payment_apply(payment_id=payment.pk, result=result, at=at)


def payment_refresh(*, payment_id: int, at: datetime | None = None) -> Payment:
    """Read the provider's state again and apply it, once, in whatever order and however often it is told.

    A payment that the provider has not heard of stays open for a while, because a request may still be under way.
    After that it has failed, or, if nothing was ever sent, is dropped without a word. A share of a collective payment
    is asked for as the whole.

    Called outside transactions. Raises `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment = _payment_read(payment_id)
    if payment.collective_id is not None:
        payment_refresh(payment_id=payment.collective_id, at=at)
        return _payment_read(payment_id)
    provider = gateway_get(payment.gateway)
    try:
        result = gateway_call(provider, lambda: provider.fetch(payment=payment), repeat_timeouts=True)
    except PaymentNotKnown:
        if at - (payment.attempted_at or payment.created_at) < timedelta(minutes=NOT_KNOWN_MINUTES):
            return payment
        status = PaymentStatus.FAILED if payment.attempted_at else PaymentStatus.CANCELLED
        result = _result_own(payment, status, failure_code="not_received")
    return _payment_apply(payment_id=payment.pk, result=result, at=at)


def payment_cancel(*, payment_id: int, at: datetime | None = None) -> Payment:
    """Ask the provider to let go of an open payment and apply what became of it; it may have been paid.

    One that has ended is returned as it is. Called outside transactions. Raises `PaymentNotFound`,
    `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment = _payment_read(payment_id)
    if payment.status not in OPEN_PAYMENT_STATUSES:
        return payment
    if payment.collective_id is not None:
        payment_cancel(payment_id=payment.collective_id, at=at)
        return _payment_read(payment_id)
    provider = gateway_get(payment.gateway)
    try:
        result = gateway_call(provider, lambda: provider.cancel(payment=payment), repeat_timeouts=True)
    except PaymentNotKnown:
        result = _result_own(payment, PaymentStatus.CANCELLED)
    return _payment_apply(payment_id=payment.pk, result=result, at=at)


def payment_record(
    *,
    folio_id: int,
    method: str,
    amount: Decimal,
    currency: str,
    idempotency_key: str,
    actor: User,
    at: datetime | None = None,
) -> Payment:
    """Record money taken at the desk: a captured payment and its entry, once per key.

    One durable transaction; locks the folio. Raises `AmountInvalid`, `PaymentKeyReused`.
    """
    at = at or timezone.now()
    wanted = Payment(
        folio_id=folio_id,
        gateway=AtPropertyGateway.code,
        method=PaymentMethod(method),
        purpose=PaymentPurpose.BALANCE,
        amount=amount,
        currency=currency,
        idempotency_key=idempotency_key,
        status=PaymentStatus.CAPTURED,
        captured_at=at,
    )
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        folio = folio_lock(folio_id=folio_id)
        _amount_check(amount=amount, currency=currency, folio=folio, may_be_zero=False)
        known = Payment.objects.filter(idempotency_key=idempotency_key).first()
        if known is not None:
            return _same_or_refuse(known, wanted)
        wanted.save()
        _captured_post(wanted, actor=actor)
    return wanted


def _payment_row(*, provider: Gateway, wanted: Payment) -> Payment:
    """Give the row of this key, new or known. Committed on return; two queries for a known key, four for a new one."""
    known = Payment.objects.filter(idempotency_key=wanted.idempotency_key).first()
    if known is not None:
        return _same_or_refuse(known, wanted)
    folio = Folio.objects.select_related("property").get(pk=wanted.folio_id)
    if provider.code not in folio.property.gateways or not provider.is_enabled():
        raise GatewayNotOffered(field="gateway", data={"gateway": provider.code})
    _amount_check(
        amount=wanted.amount, currency=wanted.currency, folio=folio, may_be_zero=not provider.moves_money
    )
    try:
        with transaction.atomic(durable=True):
            wanted.save()
    except IntegrityError:
        known = Payment.objects.filter(idempotency_key=wanted.idempotency_key).first()
        if known is None:
            raise
        return _same_or_refuse(known, wanted)
    return wanted


def _same_or_refuse(known: Payment, wanted: Payment) -> Payment:
    """Give the known payment if it is what is asked for. Raises `PaymentKeyReused`."""
    names = ("folio_id", "gateway", "amount", "currency")
    if any(getattr(known, name) != getattr(wanted, name) for name in names):
        raise PaymentKeyReused(field="idempotency_key")
    return known


def _amount_check(*, amount: Decimal, currency: str, folio: Folio, may_be_zero: bool) -> None:
    positive = amount > 0 or (may_be_zero and amount == 0)
    if not positive or currency != folio.currency or round_money(amount, currency) != amount:
        raise AmountInvalid(field="amount", data={"currency": folio.currency})


def _attempt_claim(*, payment_id: int, at: datetime) -> bool:
    """Become the one who talks to the provider, unless somebody else is at it or the payment is under way."""
    free = Q(attempted_at=None) | Q(attempted_at__lte=at - timedelta(seconds=ATTEMPT_SECONDS))
    claimed = Payment.objects.filter(_with_shares(payment_id), free, status=PaymentStatus.CREATED)
    return bool(claimed.update(attempted_at=at, updated_at=at))


def _attempt_release(*, payment_id: int) -> None:
    """Let the same key try again, because nothing was sent."""
    started = Payment.objects.filter(_with_shares(payment_id), status=PaymentStatus.CREATED)
    started.update(attempted_at=None)


def _with_shares(payment_id: int) -> Q:
    """A payment and, of a collective one, its shares: they are always in the same state."""
    return Q(pk=payment_id) | Q(collective_id=payment_id)


def _payment_read(payment_id: int) -> Payment:
    try:
        return Payment.objects.get(pk=payment_id)
    except Payment.DoesNotExist:
        raise PaymentNotFound from None


def _payment_unanswered(*, payment_id: int) -> Payment:
    """Note that the provider's answer is missing: whether it took the money is found out by key."""
    Payment.objects.filter(_with_shares(payment_id), status=PaymentStatus.CREATED).update(
        status=PaymentStatus.PROCESSING, updated_at=timezone.now()
    )
    logger.warning("payment_unanswered", payment_id=payment_id)
    return Payment.objects.get(pk=payment_id)


def _result_own(payment: Payment, status: PaymentStatus, *, failure_code: str = "") -> GatewayResult:
    """Make a result where the provider has none to give."""
    return GatewayResult(
        status=status,
        provider_reference=payment.provider_reference,
        amount=payment.amount,
        currency=payment.currency,
        failure_code=failure_code,
    )


def _payment_apply(*, payment_id: int, result: GatewayResult, at: datetime) -> Payment:
    """Bring a payment to the provider's state, in one durable transaction: folios, payment, shares, locked.

    A state that is no step from ours is old news and changes nothing. Money that is not what was asked for confirms
    nothing: the payment stays open, with a flag for finance.
    """
    with translate_integrity_errors(), transaction.atomic(durable=True), lock_timeout():
        has_shares = payment_folios_lock(payment_id=payment_id)
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        if result.provider_reference and not payment.provider_reference:
            payment.provider_reference = result.provider_reference
        target = result.status
        if target == PaymentStatus.CAPTURED and payment.status != PaymentStatus.CAPTURED:
            payment.flag = _mismatch(payment, result)
            if payment.flag:
                logger.error("payment_flagged", payment_id=payment.pk, flag=payment.flag)
                target = PaymentStatus.PROCESSING
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
        return "currency_mismatch"
    if result.amount != payment.amount:
        return "amount_mismatch"
    return ""


def _payment_move(payment: Payment, *, target: PaymentStatus, result: GatewayResult, at: datetime) -> None:
    """Change the state and what follows from it. Inside the transaction that has locked folio and payment."""
    payment.status = target
    payment.redirect_url = result.redirect_url
    payment.failure_code = result.failure_code
    if target == PaymentStatus.CAPTURED:
        payment.captured_at = at
        _captured_post(payment, actor=None)
    elif target == PaymentStatus.GUARANTEED:
        _announce(payment_guaranteed, payment)
    elif target == PaymentStatus.FAILED:
        _announce(payment_failed, payment)


def _captured_post(payment: Payment, *, actor: User | None) -> None:
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
    _announce(payment_captured, payment)


def _announce(signal: Signal, payment: Payment) -> None:
    """Tell the apps above on commit; Django logs a receiver that fails, and it disturbs nobody else."""
    payment_id, folio_id = payment.pk, payment.folio_id
    transaction.on_commit(
        lambda: signal.send_robust(sender=Payment, payment_id=payment_id, folio_id=folio_id), robust=True
    )
