"""What is asked for every day: a night more, or leaving early."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from bookings.changes import stay_change_from
from bookings.exceptions import BookingNotFound
from bookings.models import Booking
from core.dates import ONE_DAY, property_today
from core.idempotency import IdempotencyClaim

from .requesting import booking_change


def booking_extend(
    *,
    booking_id: int,
    departure: date,
    actor: User | None,
    expected_total: Decimal | None = None,
    expected_version: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """Let the guests stay until ``departure``, in the house or before. As `booking_change`, and raises as it does."""
    booking = _read(booking_id)
    return booking_change(
        booking_id=booking_id,
        change=stay_change_from(booking, departure=departure),
        expected_total=expected_total,
        expected_version=booking.version if expected_version is None else expected_version,
        actor=actor,
        at=at,
        idempotency=idempotency,
    )


def booking_depart_early(
    *,
    booking_id: int,
    actor: User | None,
    departure: date | None = None,
    waive_fee: bool = False,
    expected_total: Decimal | None = None,
    expected_version: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """Let the guests leave on ``departure`` (None: today), with the fee of the policy. The night of arrival stays.

    The folio is settled and the guests are checked out afterwards, as on any departure. As `booking_change`, and raises
    as it does.
    """
    at = at or timezone.now()
    booking = _read(booking_id)
    today = property_today(booking.property.time_zone, at)
    return booking_change(
        booking_id=booking_id,
        change=stay_change_from(
            booking, departure=max(departure or today, booking.arrival + ONE_DAY), waive_fee=waive_fee
        ),
        expected_total=expected_total,
        expected_version=booking.version if expected_version is None else expected_version,
        actor=actor,
        at=at,
        idempotency=idempotency,
    )


def _read(booking_id: int) -> Booking:
    booking = Booking.objects.with_summary().filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    return booking
