"""Money that a guest's bank has put aside: taken, all or part, or released."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.money import round_money
from core.outbox import effect_enqueue
from payments.exceptions import AmountInvalid, CaptureTooLarge, NotAuthorized, PaymentNotFound
from payments.gateways import gateway_get
from payments.gateways.calls import gateway_call
from payments.models import Payment, PaymentStatus
from payments.selectors import folio_balance

from .applying import payment_apply
from .folios import folio_lock


def payment_capture(*, payment_id: int, amount: Decimal | None = None) -> Payment:
    """Decide to take what is put aside, or ``amount`` of it; the rest is released. `payment_capture_execute` takes it.

    In the caller's transaction or one of its own; locks folio, then payment, and leaves the work to the outbox. Raises
    `PaymentNotFound`, `NotAuthorized`, `AmountInvalid`, `CaptureTooLarge`.
    """
    with translate_integrity_errors(), transaction.atomic(), lock_timeout():
        payment = _authorized_lock(payment_id)
        wanted = payment.amount if amount is None else amount
        if wanted <= 0 or round_money(wanted, payment.currency) != wanted:
            raise AmountInvalid(field="amount")
        if payment.authorized_amount is None or wanted > payment.authorized_amount:
            raise CaptureTooLarge(field="amount", data={"authorized": str(payment.authorized_amount)})
        payment.amount = wanted
        payment.save(update_fields=["amount", "updated_at"])
        effect_enqueue(
            kind="payments.capture",
            payload={"payment_id": payment.pk},
            dedup_key=f"payments.capture:{payment.pk}:{wanted}",
        )
    return payment


def payment_capture_execute(*, payment_id: int, at: datetime | None = None) -> Payment:
    """Take the amount that was decided on, once, however often this is called; one that has ended stays as it is.

    Called outside transactions. Raises `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment = _payment_read(payment_id)
    if payment.status != PaymentStatus.AUTHORIZED:
        return payment
    provider = gateway_get(payment.gateway)
    result = gateway_call(provider, lambda: provider.capture(payment=payment), repeat_timeouts=True)
    return payment_apply(payment_id=payment.pk, result=result, at=at)


def payment_release(*, payment_id: int) -> Payment:
    """Decide to let go of what is put aside. In the caller's transaction or one of its own; locks as `payment_capture`.

    Raises `PaymentNotFound`, `NotAuthorized`.
    """
    with transaction.atomic(), lock_timeout():
        payment = _authorized_lock(payment_id)
        effect_enqueue(
            kind="payments.release",
            payload={"payment_id": payment.pk},
            dedup_key=f"payments.release:{payment.pk}",
        )
    return payment


def payment_release_execute(*, payment_id: int, at: datetime | None = None) -> Payment:
    """Let go of what is put aside, once; one that has ended stays as it is.

    Called outside transactions. Raises `PaymentNotFound`, `GatewayUnavailable`, `GatewayTimeout`.
    """
    at = at or timezone.now()
    payment = _payment_read(payment_id)
    if payment.status != PaymentStatus.AUTHORIZED:
        return payment
    provider = gateway_get(payment.gateway)
    result = gateway_call(provider, lambda: provider.cancel(payment=payment), repeat_timeouts=True)
    return payment_apply(payment_id=payment.pk, result=result, at=at, is_wanted=True)


def authorizations_settle(*, folio_id: int) -> list[Payment]:
    """End what is put aside for a stay that is over: what is still owed is taken of it, the rest is released.

    In the caller's transaction; locks the folio and its payments. One query where nothing is put aside.
    """
    ids = Payment.objects.filter(folio_id=folio_id, status=PaymentStatus.AUTHORIZED).order_by("id")
    payments = []
    owed: Decimal | None = None
    for payment_id, amount in list(ids.values_list("pk", "authorized_amount")):
        assert amount is not None  # as the database has it for what is put aside
        owed = folio_balance(folio_id=folio_id) if owed is None else owed
        share = min(owed, amount)
        if share > 0:
            payments.append(payment_capture(payment_id=payment_id, amount=share))
            owed -= share
        else:
            payments.append(payment_release(payment_id=payment_id))
    return payments


def _authorized_lock(payment_id: int) -> Payment:
    payment = _payment_read(payment_id)
    folio_lock(folio_id=payment.folio_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    if payment.status != PaymentStatus.AUTHORIZED:
        raise NotAuthorized
    return payment


def _payment_read(payment_id: int) -> Payment:
    try:
        return Payment.objects.get(pk=payment_id)
    except Payment.DoesNotExist:
        raise PaymentNotFound from None
