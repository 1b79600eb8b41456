"""Guests come, go, or do not come: what staff of the property say of a booking."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import staff_may
from bookings.cancellation import no_show_fee
from bookings.exceptions import TransitionNotAllowed, WrongDay
from bookings.models import Booking
from bookings.selectors import sold_get
from bookings.selectors.scheduled import no_show_is_due
from bookings.transitions import BookingStatus, transition_allowed
from core.dates import property_today
from core.exceptions import PermissionDenied, translate_integrity_errors
from payments.services import authorizations_settle

from .charges import charges_keep, charges_restore
from .mails import no_show_mail
from .moving import booking_lock, booking_move
from .settling import refunds_execute, surplus_refund


@translate_integrity_errors()
def booking_check_in(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """The guest is here; somebody marked as not come may come after all, if rooms are left.

    From the day of arrival until the day of departure. Locks nights, booking, folio. Raises `PermissionDenied`,
    `WrongDay`, `TransitionNotAllowed`, `SoldOut`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, today = _lock_for(actor, booking_id, target=BookingStatus.CHECKED_IN, at=at)
        if not booking.arrival <= today <= booking.departure:
            raise WrongDay(
                data={"arrival": booking.arrival.isoformat(), "departure": booking.departure.isoformat()}
            )
        was_missed = booking.status == BookingStatus.NO_SHOW
        booking_move(booking, target=BookingStatus.CHECKED_IN, checked_in_at=at, cancellation_fee=None)
        if was_missed:
            charges_restore(booking, actor=actor)
    return booking


@translate_integrity_errors()
def booking_check_in_undo(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """The guest was checked in by mistake. Locks nights and booking.

    Raises `PermissionDenied`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, _today = _lock_for(actor, booking_id, target=BookingStatus.CONFIRMED, at=at)
        if booking.status != BookingStatus.CHECKED_IN:
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CONFIRMED)
        return booking_move(booking, target=BookingStatus.CONFIRMED, checked_in_at=None)


@translate_integrity_errors()
def booking_check_out(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """The guest has left. Locks nights and booking. Raises `PermissionDenied`, `TransitionNotAllowed`."""
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, _today = _lock_for(actor, booking_id, target=BookingStatus.CHECKED_OUT, at=at)
        return booking_move(booking, target=BookingStatus.CHECKED_OUT, checked_out_at=at)


def booking_no_show(*, booking_id: int, actor: User | None, at: datetime | None = None) -> Booking:
    """The guest has not come: rooms free, the no-show fee kept, what was paid beyond it goes back, a mail says so.

    Staff say it from the day of arrival on; without an ``actor`` the clock does, from the property's own time on.
    Locks nights, booking, folio. Raises `PermissionDenied`, `WrongDay`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking, today = _lock_for(actor, booking_id, target=BookingStatus.NO_SHOW, at=at)
        if today < booking.arrival or (actor is None and not no_show_is_due(booking, at=at)):
            raise WrongDay(data={"arrival": booking.arrival.isoformat()})
        fee: Decimal = no_show_fee(sold_get(booking=booking))
        charges_keep(booking, fee=fee, what="no-show", actor=actor)
        booking_move(booking, target=BookingStatus.NO_SHOW, cancellation_fee=fee)
        refunds = surplus_refund(booking, why=_("Refund after no-show"), actor=actor)
        authorizations_settle(folio_id=booking.folio_id)
        no_show_mail(booking, fee=fee)
    refunds_execute(refunds)
    return booking


def _lock_for(
    actor: User | None, booking_id: int, *, target: BookingStatus, at: datetime
) -> tuple[Booking, date]:
    """Lock a booking for staff of its property, or for the clock; with it comes today's date there."""
    booking = booking_lock(booking_id=booking_id)
    if actor is not None and not staff_may(actor, booking.property_id):
        raise PermissionDenied
    if not transition_allowed(source=booking.status, target=target):
        raise TransitionNotAllowed.between(source=booking.status, target=target)
    return booking, property_today(booking.property.time_zone, at)
