"""What programs are told of a booking and its money, written in the transaction of the change.

No name, no address: a program that may know the guest reads the booking by its reference.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bookings.models import Booking, SpaceBooking
from bookings.transitions import BookingStatus
from core.api.fields import money_json
from notifications.services import domain_event_record
from notifications.types.events import (
    BOOKING_CANCELLED,
    BOOKING_CHANGED,
    BOOKING_CHECKED_IN,
    BOOKING_CHECKED_OUT,
    BOOKING_CONFIRMED,
    BOOKING_EXPIRED,
    BOOKING_HELD,
    BOOKING_NO_SHOW,
    PAYMENT_CAPTURED,
    PAYMENT_DISPUTED,
    PAYMENT_FAILED,
    PAYMENT_REFUND_FAILED,
    PAYMENT_REFUNDED,
)
from payments.models import Dispute, Payment, PaymentStatus, Refund

EVENT_OF_STATUS = {
    BookingStatus.CONFIRMED: BOOKING_CONFIRMED,
    BookingStatus.CANCELLED: BOOKING_CANCELLED,
    BookingStatus.EXPIRED: BOOKING_EXPIRED,
    BookingStatus.CHECKED_IN: BOOKING_CHECKED_IN,
    BookingStatus.CHECKED_OUT: BOOKING_CHECKED_OUT,
    BookingStatus.NO_SHOW: BOOKING_NO_SHOW,
}

UNDOING = frozenset(
    {
        (BookingStatus.CHECKED_IN, BookingStatus.CONFIRMED),
        (BookingStatus.CHECKED_OUT, BookingStatus.CHECKED_IN),
        (BookingStatus.NO_SHOW, BookingStatus.CONFIRMED),
    }
)


def booking_held_event(booking: Booking, *, is_offer: bool = False) -> None:
    """Rooms are held; ``is_offer`` where nobody has asked for them yet. One query."""
    _booking_event(booking, BOOKING_HELD, is_offer=is_offer)


def booking_moved_event(booking: Booking, *, source: str) -> None:
    """A locked booking has come from ``source`` to its state. What is undone is a change. One query."""
    if (source, booking.status) in UNDOING:
        booking_changed_event(booking, changes=["status"])
    else:
        _booking_event(booking, EVENT_OF_STATUS[BookingStatus(booking.status)])


def booking_changed_event(booking: Booking, *, changes: list[str]) -> None:
    """Something about a locked booking is different; ``changes`` names it. One query."""
    _booking_event(booking, BOOKING_CHANGED, changes=changes)


def payment_event(payment: Payment) -> None:
    """A payment was captured or has failed. Two queries, or three for a space."""
    is_captured = payment.status == PaymentStatus.CAPTURED
    _money_event(
        PAYMENT_CAPTURED if is_captured else PAYMENT_FAILED,
        payment,
        amount=payment.amount,
        **({} if is_captured else {"failure_code": payment.failure_code}),
    )


def refund_event(refund: Refund) -> None:
    """Money has gone back. Two queries."""
    _money_event(PAYMENT_REFUNDED, refund.payment, amount=refund.amount, refund_id=refund.pk)


def refund_failed_event(refund: Refund) -> None:
    """Money has not gone back, or has come back from the guest's bank. Two queries."""
    _money_event(
        PAYMENT_REFUND_FAILED,
        refund.payment,
        amount=refund.amount,
        refund_id=refund.pk,
        failure_code=refund.failure_code,
        was_refunded=refund.succeeded_at is not None,
    )


def dispute_event(dispute: Dispute) -> None:
    """A guest's bank asks for the money back, or has decided. Two queries."""
    _money_event(
        PAYMENT_DISPUTED,
        dispute.payment,
        amount=dispute.amount,
        dispute_id=dispute.pk,
        reason=dispute.reason,
        status=dispute.status,
    )


def _booking_event(booking: Booking, event_type: str, **more: Any) -> None:
    fee = booking.cancellation_fee
    domain_event_record(
        type=event_type,
        property_id=booking.property_id,
        subject=f"booking:{booking.reference}",
        data={
            "reference": booking.reference,
            "status": str(booking.status),
            "version": booking.version,
            "room_type": booking.room_type_id,
            "rate_plan": booking.rate_plan_id,
            "arrival": booking.arrival.isoformat(),
            "departure": booking.departure.isoformat(),
            "rooms": booking.rooms,
            "adults": booking.adults,
            "children_ages": list(booking.children_ages),
            "channel": str(booking.channel),
            "total": money_json(booking.total, booking.currency),
            "fee": None if fee is None else money_json(fee, booking.currency),
            "hold_expires_at": booking.hold_expires_at.isoformat() if booking.hold_expires_at else None,
            **more,
        },
    )


def _money_event(event_type: str, payment: Payment, *, amount: Decimal, **more: Any) -> None:
    booking = (
        Booking.objects.filter(folio_id=payment.folio_id).order_by().values_list("reference", "property_id")
    ).first()
    kind = "booking"
    if booking is None:
        spaces = SpaceBooking.objects.filter(folio_id=payment.folio_id, stay=None).order_by("start", "pk")
        booking = spaces.values_list("reference", "property_id").first()
        kind = "space_booking"
    if booking is None:
        return
    reference, property_id = booking
    domain_event_record(
        type=event_type,
        property_id=property_id,
        subject=f"{kind}:{reference}",
        data={
            "reference": reference,
            "payment_id": payment.pk,
            "gateway": payment.gateway,
            "method": str(payment.method),
            "purpose": str(payment.purpose),
            "amount": money_json(amount, payment.currency),
            **more,
        },
    )
