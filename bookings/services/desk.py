"""Guests come, go, or do not come: what staff of the property say of a booking, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.cancellation import no_show_fee
from bookings.exceptions import TransitionNotAllowed, WrongDay
from bookings.models import Booking
from bookings.selectors import sold_get
from bookings.selectors.assignments import assignment_span
from bookings.selectors.scheduled import no_show_is_due
from bookings.transitions import BookingStatus, transition_allowed
from bookings.types import GuestRegistration
from core.dates import property_today
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from inventory.models import Room
from payments.selectors import folio_money
from payments.services import authorizations_settle

from .assigning import room_give
from .changing.conflicts import version_check
from .charges import charges_keep, charges_restore
from .leaving import settled_or_refuse
from .mails import confirmed_mail, no_show_mail
from .moving import booking_lock, booking_move
from .registering import registrations_save
from .settling import refunds_execute, surplus_refund
from .spaces.following import space_bookings_follow


@translate_integrity_errors()
def booking_check_in(
    *,
    booking_id: int,
    actor: User,
    room_ids: Mapping[int, int] | None = None,
    room_reason: str = "",
    registrations: Sequence[GuestRegistration] = (),
    expected_version: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """The guest is here; somebody marked as not come may come after all, if rooms are left.

    From the day of arrival until the day of departure. ``room_ids`` gives physical rooms by the index of the booking's
    room (one of another type is an upgrade and needs ``room_reason``); ``registrations`` are written along: all of it
    or nothing. ``expected_version`` is the version that was read; None: whatever it is. Locks nights, booking, rooms,
    folio. Raises `PermissionDenied`, `VersionConflict`, `WrongDay`, `TransitionNotAllowed`, `SoldOut`,
    `RegistrationInvalid`, and what `room_assign` raises of a room.
    """
    at = at or timezone.now()
    rooms = room_ids or {}
    with transaction.atomic(durable=True):
        types = Room.objects.filter(pk__in=rooms.values()).values_list("room_type_id", flat=True)
        booking, today = _lock_for(
            actor,
            booking_id,
            operation="booking_check_in",
            target=BookingStatus.CHECKED_IN,
            at=at,
            room_type_ids=types,
            expected_version=expected_version,
        )
        if booking.status == BookingStatus.CHECKED_OUT:
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CHECKED_IN)
        if not booking.arrival <= today <= booking.departure:
            raise WrongDay(
                data={"arrival": booking.arrival.isoformat(), "departure": booking.departure.isoformat()}
            )
        was_missed = booking.status == BookingStatus.NO_SHOW
        booking_move(booking, target=BookingStatus.CHECKED_IN, checked_in_at=at, cancellation_fee=None)
        span = assignment_span(booking, at=at)
        for room_index, room_id in rooms.items():
            room_give(
                booking,
                room_index=room_index,
                room_id=room_id,
                span=span,
                actor=actor,
                reason=room_reason,
                at=at,
            )
        if was_missed:
            charges_restore(booking, actor=actor)
        registrations_save(booking, registrations, actor=actor, at=at)
        if idempotency is not None:
            idempotency.complete(booking)
    return booking


@translate_integrity_errors()
def booking_check_in_undo(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """The guest was checked in by mistake. Locks nights and booking.

    Raises `PermissionDenied`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, _today = _lock_for(
            actor, booking_id, operation="booking_check_in", target=BookingStatus.CONFIRMED, at=at
        )
        if booking.status != BookingStatus.CHECKED_IN:
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CONFIRMED)
        return booking_move(booking, target=BookingStatus.CONFIRMED, checked_in_at=None)


@translate_integrity_errors()
def booking_check_out(
    *,
    booking_id: int,
    actor: User,
    reason: str = "",
    is_on_invoice: bool = False,
    expected_version: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> Booking:
    """The guest has left and the folio is settled; their rooms are dirty from now on.

    ``is_on_invoice``: what is owed stays open on an invoice that was issued. A manager may let somebody go with an
    unsettled folio and says why (``reason``), which is noted on the booking. ``expected_version`` is the version that
    was read; None: whatever it is. Locks nights, booking, rooms, folio. Raises `PermissionDenied`, `VersionConflict`,
    `TransitionNotAllowed`, `FolioUnsettled`, `InvoiceMissing`.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, _today = _lock_for(
            actor,
            booking_id,
            operation="booking_check_out",
            target=BookingStatus.CHECKED_OUT,
            at=at,
            expected_version=expected_version,
        )
        settled_or_refuse(booking, actor=actor, reason=reason, is_on_invoice=is_on_invoice)
        booking_move(booking, target=BookingStatus.CHECKED_OUT, checked_out_at=at)
        if idempotency is not None:
            idempotency.complete(booking)
    return booking


@translate_integrity_errors()
def booking_check_out_undo(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """The guest was checked out by mistake: they are in the house again. On the same day only.

    Money and invoices stay as they are. Locks nights and booking. Raises `PermissionDenied`, `TransitionNotAllowed`,
    `WrongDay` on a later day.
    """
    at = at or timezone.now()
    with transaction.atomic(durable=True):
        booking, today = _lock_for(
            actor, booking_id, operation="booking_check_out", target=BookingStatus.CHECKED_IN, at=at
        )
        if booking.status != BookingStatus.CHECKED_OUT or booking.checked_out_at is None:
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CHECKED_IN)
        if property_today(booking.property.time_zone, booking.checked_out_at) != today:
            raise WrongDay(data={"checked_out_at": booking.checked_out_at.isoformat()})
        return booking_move(booking, target=BookingStatus.CHECKED_IN, checked_out_at=None)


def booking_no_show(*, booking_id: int, actor: User | None, at: datetime | None = None) -> Booking:
    """The guest has not come: rooms free, the no-show fee kept, what was paid beyond it goes back, a mail says so.

    Staff say it from the day of arrival on; without an ``actor`` the clock does, from the property's own time on.
    Locks nights, booking, folio. Raises `PermissionDenied`, `WrongDay`, `TransitionNotAllowed`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking, today = _lock_for(
            actor, booking_id, operation="booking_no_show", target=BookingStatus.NO_SHOW, at=at
        )
        if today < booking.arrival or (actor is None and not no_show_is_due(booking, at=at)):
            raise WrongDay(data={"arrival": booking.arrival.isoformat()})
        fee: Decimal = no_show_fee(sold_get(booking=booking))
        charges_keep(booking, fee=fee, what="no-show", actor=actor)
        booking_move(booking, target=BookingStatus.NO_SHOW, cancellation_fee=fee)
        space_bookings_follow(booking)
        refunds = surplus_refund(booking, why=_("Refund after no-show"), actor=actor)
        authorizations_settle(folio_id=booking.folio_id)
        no_show_mail(booking, fee=fee)
    refunds_execute(refunds)
    return booking


def booking_no_show_undo(*, booking_id: int, actor: User, at: datetime | None = None) -> Booking:
    """Somebody was marked as not come by mistake: they are expected again, if rooms are left, and told so by mail.

    Until the day of departure. What went back to the guest in the meantime is owed again. Locks nights, booking,
    folio. Raises `PermissionDenied`, `WrongDay`, `TransitionNotAllowed`, `SoldOut`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        booking, today = _lock_for(
            actor, booking_id, operation="booking_no_show", target=BookingStatus.CONFIRMED, at=at
        )
        if booking.status != BookingStatus.NO_SHOW:
            raise TransitionNotAllowed.between(source=booking.status, target=BookingStatus.CONFIRMED)
        if today >= booking.departure:
            raise WrongDay(data={"departure": booking.departure.isoformat()})
        booking_move(booking, target=BookingStatus.CONFIRMED, cancellation_fee=None)
        charges_restore(booking, actor=actor)
        confirmed_mail(
            booking,
            sold=sold_get(booking=booking),
            money=folio_money(folio_id=booking.folio_id),
            at=at,
            again=f"{at:%Y%m%dT%H%M}",
        )
    return booking


def _lock_for(
    actor: User | None,
    booking_id: int,
    *,
    operation: str,
    target: BookingStatus,
    at: datetime,
    room_type_ids: Iterable[int] = (),
    expected_version: int | None = None,
) -> tuple[Booking, date]:
    """Lock a booking for staff who may do the operation, or for the clock; with it comes today's date there."""
    booking = booking_lock(booking_id=booking_id, room_type_ids=room_type_ids)
    if actor is not None and not staff_may(actor, booking.property_id, *OPERATION_PERMISSIONS[operation]):
        raise PermissionDenied
    version_check(booking, expected=expected_version)
    if not transition_allowed(source=booking.status, target=target):
        raise TransitionNotAllowed.between(source=booking.status, target=target)
    return booking, property_today(booking.property.time_zone, at)
