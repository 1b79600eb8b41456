"""Giving back what was paid too much.

The balance of the folio says it all: negative means the property owes the guest. What is promised already (refunds that
are pending, or that failed and lie with finance) is taken off, so that nothing goes back twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import uuid4

import structlog
from django.utils.functional import Promise
from django.utils.translation import override

from accounts.models import User
from bookings.models import Booking
from core.exceptions import DomainError
from payments.models import Refund
from payments.selectors import folio_money
from payments.services import refund_execute_here, refunds_for_folio_create
from payments.types import FolioMoney

logger = structlog.get_logger(__name__)


def money_covers(booking: Booking, money: FolioMoney) -> bool:
    """Whether what is due at booking is paid or put aside by the guest's bank, or will be paid at the property."""
    taken = money.captured + money.authorized
    return money.is_guaranteed or (taken > 0 and taken - money.refunded >= booking.deposit_due)


def sentence(booking: Booking, text: str | Promise) -> str:
    """A text in the language of the booking's guest."""
    with override(booking.language):
        return str(text)


def surplus(money: FolioMoney) -> Decimal:
    """What has to go back to the guest and is not on its way yet."""
    return max(-money.balance - money.refunds_open, Decimal(0))


def surplus_refund(
    booking: Booking, *, why: str | Promise, actor: User | None, money: FolioMoney | None = None
) -> list[Refund]:
    """Reserve refunds of all that was paid beyond what is charged, newest payment first. The guest reads ``why``.

    Inside the caller's transaction, the booking locked: the lock is what makes it happen once.
    """
    amount = surplus(money or folio_money(folio_id=booking.folio_id))
    if not amount:
        return []
    return refunds_for_folio_create(
        folio_id=booking.folio_id,
        amount=amount,
        reason=sentence(booking, why),
        key_prefix=f"{booking.reference}-{uuid4().hex[:12]}",
        actor=actor,
    )


def refunds_execute(refunds: Iterable[Refund]) -> None:
    """Pay back at once what needs no network, outside any transaction; the outbox asks the other providers."""
    for refund in refunds:
        try:
            refund_execute_here(refund_id=refund.pk)
        except DomainError as error:
            logger.warning("refund_left_pending", refund_id=refund.pk, code=error.code)
