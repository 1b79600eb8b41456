"""Locks, and the one way a booking of a space changes its state.

Lock order: the stay whose bill it is on → Space → SpaceBooking (by id) → Folio. The lock of a space makes its buyers
wait for each other instead of meeting in the constraint, which stands behind it. Everything here runs inside the
caller's transaction; a lock that cannot be had in three seconds is `Unavailable` ("busy").
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import staff_access
from bookings.exceptions import TransitionNotAllowed
from bookings.models import SpaceBooking
from bookings.services.moving import booking_row_lock
from bookings.space_exceptions import SpaceBookingNotFound
from bookings.space_transitions import SpaceBookingStatus, space_transition_allowed
from core.exceptions import PermissionDenied
from core.locks import lock_timeout
from inventory.models import Space

from .events import space_moved_event

RELATED = ("space__property", "property", "series", "user", "stay")


def spaces_lock(space_ids: Collection[int]) -> None:
    """Lock spaces in the order of their ids: who books or moves into them comes one after another. Two queries."""
    with lock_timeout():
        list(
            Space.objects.select_for_update(no_key=True)
            .filter(pk__in=set(space_ids))
            .order_by("pk")
            .values_list("pk")
        )


def space_booking_lock(*, booking_id: int) -> SpaceBooking:
    """Lock a booking (first the stay whose bill it is on), with space, property, series, user and stay.

    Three or five queries. Raises `SpaceBookingNotFound`, `Unavailable`.
    """
    return space_bookings_lock(SpaceBooking.objects.filter(pk=booking_id))[0]


def space_bookings_lock(rows: QuerySet[SpaceBooking]) -> list[SpaceBooking]:
    """Lock all of ``rows`` in the order of their ids; given in the order of their start.

    Raises `SpaceBookingNotFound` where there is none, `Unavailable`.
    """
    stays = rows.exclude(stay=None).order_by("stay_id").values_list("stay_id", flat=True).distinct()
    for stay_id in stays:
        booking_row_lock(booking_id=stay_id)
    with lock_timeout():
        locked = list(
            rows.select_for_update(of=("self",), no_key=True).select_related(*RELATED).order_by("pk")
        )
    if not locked:
        raise SpaceBookingNotFound
    series = {booking.series_id: booking.series for booking in locked}
    for booking in locked:
        booking.series = series[booking.series_id]  # one account that is opened is the account of all
    return sorted(locked, key=lambda booking: (booking.start, booking.pk))


def space_booking_move(booking: SpaceBooking, *, target: SpaceBookingStatus, **changes: Any) -> SpaceBooking:
    """Take a locked booking to ``target``, ``changes`` written along, the version counted up; programs are told.

    Raises `TransitionNotAllowed`; the database raises where the time is taken (`SpaceTaken`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "space_booking_move() needs the transaction that holds the locks"
        )
    source = booking.status
    transition_check(booking, target=target)
    space_booking_write(booking, status=target, **changes)
    space_moved_event(booking, source=source)
    return booking


def space_booking_write(booking: SpaceBooking, **changes: Any) -> SpaceBooking:
    """Write some fields of a locked booking and count its version up. One query."""
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.version += 1
    booking.save(update_fields=[*changes, "version", "updated_at"])
    return booking


def transition_check(booking: SpaceBooking, *, target: SpaceBookingStatus) -> None:
    """Raise `TransitionNotAllowed` unless the table has the step."""
    if not space_transition_allowed(source=booking.status, target=target):
        raise TransitionNotAllowed.between(source=booking.status, target=target)


def staff_check(actor: User | None, operation: str, property_id: int) -> None:
    """Raise `PermissionDenied` unless the actor's role at the property may do the operation. One query."""
    if not may_with(staff_access(actor), property_id, OPERATION_PERMISSIONS[operation]):
        raise PermissionDenied


def scope_rows(booking: SpaceBooking, scope: str, *, at: datetime) -> QuerySet[SpaceBooking]:
    """The bookings that "one", "following" (this and later) or "all" (not begun yet) of a series means."""
    if scope == "one" or booking.series_id is None:
        return SpaceBooking.objects.filter(pk=booking.pk)
    rows = SpaceBooking.objects.filter(series_id=booking.series_id)
    return rows.filter(start__gte=booking.start) if scope == "following" else rows.filter(start__gt=at)
