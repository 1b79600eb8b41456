"""A guest pays for a space: its time is kept for as long as the provider may take, then the provider is asked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.exceptions import (
    HoldExpired,
    NothingDue,
    PaymentInProgress,
    PaymentKeyTaken,
    PaymentNotOffered,
    TransitionNotAllowed,
)
from bookings.models import SpaceBooking
from bookings.selectors.spaces.paying import PAYABLE_STATUSES, space_payment_options, waits_for_money
from bookings.services.paying import (
    CONFIRMING_STATUSES,
    HOLD_MARGIN_MINUTES,
    HOLD_MAX_MINUTES,
    waiting_payment_end,
    was_sent,
)
from bookings.space_transitions import SpaceBookingStatus
from bookings.types import PaymentOption
from core.exceptions import DomainError, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from payments.models import Payment
from payments.selectors import folio_money, gateway_expires_after, payment_by_key
from payments.services import payment_start

from .moving import space_bookings_lock
from .settling import space_folio_settle

_S = SpaceBookingStatus

logger = structlog.get_logger(__name__)


def space_payment_start(
    *,
    booking_id: int,
    gateway: str,
    idempotency_key: str,
    return_url: str,
    card: str | None = None,
    user: User | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Payment:
    """Start paying what is due (of a series: for all of it) and return the payment as it stands then.

    Keeps the time beyond the provider's own expiry first, in a transaction of its own, then asks the provider outside
    any. What is captured or guaranteed at once confirms before this returns. The same key gives the same payment.

    Raises `HoldExpired`, `TransitionNotAllowed`, `PaymentNotOffered`, `NothingDue`, `PaymentInProgress`,
    `PaymentKeyTaken`, and what `payments.services.payment_start` raises.
    """
    at = at or timezone.now()
    key = f"space-{booking_id}-{hashlib.sha256(idempotency_key.encode()).hexdigest()[:40]}"
    payment = payment_by_key(idempotency_key=key)
    if payment is not None and payment.gateway != gateway:
        raise PaymentKeyTaken(field="idempotency_key")
    if payment is None or not was_sent(payment):
        folio_id, option, owner = _prepare(booking_id, gateway=gateway, at=at)
        payment = waiting_payment_end(folio_id, at=at)
        if payment is None:
            payment = payment_start(
                folio_id=folio_id,
                gateway=gateway,
                purpose=option.purpose,
                amount=option.amount,
                currency=option.currency,
                idempotency_key=key,
                return_url=return_url,
                user=user or owner,
                card=card,
                at=at,
            )
    if payment.status in CONFIRMING_STATUSES:
        _settle(payment.folio_id, at=at)
    if idempotency is not None:
        with transaction.atomic(durable=True):
            idempotency.complete(payment)
    return payment


@translate_integrity_errors()
def _prepare(booking_id: int, *, gateway: str, at: datetime) -> tuple[int, PaymentOption, User | None]:
    """Check what is to be paid and keep the times for it, in one durable transaction that locks the bookings."""
    with transaction.atomic(durable=True):
        seen = SpaceBooking.objects.filter(pk=booking_id)
        folio_id = seen.values_list("folio_id", flat=True).first()
        rows = seen if folio_id is None else SpaceBooking.objects.filter(folio_id=folio_id)
        bookings = space_bookings_lock(rows)
        booking = next(one for one in bookings if one.pk == booking_id)
        _payable_check(booking, at=at)
        if folio_id is None:
            raise NothingDue
        money = folio_money(folio_id=folio_id)
        if money.has_open_payment:
            raise PaymentInProgress
        options = space_payment_options(booking=booking, money=money)
        chosen = next((one for one in options if one.gateway == gateway), None)
        if chosen is None:
            raise PaymentNotOffered(field="gateway") if options else NothingDue()
        for one in bookings:
            if waits_for_money(one):
                _keep(one, gateway=gateway, at=at)
    return folio_id, chosen, booking.user


def _payable_check(booking: SpaceBooking, *, at: datetime) -> None:
    is_waiting = waits_for_money(booking)
    if booking.status == _S.EXPIRED or (
        is_waiting and booking.hold_expires_at is not None and booking.hold_expires_at <= at
    ):
        raise HoldExpired
    if not is_waiting and booking.status not in PAYABLE_STATUSES:
        raise TransitionNotAllowed.between(source=booking.status, target=_S.CONFIRMED)


def _keep(booking: SpaceBooking, *, gateway: str, at: datetime) -> None:
    """Keep the time until the provider has had its own. Raises `HoldExpired` once it was kept long enough."""
    until = at + gateway_expires_after(code=gateway) + timedelta(minutes=HOLD_MARGIN_MINUTES)
    if booking.hold_expires_at is not None and until <= booking.hold_expires_at:
        return
    if booking.status == _S.HELD and until > booking.created_at + timedelta(minutes=HOLD_MAX_MINUTES):
        raise HoldExpired
    booking.hold_expires_at = until
    booking.save(update_fields=["hold_expires_at", "updated_at"])


def _settle(folio_id: int, *, at: datetime) -> None:
    """Confirm unless the payment's signal has done it. What fails is left to the reconcile: the money is safe."""
    try:
        space_folio_settle(folio_id=folio_id, at=at)
    except DomainError as error:
        logger.warning("space_confirmation_delayed", folio_id=folio_id, code=error.code)
