"""Somebody comes, or does not: check-in, its undoing, the end, and no-shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.exceptions import TransitionNotAllowed
from bookings.models import SpaceBooking
from bookings.services.settling import refunds_execute
from bookings.space_exceptions import CheckInNotYet
from bookings.space_terms import fee_in_full, is_settled
from bookings.space_transitions import AGREED_STATUSES, SpaceBookingStatus
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim

from .charging import charge, surpluses_refund, take_off
from .mails import no_show_mail
from .moving import space_booking_lock, space_booking_move, staff_check

CHECK_IN_MINUTES_BEFORE = 15
_S = SpaceBookingStatus


@translate_integrity_errors()
def space_booking_check_in(
    *,
    booking_id: int,
    actor: User | None,
    is_staff: bool = False,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> SpaceBooking:
    """The guest is here, by staff's word (``is_staff``) or their own; from 15 minutes before the start to the end.

    Staff may also check in somebody whom the clock has called a no-show, if the time is still free: the whole price
    is charged again. Locks the space, the stay, the booking. Raises `CheckInNotYet`, `TransitionNotAllowed`,
    `SpaceTaken`, `PermissionDenied`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        if is_staff:
            staff_check(actor, "space_check_in", booking.property_id)
        may_be = (*AGREED_STATUSES, _S.NO_SHOW) if is_staff else AGREED_STATUSES
        if booking.status not in may_be or not is_settled(booking):
            raise TransitionNotAllowed.between(source=booking.status, target=_S.CHECKED_IN)
        first = booking.start - timedelta(minutes=CHECK_IN_MINUTES_BEFORE)
        if not first <= at < booking.end:
            raise CheckInNotYet.between(first, booking.end)
        was_missed = booking.status == _S.NO_SHOW
        if was_missed:
            take_off(booking, keep=Decimal(0), what="come", actor=actor)
            charge(booking, what="come", actor=actor)
        space_booking_move(
            booking,
            target=_S.CHECKED_IN,
            checked_in_at=at,
            cancellation_fee=None,
            folio=booking.folio,
            charged=booking.charged,
        )
        if idempotency is not None:
            idempotency.complete(booking)
    return booking


@translate_integrity_errors()
def space_booking_check_in_undo(*, booking_id: int, actor: User, at: datetime | None = None) -> SpaceBooking:
    """Somebody was checked in by mistake. Locks the booking. Raises `PermissionDenied`, `TransitionNotAllowed`."""
    with transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        staff_check(actor, "space_check_in", booking.property_id)
        if booking.status != _S.CHECKED_IN:
            raise TransitionNotAllowed.between(source=booking.status, target=_S.CONFIRMED)
        return space_booking_move(booking, target=_S.CONFIRMED, checked_in_at=None)


@translate_integrity_errors()
def space_booking_finish(*, booking_id: int, actor: User, at: datetime | None = None) -> SpaceBooking:
    """Everybody has left before the end: the rest of the time is free again, after the time kept free afterwards.

    The price stays. Locks the booking. Raises `PermissionDenied`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        staff_check(actor, "space_check_in", booking.property_id)
        if booking.status != _S.CHECKED_IN:
            raise TransitionNotAllowed.between(source=booking.status, target=_S.COMPLETED)
        until = at + (booking.occupied_until - booking.end)
        return space_booking_move(
            booking,
            target=_S.COMPLETED,
            completed_at=at,
            occupied_until=max(min(until, booking.occupied_until), booking.start + timedelta(minutes=1)),
        )


def space_booking_no_show(*, booking_id: int, actor: User | None, at: datetime | None = None) -> SpaceBooking:
    """Nobody has come: the time is free again, what a late cancellation costs is kept, the rest goes back.

    Staff say it from the start on; without an ``actor`` the clock does, where a check-in is needed, after the minutes
    that the space gives. Locks stay, booking, folio. Raises `PermissionDenied`, `CheckInNotYet`,
    `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        if actor is not None:
            staff_check(actor, "space_check_in", booking.property_id)
        if booking.status not in AGREED_STATUSES:
            raise TransitionNotAllowed.between(source=booking.status, target=_S.NO_SHOW)
        first = booking.start if actor is not None else no_show_at(booking)
        if first is None or at < first:
            raise CheckInNotYet.between(first or booking.end, booking.end)
        fee = min(fee_in_full(booking), booking.charged)
        take_off(booking, keep=fee, what="no-show", actor=actor)
        space_booking_move(
            booking, target=_S.NO_SHOW, cancellation_fee=fee, charged=booking.charged, hold_expires_at=None
        )
        refunds = surpluses_refund([booking], why=_("Refund after no-show"), actor=actor)
        no_show_mail(booking)
    refunds_execute(refunds)
    return booking


def no_show_at(booking: SpaceBooking) -> datetime | None:
    """When the clock gives up waiting; None where nobody has to check in."""
    if not booking.terms.get("needs_check_in"):
        return None
    return booking.start + timedelta(minutes=int(booking.terms["no_show_minutes"]))


def space_booking_complete(*, booking_id: int, at: datetime | None = None) -> SpaceBooking:
    """The time is over: who came has been there, and where nobody checks in everybody has. Locks the booking.

    Raises `TransitionNotAllowed` where it is not over, or somebody should have checked in.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = space_booking_lock(booking_id=booking_id)
        needs_check_in = booking.terms.get("needs_check_in") and booking.status != _S.CHECKED_IN
        if at < booking.end or needs_check_in or not is_settled(booking):
            raise TransitionNotAllowed.between(source=booking.status, target=_S.COMPLETED)
        space_booking_move(booking, target=_S.COMPLETED, completed_at=at)
        refunds = surpluses_refund([booking], why=_("Refund of what was paid beyond the price"), actor=None)
    refunds_execute(refunds)
    return booking
