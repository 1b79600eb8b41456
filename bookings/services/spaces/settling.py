"""Money has come for bookings of spaces (or is vouched for): they are confirmed, or the money goes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models import SpaceBooking
from bookings.services.settling import refunds_execute
from bookings.space_transitions import SpaceBookingStatus
from core.exceptions import DomainError, translate_integrity_errors
from payments.models import Refund
from payments.selectors import folio_money

from .charging import charge, surpluses_refund
from .mails import confirmed_mail, refunded_mail
from .moving import space_booking_move, space_bookings_lock, spaces_lock
from .waiting import is_covered

_S = SpaceBookingStatus
WAITING_FOR_MONEY = Q(status=_S.HELD) | Q(status=_S.APPROVED, hold_expires_at__isnull=False)

logger = structlog.get_logger(__name__)


def space_folio_settle(*, folio_id: int, at: datetime | None = None) -> list[SpaceBooking]:
    """Bring the bookings of a folio of spaces to what its payments say, once, however often it is told.

    What waits for its money is confirmed when everything is covered. What has expired meanwhile gets its time again,
    or the money goes back, as does whatever else was paid beyond the price. Locks spaces, bookings, folio; refunds are
    executed after the transaction. A folio without bookings of spaces, or that of a stay, gives an empty list.
    """
    at = at or timezone.now()
    rows = SpaceBooking.objects.filter(folio_id=folio_id, stay=None)
    space_ids = list(rows.order_by().values_list("space_id", flat=True).distinct())
    if not space_ids:
        return []
    with translate_integrity_errors(), transaction.atomic(durable=True):
        spaces_lock(space_ids)
        bookings = space_bookings_lock(rows)
        confirmed = _confirm(bookings, folio_id=folio_id)
        confirmed += _confirm_late(bookings, folio_id=folio_id, at=at)
        refunds: list[Refund] = surpluses_refund(
            bookings, why=_("Refund of what was paid beyond the price"), actor=None
        )
        if confirmed:
            confirmed_mail(confirmed)
        if refunds:
            refunded_mail(bookings, refunds=refunds)
    refunds_execute(refunds)
    return bookings


def _confirm(bookings: Sequence[SpaceBooking], *, folio_id: int) -> list[SpaceBooking]:
    waiting = [
        booking
        for booking in bookings
        if booking.status == _S.HELD
        or (booking.status == _S.APPROVED and booking.hold_expires_at is not None)
    ]
    if not waiting or not is_covered(folio_money(folio_id=folio_id)):
        return []
    return [space_booking_move(booking, target=_S.CONFIRMED, hold_expires_at=None) for booking in waiting]


def _confirm_late(bookings: Sequence[SpaceBooking], *, folio_id: int, at: datetime) -> list[SpaceBooking]:
    """Give expired bookings their times again, if they were paid for: all of them that the money is for, or none."""
    lost = [booking for booking in bookings if booking.status == _S.EXPIRED and booking.start > at]
    if not lost:
        return []
    money = folio_money(folio_id=folio_id)
    over = -money.balance - money.refunds_open + money.authorized
    if over <= 0 or over < sum((booking.total for booking in lost), Decimal(0)):
        return []
    before = [(booking.status, booking.version, booking.charged) for booking in lost]
    try:
        with transaction.atomic():
            for booking in lost:
                charge(booking, what="late", actor=None)
                space_booking_move(
                    booking, target=_S.CONFIRMED, charged=booking.charged, hold_expires_at=None
                )
    except IntegrityError as error:
        logger.info("space_time_gone", folio_id=folio_id, error=type(error).__name__)
        for booking, (status, version, charged) in zip(lost, before, strict=True):
            booking.status, booking.version, booking.charged = status, version, charged
        return []
    return lost


def space_folios_unsettled(*, limit: int = 500) -> list[int]:
    """Folios of spaces whose payments say something else than their bookings. One query."""
    paid = Q(folio__payments__status__in=("captured", "authorized", "guaranteed"))
    rows = SpaceBooking.objects.filter(stay=None, folio__isnull=False)
    waiting = rows.filter(WAITING_FOR_MONEY | Q(status__in=(_S.EXPIRED, _S.CANCELLED)), paid)
    return list(
        waiting.filter(folio__payments__updated_at__gte=F("updated_at"))
        .order_by("folio_id")
        .values_list("folio_id", flat=True)
        .distinct()[:limit]
    )


def space_folios_reconcile(*, at: datetime | None = None) -> list[str]:
    """Settle every folio of spaces that a missed signal left behind; the references of what was confirmed."""
    confirmed: list[str] = []
    for folio_id in space_folios_unsettled():
        before = set(
            SpaceBooking.objects.filter(folio_id=folio_id, status=_S.CONFIRMED).values_list("pk", flat=True)
        )
        try:
            bookings = space_folio_settle(folio_id=folio_id, at=at)
        except DomainError as error:
            logger.warning("space_folio_not_reconciled", folio_id=folio_id, code=error.code)
            continue
        confirmed += [
            one.reference for one in bookings if one.status == _S.CONFIRMED and one.pk not in before
        ]
    return confirmed
