"""One payment for everything that is due for a trip: one charge at the provider, a share for each booking."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.exceptions import (
    NothingDue,
    PaymentInProgress,
    PaymentKeyTaken,
    PaymentNotOffered,
    TripCurrencies,
    TripPriceChanged,
)
from bookings.models import Booking, Trip
from bookings.selectors.trips import (
    TripShare,
    TripStay,
    stays_with_money,
    trip_currencies,
    trip_payment_options,
    trip_shares,
)
from bookings.services.confirming import booking_confirm
from bookings.services.moving import booking_row_lock
from bookings.services.paying import hold_extend, payable_check, was_sent
from bookings.transitions import BookingStatus
from core.exceptions import DomainError, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from payments.models import Payment, PaymentPurpose, PaymentStatus
from payments.selectors import gateway_expires_after, payment_by_key, payments_for_folio
from payments.services import (
    ShareData,
    collective_folio_open,
    collective_payment_open,
    payment_cancel,
    payment_start,
)

from .gathering import trip_lock

logger = structlog.get_logger(__name__)


def trip_payment_start(
    *,
    trip_id: int,
    gateway: str,
    purpose: str,
    expected_total: Decimal | None,
    idempotency_key: str,
    return_url: str,
    expected_currency: str | None = None,
    card: str | None = None,
    user: User | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Payment:
    """Start paying for all bookings of a trip at once, and return the collective payment as it stands then.

    ``purpose`` is "total" (all that is due) or "deposit"; ``expected_total`` and ``expected_currency`` are what the
    guest has seen, None whatever it is. First the holds are kept beyond the provider's own expiry and the shares are
    written, in one transaction; then the provider is asked outside any. Money that is captured at once confirms every
    held booking before this returns; a hold that has gone meanwhile gets its share refunded. The same key never
    charges twice.

    Locks trip and bookings. Raises `TripCurrencies`, `TripPriceChanged`, `NothingDue`, `HoldExpired`, `GuestRequired`,
    `PaymentInProgress`, `PaymentNotOffered`, `PaymentKeyTaken`, and what `payments.services.payment_start` raises.
    """
    at = at or timezone.now()
    key = trip_payment_key(trip_id=trip_id, key=idempotency_key)
    payment = payment_by_key(idempotency_key=key)
    if payment is not None and payment.gateway != gateway:
        raise PaymentKeyTaken(field="idempotency_key")
    if payment is None:
        _waiting_end(trip_id, at=at)
        payment = _prepare(
            trip_id,
            gateway=gateway,
            purpose=purpose,
            expected_total=expected_total,
            expected_currency=expected_currency,
            key=key,
            user=user,
            at=at,
        )
    if payment.status == PaymentStatus.CREATED:
        if was_sent(payment):
            logger.info("trip_payment_taken_over", payment_id=payment.pk)
        payment = payment_start(
            folio_id=payment.folio_id,
            gateway=gateway,
            purpose=payment.purpose,
            amount=payment.amount,
            currency=payment.currency,
            idempotency_key=key,
            return_url=return_url,
            user=user,
            card=card,
            at=at,
        )
    if payment.status == PaymentStatus.CAPTURED:
        _confirm_paid(payment, at=at)
    if idempotency is not None:
        with transaction.atomic(durable=True):
            idempotency.complete(payment)
    return payment


def trip_payment_key(*, trip_id: int, key: str) -> str:
    """The provider's key: whoever chose ours, it belongs to one trip and fits."""
    return f"trip-{trip_id}-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


@translate_integrity_errors()
def _prepare(
    trip_id: int,
    *,
    gateway: str,
    purpose: str,
    expected_total: Decimal | None,
    expected_currency: str | None,
    key: str,
    user: User | None,
    at: datetime,
) -> Payment:
    """Check what is due under the locks of trip and bookings, keep the rooms, and write payment and shares."""
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        ids = trip.bookings.order_by("pk").values_list("pk", flat=True)
        bookings = [booking_row_lock(booking_id=booking_id) for booking_id in ids]
        stays = stays_with_money(bookings=bookings, at=at)
        shares = _shares_wanted(
            stays,
            gateway=gateway,
            purpose=purpose,
            expected_total=expected_total,
            expected_currency=expected_currency,
        )
        chosen = {share.booking_id for share in shares}
        for stay in stays:
            if stay.booking.pk not in chosen:
                continue
            payable_check(stay.booking, at=at)
            if stay.money.has_open_payment:
                raise PaymentInProgress
            if stay.is_held:
                hold_extend(stay.booking, gateway=gateway, at=at)
        first = next(stay.booking for stay in stays if stay.booking.pk in chosen)
        return collective_payment_open(
            folio_id=_folio_of(trip, first),
            gateway=gateway,
            purpose=PaymentPurpose(purpose),
            shares=[ShareData(share.folio_id, share.amount, share.purpose) for share in shares],
            idempotency_key=key,
            user=user or trip.user,
            expires_at=at + gateway_expires_after(code=gateway),
        )


def _shares_wanted(
    stays: Sequence[TripStay],
    *,
    gateway: str,
    purpose: str,
    expected_total: Decimal | None,
    expected_currency: str | None,
) -> list[TripShare]:
    """The shares of the way to pay that is meant, at the price that was seen."""
    currencies = trip_currencies(stays)
    if not currencies:
        raise NothingDue
    if len(currencies) > 1:
        raise TripCurrencies(data={"currencies": currencies})
    options = trip_payment_options(stays)
    if not any((option.gateway, option.purpose) == (gateway, purpose) for option in options):
        raise PaymentNotOffered(field="purpose" if any(o.gateway == gateway for o in options) else "gateway")
    shares = trip_shares(stays, purpose)
    total = sum((share.amount for share in shares), Decimal(0))
    if expected_total not in (None, total) or expected_currency not in (None, currencies[0]):
        raise TripPriceChanged(data={"total": {"amount": str(total), "currency": currencies[0]}})
    return shares


def _folio_of(trip: Trip, first: Booking) -> int:
    """The trip's collective folio; a new one if its currency is another by now."""
    folio = trip.folio
    if folio is None or folio.currency != first.currency:
        folio = collective_folio_open(property_id=first.property_id, currency=first.currency)
        trip.folio = folio
        trip.save(update_fields=["folio", "updated_at"])
    return folio.pk


def _waiting_end(trip_id: int, *, at: datetime) -> None:
    """Let go of payments of the trip's bookings that wait for the guest at a bank.

    One that turns out to be paid has changed what is due: `TripPriceChanged`.
    """
    for folio_id in Booking.objects.filter(trip_id=trip_id).order_by("pk").values_list("folio_id", flat=True):
        for payment in payments_for_folio(folio_id=folio_id):
            if payment.status != PaymentStatus.REQUIRES_ACTION:
                continue
            if payment_cancel(payment_id=payment.pk, at=at).status == PaymentStatus.CAPTURED:
                raise TripPriceChanged


def _confirm_paid(payment: Payment, *, at: datetime) -> None:
    """Confirm what the payment's signals have not confirmed. What fails is left to the reconcile: the money is safe."""
    held = Booking.objects.filter(folio__payments__collective=payment, status=BookingStatus.HELD)
    for booking_id in list(held.order_by("pk").values_list("pk", flat=True)):
        try:
            booking_confirm(booking_id=booking_id, at=at)
        except DomainError as error:
            logger.warning("booking_confirmation_delayed", booking_id=booking_id, code=error.code)
