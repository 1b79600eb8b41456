"""What programs are told of bookings of spaces, written in the transaction of the change. No name, no address."""

from __future__ import annotations

from typing import Any

from bookings.models import SpaceBooking
from bookings.space_transitions import SpaceBookingStatus
from core.api.fields import money_json
from notifications.services import domain_event_record
from notifications.types.events import (
    SPACE_APPROVED,
    SPACE_CANCELLED,
    SPACE_CHANGED,
    SPACE_CHECKED_IN,
    SPACE_COMPLETED,
    SPACE_CONFIRMED,
    SPACE_DECLINED,
    SPACE_EXPIRED,
    SPACE_HELD,
    SPACE_NO_SHOW,
    SPACE_REQUESTED,
)

_S = SpaceBookingStatus

EVENT_OF_STATUS = {
    _S.REQUESTED: SPACE_REQUESTED,
    _S.HELD: SPACE_HELD,
    _S.APPROVED: SPACE_APPROVED,
    _S.CONFIRMED: SPACE_CONFIRMED,
    _S.DECLINED: SPACE_DECLINED,
    _S.CANCELLED: SPACE_CANCELLED,
    _S.EXPIRED: SPACE_EXPIRED,
    _S.CHECKED_IN: SPACE_CHECKED_IN,
    _S.COMPLETED: SPACE_COMPLETED,
    _S.NO_SHOW: SPACE_NO_SHOW,
}


def space_moved_event(booking: SpaceBooking, *, source: str = "") -> None:
    """A locked booking has come to its state. A check-in that is undone is a change. One query."""
    if source == _S.CHECKED_IN and booking.status == _S.CONFIRMED:
        space_changed_event(booking, changes=["status"])
    else:
        _record(booking, EVENT_OF_STATUS[SpaceBookingStatus(booking.status)])


def space_changed_event(booking: SpaceBooking, *, changes: list[str]) -> None:
    """Something about a locked booking is different; ``changes`` names it. One query."""
    _record(booking, SPACE_CHANGED, changes=changes)


def _record(booking: SpaceBooking, event_type: str, **more: Any) -> None:
    fee = booking.cancellation_fee
    domain_event_record(
        type=event_type,
        property_id=booking.property_id,
        subject=f"space_booking:{booking.reference}",
        data={
            "reference": booking.reference,
            "status": str(booking.status),
            "version": booking.version,
            "space": booking.space_id,
            "series": booking.series.reference if booking.series else None,
            "start": booking.start.isoformat(),
            "end": booking.end.isoformat(),
            "persons": booking.persons,
            "channel": str(booking.channel),
            "total": money_json(booking.total, booking.currency),
            "fee": None if fee is None else money_json(fee, booking.currency),
            "hold_expires_at": booking.hold_expires_at.isoformat() if booking.hold_expires_at else None,
            **more,
        },
    )
