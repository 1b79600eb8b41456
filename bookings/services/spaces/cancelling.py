"""A booking of a space is called off: the fee is kept, the rest goes back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.exceptions import FeeChanged
from bookings.models import SpaceBooking
from bookings.selectors.spaces.cancelling import space_cancellation
from bookings.services.settling import refunds_execute
from bookings.space_terms import fee_at
from bookings.space_transitions import OPEN_STATUSES, SpaceBookingStatus
from core.api.fields import money_json
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim

from .charging import surpluses_refund, take_off
from .mails import cancelled_mail
from .moving import scope_rows, space_booking_move, space_bookings_lock, staff_check, transition_check

REASON_MAX_LENGTH = 300
_S = SpaceBookingStatus


def space_booking_cancel(
    *,
    booking_id: int,
    actor: User | None,
    scope: str = "one",
    expected_fee: Decimal | None = None,
    reason: str = "",
    waive_fee: bool = False,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> list[SpaceBooking]:
    """Cancel a booking, this and the following of its series, or all that have not begun.

    Each costs what `fee_at` says for its own start. ``expected_fee`` is what all of them together cost when the guest
    agreed; None: whatever it is. ``waive_fee`` is for roles that may ``space_fee_waive``. Refunds are reserved in the
    transaction and executed after it. Locks stay, bookings, folios. Raises `TransitionNotAllowed`, `FeeChanged`,
    `PermissionDenied`, `SpaceBookingNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        bookings = _cancellable(booking_id, scope=scope, at=at)
        if waive_fee:
            staff_check(actor, "space_fee_waive", bookings[0].property_id)
        preview = space_cancellation(bookings, at=at)
        if expected_fee is not None and not waive_fee and expected_fee != preview.fee:
            raise FeeChanged(
                data={
                    "fee": money_json(preview.fee, preview.currency),
                    "refund": money_json(preview.refund, preview.currency),
                }
            )
        for booking in bookings:
            fee = Decimal(0) if waive_fee else min(fee_at(booking, at=at), booking.charged)
            take_off(booking, keep=fee, what="cancel", actor=actor)
            space_booking_move(
                booking,
                target=_S.CANCELLED,
                cancelled_at=at,
                reason=reason.strip()[:REASON_MAX_LENGTH],
                cancellation_fee=fee,
                charged=booking.charged,
            )
        refunds = surpluses_refund(bookings, why=_("Refund after cancellation"), actor=actor)
        cancelled_mail(bookings, refunds=refunds, is_by_guest=_is_by_guest(bookings[0], actor))
        if idempotency is not None:
            idempotency.complete(bookings)
    refunds_execute(refunds)
    return bookings


def _cancellable(booking_id: int, *, scope: str, at: datetime) -> list[SpaceBooking]:
    """Lock what is to be cancelled: the one named must be cancellable, of the others those that are."""
    named = SpaceBooking.objects.filter(pk=booking_id).first()
    rows = SpaceBooking.objects.filter(pk=booking_id) if named is None else scope_rows(named, scope, at=at)
    locked = space_bookings_lock(rows | SpaceBooking.objects.filter(pk=booking_id))
    for booking in locked:
        if booking.pk == booking_id:
            transition_check(booking, target=_S.CANCELLED)
    return [booking for booking in locked if booking.status in OPEN_STATUSES]


def _is_by_guest(booking: SpaceBooking, actor: User | None) -> bool:
    return actor is None or actor.pk == booking.user_id or not actor.is_staff
