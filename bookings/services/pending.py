"""A change that waits for its payment: the nights it holds, and how it ends without being done.

Everything here runs inside the caller's transaction, with the booking and the nights that the change holds locked.
"""

from __future__ import annotations

from datetime import date, datetime

from bookings.models import Booking, BookingChange, BookingChangeHold, ChangeStatus
from inventory.services.exchanging import NightChange, nights_exchange
from payments.types import FolioMoney

CHANGE_MAX_MINUTES = 120
"""However often somebody starts to pay, a change does not hold rooms longer than this without money."""


def nights_held(*, change_id: int) -> list[tuple[int, date, int]]:
    """The rooms that a change holds, as (room type, night, rooms). One query."""
    return list(
        BookingChangeHold.objects.filter(change_id=change_id)
        .order_by("room_type_id", "date")
        .values_list("room_type_id", "date", "rooms")
    )


def pending_get(booking: Booking) -> BookingChange | None:
    """The change that a locked booking waits for. One query, none without one."""
    if booking.pending_change_id is None:
        return None
    return BookingChange.objects.select_related("actor").get(pk=booking.pending_change_id)


def pending_is_paid(change: BookingChange, money: FolioMoney) -> bool:
    """Whether as much is paid, or put aside by the guest's bank, as the change waits for."""
    paid = money.captured - money.refunded - money.refunds_open - money.disputed + money.authorized
    return paid >= change.paid_needed


def pending_is_over(change: BookingChange, money: FolioMoney, *, at: datetime) -> bool:
    """Whether nobody has paid for it in time."""
    return change.expires_at is not None and change.expires_at <= at and not pending_is_paid(change, money)


def pending_end(booking: Booking, *, status: ChangeStatus, refusal: str = "", at: datetime) -> None:
    """End the waiting change of a booking undone: its nights are free. The caller writes the booking.

    ``refusal`` is a code that says why. Locks the nights again. Five queries or so.
    """
    change = pending_get(booking)
    if change is None:
        return
    nights_exchange(
        changes=[
            NightChange(room_type_id=room_type_id, date=night, held=-rooms)
            for room_type_id, night, rooms in nights_held(change_id=change.pk)
        ]
    )
    change.status = status
    change.refusal = refusal
    change.decided_at = at
    change.save(update_fields=["status", "refusal", "decided_at", "updated_at"])
    booking.pending_change = None
