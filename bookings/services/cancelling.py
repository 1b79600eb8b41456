"""A stay is called off: the fee is kept, the rest goes back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import StaffRole, User
from accounts.selectors import staff_may
from bookings.exceptions import FeeChanged, TransitionNotAllowed
from bookings.models import Booking
from bookings.selectors import cancellation_preview
from bookings.transitions import BookingStatus, transition_allowed
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from payments.services import authorizations_settle

from .changing.conflicts import version_check
from .charges import charges_keep
from .mails import cancelled_mail
from .moving import booking_lock, booking_move
from .settling import refunds_execute, surplus_refund
from .spaces.following import space_bookings_follow

REASON_MAX_LENGTH = 200
WAIVING_ROLES = (StaffRole.MANAGER, StaffRole.FINANCE)


def booking_cancel(
    *,
    booking_id: int,
    actor: User | None,
    at: datetime | None = None,
    expected_fee: Decimal | None = None,
    reason: str = "",
    waive_fee: bool = False,
    expected_version: int | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """Cancel a booking under the terms it was sold with, exactly as `cancellation_preview` says for the same instant.

    ``expected_fee`` is the fee the guest agreed to; None: whatever it is. ``waive_fee`` is for managers and finance of
    the property. ``expected_version`` is the version that was read; None: whatever it is. Refunds are created in the
    transaction and executed after it; what the provider cannot take now stays pending for the reconcile. Locks nights,
    booking, folio. Raises `VersionConflict`, `TransitionNotAllowed`, `FeeChanged` with what it costs now,
    `PermissionDenied`, `BookingNotFound`, `Unavailable`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking = booking_lock(booking_id=booking_id)
        version_check(booking, expected=expected_version)
        was_sold = booking.status != BookingStatus.HELD
        if not transition_allowed(source=booking.status, target=BookingStatus.CANCELLED):
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CANCELLED)
        preview = cancellation_preview(booking=booking, at=at)
        fee = preview.fee
        if waive_fee:
            if not staff_may(actor, booking.property_id, *WAIVING_ROLES):
                raise PermissionDenied
            fee = Decimal(0)
        if expected_fee is not None and expected_fee != fee:
            raise FeeChanged.to(preview)
        charges_keep(booking, fee=fee, what="cancel", actor=actor)
        booking_move(
            booking,
            target=BookingStatus.CANCELLED,
            cancelled_at=at,
            cancellation_reason=reason[:REASON_MAX_LENGTH],
            cancellation_fee=fee,
        )
        space_bookings_follow(booking)
        refunds = surplus_refund(booking, why=_("Refund after cancellation"), actor=actor)
        authorizations_settle(folio_id=booking.folio_id)
        if was_sold or refunds:
            refunded = sum((refund.amount for refund in refunds), Decimal(0))
            cancelled_mail(booking, fee=fee, refund=refunded, at=at)
        if idempotency is not None:
            idempotency.complete(booking)
    refunds_execute(refunds)
    return booking
