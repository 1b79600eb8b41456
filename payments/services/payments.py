"""Taking money. The provider is asked outside any transaction; what it answers is applied once, under locks."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.selectors import operation_require
from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.money import round_money
from payments.exceptions import (
    AmountInvalid,
    CardUnknown,
    GatewayNotOffered,
    GatewayRefused,
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
    Folio,
    Payment,
    PaymentMethod,
    PaymentPurpose,
    PaymentStatus,
)
from payments.types import PaymentClient

from .applying import captured_post, payment_apply, result_own
from .folios import folio_lock

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
    except (AmountInvalid, CardUnknown, GatewayRefused, GatewayUnavailable):
        _attempt_release(payment_id=payment.pk)
        raise
    return payment_apply(payment_id=payment.pk, result=result, at=at)


def payment_refresh(*, payment_id: int, at: datetime | None = None) -> Payment:
    """Read the provider's state again and apply it, once, in whatever order and however often it is told.

    A payment that the provider has not heard of stays open for a while, because a request may still be under way.
    After that it has failed, or, if nothing was ever sent, is dropped without a word. A share of a collective payment
    is asked for as the whole.

    Called outside transactions. Raises `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    return payment_refresh_result(payment_id=payment_id, at=at or timezone.now())[0]


def payment_refresh_result(*, payment_id: int, at: datetime) -> tuple[Payment, GatewayResult | None]:
    """Do what `payment_refresh` does, and say what the provider said; None if it knows nothing of the payment."""
    payment = _payment_read(payment_id)
    if payment.collective_id is not None:
        _whole, told = payment_refresh_result(payment_id=payment.collective_id, at=at)
        return _payment_read(payment_id), told
    provider = gateway_get(payment.gateway)
    try:
        told = gateway_call(provider, lambda: provider.fetch(payment=payment), repeat_timeouts=True)
    except PaymentNotKnown:
        if at - (payment.attempted_at or payment.created_at) < timedelta(minutes=NOT_KNOWN_MINUTES):
            return payment, None
        status = PaymentStatus.FAILED if payment.attempted_at else PaymentStatus.CANCELLED
        own = result_own(payment, status, failure_code="not_received")
        return payment_apply(payment_id=payment.pk, result=own, at=at), None
    return payment_apply(payment_id=payment.pk, result=told, at=at), told


def payment_client(*, payment_id: int) -> PaymentClient | None:
    """Ask the provider for what a browser needs to finish an open payment; None where nothing is left to do there.

    It holds a secret: it goes to the guest alone, and into no log and no table. Called outside transactions. Raises
    `PaymentNotFound`, `PaymentNotKnown`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    payment = _payment_read(payment_id)
    if payment.status not in OPEN_PAYMENT_STATUSES:
        return None
    provider = gateway_get(payment.gateway)
    return gateway_call(provider, lambda: provider.client(payment=payment), repeat_timeouts=True)


def payment_await(*, payment_id: int) -> None:
    """Note that the guest is back from the provider, who cannot be asked: whether they paid is still to be found out.

    One query; a payment that does not wait for the guest stays as it is.
    """
    waiting = Payment.objects.filter(_with_shares(payment_id), status=PaymentStatus.REQUIRES_ACTION)
    waiting.update(status=PaymentStatus.PROCESSING, updated_at=timezone.now())


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
        result = result_own(payment, PaymentStatus.CANCELLED)
    return payment_apply(payment_id=payment.pk, result=result, at=at)


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

    One durable transaction; locks the folio. Raises `PermissionDenied`, `AmountInvalid`, `PaymentKeyReused`.
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
        operation_require(actor, folio.property_id, "payment_record")
        _amount_check(amount=amount, currency=currency, folio=folio, may_be_zero=False)
        known = Payment.objects.filter(idempotency_key=idempotency_key).first()
        if known is not None:
            return _same_or_refuse(known, wanted)
        wanted.save()
        captured_post(wanted, actor=actor)
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
