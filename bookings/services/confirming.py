"""Money has come (or is vouched for): the booking is confirmed, or the money goes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import staff_may
from bookings.exceptions import BookingMoved, BookingNotFound, GuestRequired, HoldExpired, PaymentRequired
from bookings.models import Booking
from bookings.selectors import sold_get
from bookings.transitions import SOLD_STATUSES, BookingStatus
from core.dates import property_today
from core.exceptions import PermissionDenied, translate_integrity_errors
from inventory.exceptions import SoldOut
from payments.models import Payment, PaymentPurpose, PaymentStatus, Refund
from payments.selectors import folio_money, payments_for_folio
from payments.services import authorizations_settle, refund_create
from payments.types import FolioMoney

from .changing.conflicts import version_check
from .changing.settling import pending_settle
from .charges import charges_restore
from .mails import OVERPAID, ROOMS_GONE, confirmed_mail, receipt_mail, refunded_mail
from .moving import booking_lock, booking_move, booking_row_lock, booking_stay
from .reaping import expired_holds_exist, nights_lock_reaping
from .settling import money_covers, refunds_execute, sentence, surplus_refund

WHY: dict[str, str | Promise] = {
    OVERPAID: _("Refund of what was paid beyond the price"),
    ROOMS_GONE: _("Refund: the payment came after the rooms were gone"),
}


def booking_confirm(*, booking_id: int, at: datetime | None = None, actor: User | None = None) -> Booking:
    """Bring a booking to what its payments say, once, however often it is told.

    A hold that is paid for becomes a stay, and a change that waited for its payment is done or over. An expired hold
    gets its rooms again, or all of the money goes back, as does money for a cancelled stay and whatever else was paid
    beyond what is charged. Refunds are created in the transaction and executed after it. Locks nights, booking, folio.
    Raises `PaymentRequired` for a hold that nobody has paid for, `BookingNotFound`, `Unavailable`.
    """
    booking, _refunds = booking_settle(booking_id=booking_id, at=at, actor=actor)
    return booking


def booking_settle(
    *, booking_id: int, at: datetime | None = None, actor: User | None = None
) -> tuple[Booking, list[Refund]]:
    """Do what `booking_confirm` does, and say which refunds came of it."""
    at = at or timezone.now()
    try:
        booking, refunds = _settle_twice(booking_id, at=at, actor=actor)
    except SoldOut:
        booking, refunds = _settle(booking_id, at=at, actor=actor, is_reaping=True)
    refunds_execute(refunds)
    return booking, refunds


def booking_confirm_by_staff(
    *, booking_id: int, actor: User, expected_version: int | None = None, at: datetime | None = None
) -> Booking:
    """Confirm a hold on the word of the property's staff: paid at the desk, no e-mail address needed.

    ``expected_version`` is the version that was read; None: whatever it is. Locks nights, booking, folio. Raises
    `PermissionDenied`, `VersionConflict`, `GuestRequired`, `HoldExpired`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = booking_lock(booking_id=booking_id)
        if not staff_may(actor, booking.property_id):
            raise PermissionDenied
        version_check(booking, expected=expected_version)
        if booking.status == BookingStatus.EXPIRED:
            raise HoldExpired
        if not booking.guest_name:
            raise GuestRequired(field="name")
        money = folio_money(folio_id=booking.folio_id)
        _confirm(booking, money=money, at=at)
        _receipts(booking, _captured(booking), money)
    return booking


def _settle_twice(booking_id: int, *, at: datetime, actor: User | None) -> tuple[Booking, list[Refund]]:
    """Settle; once more if another change of the booking was faster, so that money waits for no reconcile."""
    try:
        return _settle(booking_id, at=at, actor=actor, is_reaping=False)
    except BookingMoved:
        return _settle(booking_id, at=at, actor=actor, is_reaping=False)


def _settle(
    booking_id: int, *, at: datetime, actor: User | None, is_reaping: bool
) -> tuple[Booking, list[Refund]]:
    """One attempt, one durable transaction. Raises `SoldOut` if reaping expired holds may make room."""
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = _lock_reaping(booking_id, at=at) if is_reaping else booking_lock(booking_id=booking_id)
        money = folio_money(folio_id=booking.folio_id)
        reason = OVERPAID
        if booking.status == BookingStatus.HELD:
            if not money_covers(booking, money):
                raise PaymentRequired
            _confirm(booking, money=money, at=at)
        elif booking.status == BookingStatus.EXPIRED and money_covers(booking, money):
            if _confirm_late(booking, at=at, actor=actor, may_reap=not is_reaping):
                money = folio_money(folio_id=booking.folio_id)
            else:
                reason = ROOMS_GONE
        refunds, has_changed = pending_settle(booking, money=money, actor=actor, at=at)
        if has_changed:
            money = folio_money(folio_id=booking.folio_id)
        if booking.status in SOLD_STATUSES:
            payments = _captured(booking)
            _receipts(booking, payments, money)
            overpaid = _duplicates_refund(booking, payments)
        else:
            authorizations_settle(folio_id=booking.folio_id)
            overpaid = []
        if booking.pending_change_id is None:  # else what is there waits for the rest
            overpaid += surplus_refund(
                booking, why=WHY[reason], actor=actor, money=None if overpaid else money
            )
            refunded_mail(booking, refunds=overpaid, reason=reason, at=at)
    return booking, [*refunds, *overpaid]


def _confirm(booking: Booking, *, money: FolioMoney, at: datetime) -> None:
    booking_move(booking, target=BookingStatus.CONFIRMED, confirmed_at=at)
    confirmed_mail(booking, sold=sold_get(booking=booking), money=money, at=at)


def _confirm_late(booking: Booking, *, at: datetime, actor: User | None, may_reap: bool) -> bool:
    """Get the rooms of an expired hold again. False if they are gone, or the day of arrival is."""
    if booking.arrival < property_today(booking.property.time_zone, at):
        return False
    stay = booking_stay(booking)
    try:
        booking_move(booking, target=BookingStatus.CONFIRMED, confirmed_at=at)
    except SoldOut:
        if may_reap and expired_holds_exist(room_type_id=booking.room_type_id, stay=stay, at=at):
            raise
        return False
    charges_restore(booking, actor=actor)
    money = folio_money(folio_id=booking.folio_id)
    confirmed_mail(booking, sold=sold_get(booking=booking), money=money, at=at)
    return True


def _lock_reaping(booking_id: int, *, at: datetime) -> Booking:
    """Lock as `booking_lock` does, and let expired holds on the same nights expire."""
    row = Booking.objects.filter(pk=booking_id).first()
    if row is None:
        raise BookingNotFound
    nights_lock_reaping(room_type_id=row.room_type_id, stay=booking_stay(row), at=at, spare=booking_id)
    return booking_row_lock(booking_id=booking_id)


def _captured(booking: Booking) -> list[Payment]:
    """The captured payments, oldest first. Two queries."""
    payments = payments_for_folio(folio_id=booking.folio_id)
    return sorted(
        (payment for payment in payments if payment.status == PaymentStatus.CAPTURED),
        key=lambda payment: (payment.captured_at, payment.pk),
    )


def _receipts(booking: Booking, payments: Iterable[Payment], money: FolioMoney) -> None:
    captured = list(payments)
    for payment in captured:
        receipt_mail(booking, payment=payment, payments=captured, money=money)


def _duplicates_refund(booking: Booking, payments: Iterable[Payment]) -> list[Refund]:
    """Give back deposits that were paid a second time: they are no part of what the guest wanted to pay."""
    deposits = [payment for payment in payments if payment.purpose == PaymentPurpose.DEPOSIT]
    return [
        refund_create(
            payment_id=payment.pk,
            amount=payment.amount,
            reason=sentence(booking, WHY[OVERPAID]),
            idempotency_key=f"duplicate-{payment.pk}",
        )
        for payment in deposits[1:]
        if not payment.refunds.all()
    ]
