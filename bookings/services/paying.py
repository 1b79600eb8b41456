"""A guest pays: the hold is kept for as long as the provider may take, then the provider is asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from bookings.exceptions import (
    GuestRequired,
    HoldExpired,
    NothingDue,
    PaymentInProgress,
    PaymentKeyTaken,
    PaymentNotOffered,
    TransitionNotAllowed,
)
from bookings.models import Booking, BookingChannel
from bookings.selectors import payment_options
from bookings.selectors.paying import PAYABLE_LATER_STATUSES
from bookings.transitions import BookingStatus
from bookings.types import PaymentOption
from core.exceptions import DomainError, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from payments.models import Payment, PaymentPurpose, PaymentStatus
from payments.selectors import folio_money, gateway_expires_after, payment_by_key, payments_for_folio
from payments.services import payment_cancel, payment_start
from payments.types import FolioMoney

from .changing.conflicts import version_check
from .confirming import booking_confirm
from .moving import booking_row_lock
from .pending import pending_get

HOLD_MARGIN_MINUTES = 5
"""How much longer than the provider a hold lasts, so that what was paid in the last second still finds its rooms."""

HOLD_MAX_MINUTES = 120
"""However often somebody starts to pay, rooms are not held longer than this without money; a booking may say else."""

MONEY_STATUSES = (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED)
CONFIRMING_STATUSES = (*MONEY_STATUSES, PaymentStatus.GUARANTEED)

logger = structlog.get_logger(__name__)


def booking_payment_start(
    *,
    booking_id: int,
    gateway: str,
    purpose: str,
    idempotency_key: str,
    return_url: str,
    card: str | None = None,
    user: User | None = None,
    expected_version: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Payment:
    """Start paying ``purpose`` ("deposit", "total", "balance", "change") and return the payment as it stands then.

    Extends the hold beyond the provider's own expiry first, in a transaction of its own, then asks the provider outside
    any. A payment that is captured or guaranteed at once confirms the booking before this returns. The same key gives
    the same payment, whatever has become of the booking; another key lets go of one that still waits for the guest.
    ``expected_version`` is the version of the booking that was read; None: whatever it is.

    Raises `VersionConflict`, `HoldExpired`, `TransitionNotAllowed`, `GuestRequired`, `PaymentNotOffered`, `NothingDue`,
    `PaymentInProgress`, `PaymentKeyTaken`, and what `payments.services.payment_start` raises.
    """
    at = at or timezone.now()
    key = payment_key(booking_id=booking_id, key=idempotency_key)
    payment = payment_by_key(idempotency_key=key)
    if payment is not None and payment.gateway != gateway:
        raise PaymentKeyTaken(field="idempotency_key")
    wanted = _wanted_again(payment) if payment and was_sent(payment) else None
    if wanted is None:
        wanted = _prepare(
            booking_id, gateway=gateway, purpose=purpose, user=user, expected_version=expected_version, at=at
        )
        payment = waiting_payment_end(wanted.folio_id, at=at)
    if payment is None or payment.status == PaymentStatus.CREATED:
        payment = payment_start(
            folio_id=wanted.folio_id,
            gateway=gateway,
            purpose=wanted.purpose,
            amount=wanted.amount,
            currency=wanted.currency,
            idempotency_key=key,
            return_url=return_url,
            user=wanted.user,
            card=card,
            at=at,
        )
    if payment.status in CONFIRMING_STATUSES:
        _confirm_paid(booking_id, at=at)
    if idempotency is not None:
        with transaction.atomic(durable=True):
            idempotency.complete(payment)
    return payment


def payment_key(*, booking_id: int, key: str) -> str:
    """The provider's key: whoever chose ours, it belongs to one booking and fits."""
    return f"booking-{booking_id}-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the provider is to be asked for."""

    folio_id: int
    purpose: str
    amount: Decimal
    currency: str
    user: User | None


def was_sent(payment: Payment) -> bool:
    """Whether the provider may have heard of it; if not, the same key starts all over."""
    return payment.status != PaymentStatus.CREATED or payment.attempted_at is not None


def _wanted_again(payment: Payment) -> _Wanted:
    return _Wanted(payment.folio_id, payment.purpose, payment.amount, payment.currency, payment.user)


@translate_integrity_errors()
def _prepare(
    booking_id: int,
    *,
    gateway: str,
    purpose: str,
    user: User | None,
    expected_version: int | None,
    at: datetime,
) -> _Wanted:
    """Check what is to be paid and keep the rooms for it, in one durable transaction that locks the booking."""
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        version_check(booking, expected=expected_version)
        payable_check(booking, at=at)
        money = folio_money(folio_id=booking.folio_id)
        if money.has_open_payment:
            raise PaymentInProgress
        option = _option_choose(booking, money, gateway=gateway, purpose=purpose)
        if booking.status == BookingStatus.HELD:
            hold_extend(booking, gateway=gateway, at=at)
        elif option.purpose == PaymentPurpose.CHANGE:
            _change_extend(booking, gateway=gateway, at=at)
    return _Wanted(booking.folio_id, option.purpose, option.amount, option.currency, user or booking.user)


def waiting_payment_end(folio_id: int, *, at: datetime) -> Payment | None:
    """Let go of payments that still wait for the guest at a bank; one that turns out to be paid is the payment.

    Raises `PaymentInProgress` for one that the guest has approved meanwhile and the bank is still at work on.
    """
    for payment in payments_for_folio(folio_id=folio_id):
        if payment.status == PaymentStatus.REQUIRES_ACTION:
            ended = payment_cancel(payment_id=payment.pk, at=at)
            if ended.status in MONEY_STATUSES:
                return ended
            if ended.status == PaymentStatus.PROCESSING:
                raise PaymentInProgress
    return None


def payable_check(booking: Booking, *, at: datetime) -> None:
    """Refuse what cannot be paid for. Raises `HoldExpired`, `GuestRequired`, `TransitionNotAllowed`."""
    if booking.status == BookingStatus.HELD:
        if booking.hold_expires_at is None or booking.hold_expires_at <= at:
            raise HoldExpired
        if not booking.guest_name or not (booking.guest_email or booking.channel == BookingChannel.STAFF):
            raise GuestRequired(field="name")
    elif booking.status == BookingStatus.EXPIRED:
        raise HoldExpired
    elif booking.status not in PAYABLE_LATER_STATUSES:
        raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CONFIRMED)


def _option_choose(booking: Booking, money: FolioMoney, *, gateway: str, purpose: str) -> PaymentOption:
    """The offered way to pay that is meant; a deposit of everything is the total, as is a guarantee."""
    options = payment_options(booking=booking, money=money)
    chosen = {(option.gateway, option.purpose): option for option in options}.get((gateway, purpose))
    if chosen is not None:
        return chosen
    others = [option for option in options if option.gateway == gateway]
    if len(others) == 1 and (others[0].is_guarantee or purpose in PaymentPurpose.values):
        return others[0]
    if booking.status != BookingStatus.HELD and not options:
        raise NothingDue
    raise PaymentNotOffered(field="gateway" if not others else "purpose")


def hold_extend(booking: Booking, *, gateway: str, at: datetime) -> None:
    """Keep the rooms until the provider has had its time. Raises `HoldExpired` once they were kept long enough."""
    needed_until = at + gateway_expires_after(code=gateway) + timedelta(minutes=HOLD_MARGIN_MINUTES)
    limit = booking.hold_limit_at or booking.created_at + timedelta(minutes=HOLD_MAX_MINUTES)
    if needed_until > limit:
        raise HoldExpired
    if booking.hold_expires_at is None or booking.hold_expires_at < needed_until:
        booking.hold_expires_at = needed_until
        booking.save(update_fields=["hold_expires_at", "updated_at"])


def _change_extend(booking: Booking, *, gateway: str, at: datetime) -> None:
    """Keep the rooms of a waiting change until the provider has had its time. Raises `HoldExpired`."""
    change = pending_get(booking)
    needed_until = at + gateway_expires_after(code=gateway) + timedelta(minutes=HOLD_MARGIN_MINUTES)
    if change is None or change.expires_at is None or change.expires_at <= at:
        raise HoldExpired
    if change.limit_at is not None and needed_until > change.limit_at:
        raise HoldExpired
    if change.expires_at < needed_until:
        change.expires_at = needed_until
        change.save(update_fields=["expires_at", "updated_at"])


def _confirm_paid(booking_id: int, *, at: datetime) -> None:
    """Confirm, or do the change, unless the payment's signal has done it. What fails is left to the reconcile."""
    waits = Q(status=BookingStatus.HELD) | Q(pending_change__isnull=False)
    if not Booking.objects.filter(waits, pk=booking_id).exists():
        return
    try:
        booking_confirm(booking_id=booking_id, at=at)
    except DomainError as error:
        logger.warning("booking_confirmation_delayed", booking_id=booking_id, code=error.code)
