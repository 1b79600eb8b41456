"""Reviews of stays that are over."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from bookings.models import Booking, Review
from bookings.services import booking_check_in, booking_check_out, booking_confirm_by_staff
from bookings.services.reviews import review_moderate, review_write
from core.dates import local_datetime
from payments.services import payment_record
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel

POINTS = {"cleanliness": 5, "comfort": 4, "location": 4, "staff": 5, "value": 3}


def lived(house: Hotel, **more: Any) -> Booking:
    """A stay that is over: confirmed and paid at the desk, checked in and out on its own days."""
    chain = SuperuserFactory.create()
    booking = held(house, **more).booking
    booking_confirm_by_staff(booking_id=booking.pk, actor=chain)
    zone = house.property.time_zone
    arrived = local_datetime(booking.arrival, house.property.arrival_from, zone)
    left = local_datetime(booking.departure, house.property.departure_until, zone)
    booking_check_in(booking_id=booking.pk, actor=chain, at=arrived)
    payment_record(
        folio_id=booking.folio_id,
        method="cash",
        amount=booking.total,
        currency=booking.currency,
        idempotency_key=uuid4().hex,
        actor=chain,
        at=left,
    )
    return booking_check_out(booking_id=booking.pk, actor=chain, at=left)


def written(house: Hotel, *, points: dict[str, int] | None = None, **more: Any) -> Review:
    """A review that waits for moderation."""
    texts = {name: more.pop(name) for name in ("title", "text", "language", "at") if name in more}
    booking = more.pop("booking", None) or lived(house, **more)
    return review_write(booking_id=booking.pk, points=POINTS | (points or {}), **texts)


def published(house: Hotel, **more: Any) -> Review:
    """A review that everybody reads."""
    review = written(house, **more)
    return review_moderate(review_id=review.pk, is_published=True, actor=SuperuserFactory.create())
