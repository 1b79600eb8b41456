"""What a booking tells its guest: the context of each message, written to the outbox in the caller's transaction.

Guests without an e-mail address get none. Each effect has a key of its own, so that it is told once.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import override

from bookings.cancellation import Sold, cancellation_steps, free_until, no_show_fee
from bookings.links import booking_url
from bookings.models import Booking
from bookings.transitions import BookingStatus
from core.money import round_money
from notifications.contexts import property_context
from notifications.services import notification_enqueue
from notifications.types import (
    BOOKING_CANCELLED,
    BOOKING_CONFIRMED,
    PAYMENT_FAILED,
    PAYMENT_RECEIPT,
    PAYMENT_REFUNDED,
)
from payments.models import Payment, Refund
from payments.types import FolioMoney

ROOMS_GONE = "rooms_gone"
OVERPAID = "overpaid"


def confirmed_mail(booking: Booking, *, sold: Sold, money: FolioMoney, at: datetime, again: str = "") -> None:
    """The stay is sold: price, payments, and what cancelling costs. ``again`` tells repetitions apart."""
    steps = cancellation_steps(sold, at=at)
    free_end = free_until(steps)
    context = {
        "lines": [
            {key: line[key] for key in ("kind", "label", "date", "amount", "is_included")}
            for line in booking.quote.get("lines", ())
        ],
        "total": _amount(booking, booking.total),
        "paid": _amount(booking, money.captured - money.refunded),
        "due": _amount(booking, max(money.balance, Decimal(0))),
        "free_until": free_end.isoformat() if free_end else None,
        "cancellation": [
            {"until": step.until.isoformat() if step.until else None, "fee": _amount(booking, step.fee)}
            for step in steps
        ],
        "no_show_fee": _amount(booking, no_show_fee(sold)),
    }
    key = f"{BOOKING_CONFIRMED}:{booking.pk}" + (f":{again}" if again else "")
    _mail(booking, BOOKING_CONFIRMED, context, key=key)


def cancelled_mail(booking: Booking, *, fee: Decimal, refund: Decimal, at: datetime) -> None:
    """The stay is off: what is kept and what goes back."""
    context = {
        "total": _amount(booking, booking.total),
        "fee": _amount(booking, fee),
        "refund": _amount(booking, refund),
        "cancelled_at": at.isoformat(),
    }
    _mail(booking, BOOKING_CANCELLED, context, key=f"{BOOKING_CANCELLED}:{booking.pk}")


def receipt_mail(booking: Booking, *, payment: Payment, money: FolioMoney) -> None:
    """Money has come."""
    context = {
        "amount": _amount(booking, payment.amount),
        "method": payment.method,
        "paid_at": (payment.captured_at or payment.updated_at).isoformat(),
        "total": _amount(booking, booking.total),
        "paid": _amount(booking, money.captured - money.refunded),
        "due": _amount(booking, max(money.balance, Decimal(0))),
    }
    _mail(booking, PAYMENT_RECEIPT, context, key=f"{PAYMENT_RECEIPT}:{payment.pk}")


def payment_failed_mail(booking: Booking, *, payment: Payment) -> None:
    """Money has not come, and the guest may try again while the rooms are held."""
    is_held = booking.status == BookingStatus.HELD and booking.hold_expires_at is not None
    context = {
        "amount": _amount(booking, payment.amount),
        "failure_code": payment.failure_code,
        "retry_url": booking_url(booking, step="pay"),
        "hold_expires_at": booking.hold_expires_at.isoformat()
        if is_held and booking.hold_expires_at
        else None,
    }
    _mail(booking, PAYMENT_FAILED, context, key=f"{PAYMENT_FAILED}:{payment.pk}")


def refunded_mail(booking: Booking, *, refunds: list[Refund], reason: str, at: datetime) -> None:
    """Money that came and could not be used goes back."""
    if not refunds:
        return
    context = {
        "amount": _amount(booking, sum((refund.amount for refund in refunds), Decimal(0))),
        "reason": reason,
        "refunded_at": at.isoformat(),
    }
    _mail(
        booking, PAYMENT_REFUNDED, context, key=f"{PAYMENT_REFUNDED}:{min(refund.pk for refund in refunds)}"
    )


def _mail(booking: Booking, message_type: str, context: dict[str, Any], *, key: str) -> None:
    with override(booking.language):
        context = _booking_context(booking) | context
    notification_enqueue(
        type=message_type,
        recipient=booking.guest_email,
        context=context,
        dedup_key=key,
        language=booking.language,
        user=booking.user,
        property_id=booking.property_id,
    )


def _booking_context(booking: Booking) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "guest_name": booking.guest_name,
        "url": booking_url(booking),
        "property": property_context(booking.property),
        "stay": {
            "arrival": booking.arrival.isoformat(),
            "departure": booking.departure.isoformat(),
            "nights": (booking.departure - booking.arrival).days,
            "rooms": booking.rooms,
            "adults": booking.adults,
            "children_ages": list(booking.children_ages),
            "room_type": booking.room_type.name,
            "rate_plan": booking.rate_plan.name,
            "board": booking.rate_plan.get_board_display(),
            "arrival_time": booking.arrival_time.strftime("%H:%M") if booking.arrival_time else "",
            "special_requests": booking.special_requests,
        },
        "currency": booking.currency,
    }


def _amount(booking: Booking, amount: Decimal) -> str:
    return str(round_money(amount, booking.currency))
