"""The house says yes or no to a request."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bookings.models import SpaceBooking
from bookings.space_exceptions import ReasonRequired
from bookings.space_transitions import SpaceBookingStatus
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim

from .charging import charge
from .mails import approved_mail, declined_mail
from .moving import (
    scope_rows,
    space_booking_move,
    space_bookings_lock,
    staff_check,
    transition_check,
)

APPROVED_PAY_HOURS = 48
"""How long an approved time waits for its money where it is paid in advance; at the latest until it begins."""

REASON_MAX_LENGTH = 300
_S = SpaceBookingStatus


def space_booking_approve(
    *,
    booking_id: int,
    actor: User,
    scope: str = "one",
    reason: str = "",
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> list[SpaceBooking]:
    """Agree to a request, or with ``scope`` "following" or "all" to those of its series that still wait.

    What has to be paid in advance is kept for 48 hours, at the latest until it begins; everything else is agreed for
    good. Locks stay, bookings, folio. Raises `PermissionDenied`, `TransitionNotAllowed`, `SpaceBookingNotFound`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        bookings = _requests(booking_id, actor=actor, scope=scope, target=_S.APPROVED, at=at)
        for booking in bookings:
            charge(booking, what="approve", actor=actor)
            is_due = booking.charged and booking.stay_id is None and booking.terms.get("is_prepaid")
            space_booking_move(
                booking,
                target=_S.APPROVED,
                hold_expires_at=min(at + timedelta(hours=APPROVED_PAY_HOURS), booking.start)
                if is_due
                else None,
                decided_at=at,
                decided_by=actor,
                reason=reason[:REASON_MAX_LENGTH],
                folio=booking.folio,
                charged=booking.charged,
            )
        approved_mail(bookings, reason=reason)
        if idempotency is not None:
            idempotency.complete(bookings)
    return bookings


def space_booking_decline(
    *,
    booking_id: int,
    actor: User,
    reason: str,
    scope: str = "one",
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> list[SpaceBooking]:
    """Say no to a request, with a reason that the guest reads; ``scope`` as in `space_booking_approve`.

    Locks stay and bookings. Raises `ReasonRequired`, `PermissionDenied`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    reason = reason.strip()[:REASON_MAX_LENGTH]
    if not reason:
        raise ReasonRequired(field="reason")
    with translate_integrity_errors(), transaction.atomic(durable=True):
        bookings = _requests(booking_id, actor=actor, scope=scope, target=_S.DECLINED, at=at)
        for booking in bookings:
            space_booking_move(booking, target=_S.DECLINED, decided_at=at, decided_by=actor, reason=reason)
        declined_mail(bookings, reason=reason)
        if idempotency is not None:
            idempotency.complete(bookings)
    return bookings


def _requests(
    booking_id: int, *, actor: User, scope: str, target: SpaceBookingStatus, at: datetime
) -> list[SpaceBooking]:
    """Lock what is decided on: the booking named is a request; of the others in scope, those that are."""
    named = SpaceBooking.objects.filter(pk=booking_id).first()
    rows = SpaceBooking.objects.filter(pk=booking_id) if named is None else scope_rows(named, scope, at=at)
    locked = space_bookings_lock(rows | SpaceBooking.objects.filter(pk=booking_id))
    staff_check(actor, "space_decide", locked[0].property_id)
    for booking in locked:
        if booking.pk == booking_id:
            transition_check(booking, target=target)
    return [booking for booking in locked if booking.status == _S.REQUESTED]
