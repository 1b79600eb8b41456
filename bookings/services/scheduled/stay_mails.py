"""Mails before and after a stay: each booking gets each of them once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking, BookingNotice, NoticeKind
from bookings.selectors.scheduled import (
    notice_was_sent,
    pre_arrival_is_due,
    pre_arrivals_due,
    thank_you_is_due,
    thank_yous_due,
)
from bookings.services.mails import pre_arrival_mail, thank_you_mail
from bookings.services.moving import booking_row_lock
from core.exceptions import DomainError, translate_integrity_errors
from payments.selectors import folio_money

BATCH_MAILS = 500

logger = structlog.get_logger(__name__)


def pre_arrival_mails_send(*, at: datetime | None = None, limit: int = BATCH_MAILS) -> int:
    """Write the mails that are due before arrivals to the outbox; how many."""
    at = at or timezone.now()

    def write(booking: Booking) -> bool:
        if not pre_arrival_is_due(booking, at=at):
            return False
        pre_arrival_mail(booking, money=folio_money(folio_id=booking.folio_id))
        return True

    return _each(pre_arrivals_due(at=at, limit=limit), NoticeKind.PRE_ARRIVAL, write, at=at)


def thank_you_mails_send(*, at: datetime | None = None, limit: int = BATCH_MAILS) -> int:
    """Write the thanks that are due after departures to the outbox; how many."""
    at = at or timezone.now()

    def write(booking: Booking) -> bool:
        if not thank_you_is_due(booking, at=at):
            return False
        thank_you_mail(booking)
        return True

    return _each(thank_yous_due(at=at, limit=limit), NoticeKind.THANK_YOU, write, at=at)


def _each(booking_ids: list[int], kind: NoticeKind, write: Callable[[Booking], bool], *, at: datetime) -> int:
    """Mail and mark each booking in one transaction of its own, looking again under its lock. A busy one is left."""
    sent = 0
    for booking_id in booking_ids:
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                booking = booking_row_lock(booking_id=booking_id)
                if not notice_was_sent(booking_id=booking_id, kind=kind) and write(booking):
                    BookingNotice.objects.create(booking=booking, kind=kind, sent_at=at)
                    sent += 1
        except DomainError as error:
            logger.warning("notice_not_sent", booking_id=booking_id, kind=kind, code=error.code)
    return sent
