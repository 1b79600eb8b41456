"""Staff book for somebody who stands at the desk or is on the phone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from bookings.models import Booking, BookingChannel
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails, HeldBooking
from core.dates import StayDates
from core.idempotency import Answer, Replay, idempotency_claim
from inventory.types import Party
from payments.services import payment_record

from .confirming import booking_confirm_by_staff
from .desk_prices import DeskPrice, desk_price_check, desk_price_set
from .holding import booking_hold


@dataclass(frozen=True, slots=True)
class DeskPayment:
    """Money that changes hands at the desk; ``method`` is one of ``payments.models.PaymentMethod``.

    ``amount`` is in the booking's currency; None: the total of the stay.
    """

    method: str
    amount: Decimal | None

    def amount_for(self, booking: Booking) -> Decimal:
        return booking.total if self.amount is None else self.amount


def booking_at_desk(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    expected_total: Decimal,
    guest: GuestDetails,
    actor: User,
    key: str,
    payment: DeskPayment | None = None,
    price: DeskPrice | None = None,
    at: datetime | None = None,
) -> Booking:
    """Book a stay and confirm it on the word of the staff; an e-mail address is not needed. Once per ``key``.

    ``expected_total`` is the total as quoted; ``price`` is set instead of it before the stay is confirmed, within the
    limit of the actor's role. Hold, price, confirmation and payment commit one after the other; sent again with the
    same key after an interruption it goes on where it stopped. Raises what `booking_hold`, `desk_price_check`,
    `booking_change`, `booking_confirm_by_staff` and `payment_record` raise, and `IdempotencyKeyReused` for the key of
    another booking.
    """
    wanted = [
        room_type_id,
        rate_plan_id,
        str(stay),
        party.adults,
        party.children_ages,
        party.rooms,
        guest.name,
    ]
    claim = idempotency_claim(
        principal=f"user:{actor.pk}",
        key=key,
        request_hash=hashlib.sha256(json.dumps(wanted).encode()).hexdigest(),
        render=_answer,
        at=at,
    )
    if isinstance(claim, Replay):
        booking_id: int = json.loads(claim.body_json)["booking_id"]
    else:
        try:
            if price is not None:
                desk_price_check(
                    price=price,
                    room_type_id=room_type_id,
                    rate_plan_id=rate_plan_id,
                    stay=stay,
                    party=party,
                    actor=actor,
                    at=at,
                )
            held = booking_hold(
                room_type_id=room_type_id,
                rate_plan_id=rate_plan_id,
                stay=stay,
                party=party,
                expected_total=expected_total,
                guest=guest,
                user=None,
                actor=actor,
                channel=BookingChannel.STAFF,
                at=at,
                idempotency=claim,
            )
        except BaseException:
            claim.release()
            raise
        booking_id = held.booking.pk
    booking = Booking.objects.get(pk=booking_id)
    if booking.status == BookingStatus.HELD:
        if price is not None:
            desk_price_set(booking=booking, price=price, actor=actor, key=key, at=at)
        booking = booking_confirm_by_staff(booking_id=booking_id, actor=actor, at=at)
    if payment is not None:
        payment_record(
            folio_id=booking.folio_id,
            method=payment.method,
            amount=payment.amount_for(booking),
            currency=booking.currency,
            idempotency_key=f"desk:{actor.pk}:{key}",
            actor=actor,
            at=at,
        )
    return booking


def _answer(held: HeldBooking) -> Answer:
    return Answer(status=201, body={"booking_id": held.booking.pk})
