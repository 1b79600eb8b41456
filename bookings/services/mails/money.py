"""What is told about money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from bookings.links import booking_url
from bookings.models import Booking
from bookings.selectors.trips import trip_url
from bookings.transitions import BookingStatus
from notifications.types import PAYMENT_FAILED, PAYMENT_RECEIPT, PAYMENT_REFUNDED, ReceiptEntryContext
from payments.models import Payment, Refund, RefundStatus
from payments.types import FolioMoney

from .writing import amount, mail_write, price_lines

ROOMS_GONE = "rooms_gone"
OVERPAID = "overpaid"


def receipt_mail(
    booking: Booking, *, payment: Payment, payments: Iterable[Payment], money: FolioMoney
) -> None:
    """Money has come. ``payments`` are the captured ones, oldest first, this one among them, with their refunds."""
    captured = list(payments)
    context = {
        "amount": amount(booking, payment.amount),
        "method": payment.method,
        "number": f"{booking.reference}-{1 + [other.pk for other in captured].index(payment.pk)}",
        "lines": price_lines(booking),
        "payments": _entries(booking, captured),
        "paid_at": (payment.captured_at or payment.updated_at).isoformat(),
        "total": amount(booking, booking.total),
        "paid": amount(booking, money.captured - money.refunded),
        "due": amount(booking, max(money.balance, Decimal(0))),
    }
    mail_write(booking, PAYMENT_RECEIPT, context, key=f"{PAYMENT_RECEIPT}:{payment.pk}")


def payment_failed_mail(booking: Booking, *, payment: Payment) -> None:
    """Money has not come, and the guest may try again while the rooms are held."""
    is_held = booking.status == BookingStatus.HELD and booking.hold_expires_at is not None
    context = {
        "amount": amount(booking, payment.amount),
        "failure_code": payment.failure_code,
        "retry_url": booking_url(booking, step="pay"),
        "hold_expires_at": booking.hold_expires_at.isoformat()
        if is_held and booking.hold_expires_at
        else None,
    }
    mail_write(booking, PAYMENT_FAILED, context, key=f"{PAYMENT_FAILED}:{payment.pk}")


def trip_payment_failed_mail(*, payment: Payment) -> None:
    """Money for a whole trip has not come: one mail, to the first guest with an address, however many its bookings.

    Up to three queries besides the mail's.
    """
    bookings = list(
        Booking.objects.with_summary()
        .select_related("user", "trip")
        .filter(folio__payments__collective=payment)
        .order_by("pk")
    )
    if not bookings:
        return
    told = next((booking for booking in bookings if booking.guest_email), bookings[0])
    holds = [
        booking.hold_expires_at
        for booking in bookings
        if booking.status == BookingStatus.HELD and booking.hold_expires_at
    ]
    context = {
        "amount": amount(told, payment.amount),
        "failure_code": payment.failure_code,
        "retry_url": trip_url(told.trip) if told.trip else booking_url(told, step="pay"),
        "hold_expires_at": min(holds).isoformat() if holds else None,
    }
    mail_write(told, PAYMENT_FAILED, context, key=f"{PAYMENT_FAILED}:{payment.pk}")


def refunded_mail(booking: Booking, *, refunds: list[Refund], reason: str, at: datetime) -> None:
    """Money that came and could not be used goes back."""
    if not refunds:
        return
    context = {
        "amount": amount(booking, sum((refund.amount for refund in refunds), Decimal(0))),
        "reason": reason,
        "refunded_at": at.isoformat(),
    }
    mail_write(
        booking, PAYMENT_REFUNDED, context, key=f"{PAYMENT_REFUNDED}:{min(refund.pk for refund in refunds)}"
    )


def _entries(booking: Booking, payments: Iterable[Payment]) -> list[ReceiptEntryContext]:
    entries: list[ReceiptEntryContext] = []
    for payment in payments:
        entries.append(
            {
                "method": payment.method,
                "amount": amount(booking, payment.amount),
                "at": (payment.captured_at or payment.updated_at).isoformat(),
            }
        )
        entries.extend(
            {
                "method": payment.method,
                "amount": amount(booking, -refund.amount),
                "at": refund.updated_at.isoformat(),
            }
            for refund in payment.refunds.all()
            if refund.status == RefundStatus.SUCCEEDED
        )
    return sorted(entries, key=lambda entry: entry["at"])
