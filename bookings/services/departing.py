"""Somebody leaves: what they owe is paid or given back, the invoice is issued, and the room is left, in one form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import BookingNotFound, FolioUnsettled
from bookings.models import Booking
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.idempotency import Answer, Replay, idempotency_claim
from core.money import round_money
from payments.exceptions import NothingToInvoice
from payments.models import Invoice, Refund
from payments.selectors import folio_balance, invoice_by_key
from payments.services import invoice_issue, payment_record
from payments.types import InvoiceRecipient

from .confirming import WHY
from .desk import booking_check_out
from .invoicing import invoice_send
from .mails import OVERPAID, refunded_mail
from .moving import booking_row_lock
from .settling import refunds_execute, surplus_refund
from .walk_in import DeskPayment


@dataclass(frozen=True, slots=True)
class Departure:
    """A booking that is checked out, and the invoice that was issued with it."""

    booking: Booking
    invoice: Invoice | None


def booking_depart(
    *,
    booking_id: int,
    actor: User,
    key: str,
    payment: DeskPayment | None = None,
    recipient: InvoiceRecipient | None = None,
    is_on_invoice: bool = False,
    reason: str = "",
    at: datetime | None = None,
) -> Departure:
    """Take what is owed or give back what was paid too much, issue the invoice to its recipient, then check out.

    Once per ``key``: each step commits on its own, and sent again after an interruption it goes on where it stopped. A
    payment that would not settle the folio is refused before it is noted. Without a recipient, and where everything
    stands on an invoice already, none is issued; it is mailed to the recipient's address, if there is one. Raises
    `FolioUnsettled`, and what `payment_record`, `invoice_issue` and `booking_check_out` raise.
    """
    at = at or timezone.now()
    claim = idempotency_claim(
        principal=f"user:{actor.pk}",
        key=f"check-out:{key}",
        request_hash=hashlib.sha256(json.dumps(["check-out", booking_id]).encode()).hexdigest(),
        render=lambda booking: Answer(status=200, body={"booking_id": booking.pk}),
        at=at,
    )
    if isinstance(claim, Replay):
        booking = Booking.objects.with_summary().get(pk=booking_id)
        return Departure(booking, invoice_by_key(folio_id=booking.folio_id, key=_invoice_key(key)))
    try:
        booking = _booking_of(booking_id, actor)
        if payment is not None:
            _payment_take(
                booking, payment, key=key, is_partial=is_on_invoice or bool(reason), actor=actor, at=at
            )
        booking_surplus_refund(booking_id=booking_id, actor=actor, at=at)
        invoice = _invoice(booking, recipient, key=key, actor=actor, at=at) if recipient else None
        left = booking_check_out(
            booking_id=booking_id,
            actor=actor,
            reason=reason,
            is_on_invoice=is_on_invoice,
            at=at,
            idempotency=claim,
        )
        if invoice is not None and recipient is not None and recipient.email:
            invoice_send(invoice_id=invoice.pk, actor=actor, key=f"out:{key}", email=recipient.email)
        return Departure(left, invoice)
    except BaseException:
        claim.release()
        raise


@translate_integrity_errors()
def booking_surplus_refund(*, booking_id: int, actor: User, at: datetime | None = None) -> list[Refund]:
    """Give back at once what was paid beyond what is charged; the guest is told. Locks booking, folio, payments.

    Raises `BookingNotFound`, `PermissionDenied`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking = booking_row_lock(booking_id=booking_id)
        if not staff_may(actor, booking.property_id, *OPERATION_PERMISSIONS["booking_check_out"]):
            raise PermissionDenied
        refunds = surplus_refund(booking, why=WHY[OVERPAID], actor=actor)
        refunded_mail(booking, refunds=refunds, reason=OVERPAID, at=at)
    refunds_execute(refunds)
    return refunds


def _booking_of(booking_id: int, actor: User) -> Booking:
    booking = Booking.objects.with_summary().filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    if not staff_may(actor, booking.property_id, *OPERATION_PERMISSIONS["booking_check_out"]):
        raise PermissionDenied
    return booking


def _invoice(
    booking: Booking, recipient: InvoiceRecipient, *, key: str, actor: User, at: datetime
) -> Invoice | None:
    """The invoice over all that is on none yet; None where there is nothing left to invoice."""
    try:
        return invoice_issue(
            folio_id=booking.folio_id, recipient=recipient, actor=actor, key=_invoice_key(key), at=at
        )
    except NothingToInvoice:
        return None


def _invoice_key(key: str) -> str:
    return f"out:{key}"


def _payment_take(
    booking: Booking, payment: DeskPayment, *, key: str, is_partial: bool, actor: User, at: datetime
) -> None:
    """Note a payment that settles the folio; one that was noted under this key before is not noted again."""
    balance = folio_balance(folio_id=booking.folio_id)
    left = balance - payment.amount_for(booking)
    if left > 0 and not is_partial and balance > 0:
        raise FolioUnsettled(
            field="paid_amount",
            data={
                "balance": str(round_money(Decimal(left), booking.currency)),
                "currency": booking.currency,
            },
        )
    payment_record(
        folio_id=booking.folio_id,
        method=payment.method,
        amount=payment.amount_for(booking),
        currency=booking.currency,
        idempotency_key=f"check-out:{actor.pk}:{key}",
        actor=actor,
        at=at,
    )
