"""Somebody stands at the desk and comes in: rooms, registration, state and money, in one sending of one form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from accounts.models import User
from bookings.exceptions import BookingNotFound
from bookings.models import Booking
from bookings.selectors.arriving import rooms_offered
from bookings.types import GuestRegistration
from core.idempotency import Answer, Replay, idempotency_claim
from payments.services import payment_record

from .desk import booking_check_in
from .walk_in import DeskPayment


def booking_receive(
    *,
    booking_id: int,
    actor: User,
    key: str,
    room_ids: Mapping[int, int] | None = None,
    room_reason: str = "",
    registrations: Sequence[GuestRegistration] = (),
    payment: DeskPayment | None = None,
    at: datetime | None = None,
) -> Booking:
    """Check a guest in with their rooms and cards (`booking_check_in`, all or nothing), then note what they pay.

    Once per ``key``: sent again after an interruption it goes on where it stopped. Whatever refuses does so before any
    money is noted. Raises what `booking_check_in` and `payment_record` raise.
    """
    claim = idempotency_claim(
        principal=f"user:{actor.pk}",
        key=f"check-in:{key}",
        request_hash=hashlib.sha256(json.dumps(["check-in", booking_id]).encode()).hexdigest(),
        render=lambda booking: Answer(status=200, body={"booking_id": booking.pk}),
        at=at,
    )
    if not isinstance(claim, Replay):
        try:
            booking_check_in(
                booking_id=booking_id,
                actor=actor,
                room_ids=room_ids,
                room_reason=room_reason,
                registrations=registrations,
                at=at,
                idempotency=claim,
            )
        except BaseException:
            claim.release()
            raise
    booking = Booking.objects.with_summary().get(pk=booking_id)
    if payment is not None:
        payment_record(
            folio_id=booking.folio_id,
            method=payment.method,
            amount=payment.amount_for(booking),
            currency=booking.currency,
            idempotency_key=f"check-in:{actor.pk}:{key}",
            actor=actor,
            at=at,
        )
    return booking


def walk_in_receive(
    *, booking_id: int, actor: User, key: str, room_id: int | None = None, at: datetime | None = None
) -> Booking:
    """Check in somebody who was booked at the desk a moment ago, in the room they chose or the first clean one.

    Once per ``key``. Without a free clean room they are checked in without one. Raises as `booking_receive` does.
    """
    booking = Booking.objects.select_related("property", "guest").filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    chosen = {index: room for index, room in rooms_offered(booking=booking, at=at).best.items() if room}
    if room_id is not None:
        chosen[1] = room_id
    name = GuestRegistration(name=booking.guest_name, nationality=booking.guest_country)
    return booking_receive(
        booking_id=booking_id, actor=actor, key=key, room_ids=chosen, registrations=[name], at=at
    )
