"""A booking of a space gets another time, or other details; or a whole series does."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.exceptions import EditConflict, TransitionNotAllowed
from bookings.models import SpaceBooking
from bookings.selectors.spaces.changing import space_change_preview
from bookings.selectors.spaces.rules import PURPOSE_MAX_LENGTH
from bookings.services.settling import refunds_execute
from bookings.space_exceptions import SeriesConflicts, SpacePriceChanged
from bookings.space_transitions import OPEN_STATUSES, SpaceBookingStatus
from bookings.space_types import ChangedOccurrence, SpaceChange, problem_json
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim
from core.money import round_money
from inventory.hourly import Period
from inventory.selectors.spaces import space_get

from .booking import stay_check
from .charging import charge, surpluses_refund, take_off
from .events import space_changed_event
from .mails import changed_mail
from .moving import scope_rows, space_booking_write, space_bookings_lock, spaces_lock, staff_check
from .waiting import space_reap


def space_booking_change(
    *,
    booking_id: int,
    change: SpaceChange,
    actor: User | None,
    scope: str = "one",
    is_staff: bool = False,
    expected_total: Decimal | None = None,
    expected_version: int | None = None,
    skip_conflicts: bool = False,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
) -> list[SpaceBooking]:
    """Change a booking, this and the following of its series, or all, as `space_change_preview` says.

    The price is that of the new time now; what is charged follows, a difference stays to be paid, and what was paid
    too much goes back. ``expected_total`` is what all of them cost afterwards. With ``skip_conflicts`` those that
    cannot be had stay as they are; without, one conflict refuses the whole: for one booking with its own error, for
    more with `SeriesConflicts`. Locks stay, space, bookings, folio.

    Raises `SpaceTaken`, `SpaceTimeInvalid`, `ChangeTooLate`, `ChangeNeedsApproval`, `SpacePriceChanged`,
    `EditConflict`, `TransitionNotAllowed`, `PermissionDenied`, `SpaceBookingNotFound`.
    """
    at = at or timezone.now()
    with translate_integrity_errors(), transaction.atomic(durable=True):
        named, bookings = _locked(booking_id, scope=scope, at=at, actor=actor, is_staff=is_staff)
        if expected_version is not None and named.version != expected_version:
            raise EditConflict(data={"version": named.version})
        space = space_get(space_id=named.space_id)
        preview = space_change_preview(
            space=space, named=named, bookings=bookings, change=change, at=at, is_staff=is_staff
        )
        space_reap(space=space, spans=[one.period for one in preview.occurrences], at=at)
        chosen = [one for one in preview.occurrences if one.problem is None]
        if preview.conflicts and not (skip_conflicts and chosen):
            if len(preview.occurrences) == 1 and preview.conflicts[0].problem is not None:
                raise preview.conflicts[0].problem
            raise SeriesConflicts(data={"conflicts": _conflicts(preview.conflicts)})
        after = preview.bookable_total
        if expected_total is not None and expected_total != after:
            raise SpacePriceChanged.to(after, preview.currency)
        with connection.cursor() as cursor:  # a series is moved over itself: what counts is the end
            cursor.execute("SET CONSTRAINTS space_booking_no_overlap DEFERRED")
        changed = [one.booking for one in chosen if _apply(one, change, actor=actor, at=at)]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS space_booking_no_overlap IMMEDIATE")
        refunds = surpluses_refund(changed, why=_("Refund of what was paid beyond the price"), actor=actor)
        if changed:
            changed_mail(changed)
        if idempotency is not None:
            idempotency.complete(bookings)
    refunds_execute(refunds)
    return bookings


def _locked(
    booking_id: int, *, scope: str, at: datetime, actor: User | None, is_staff: bool
) -> tuple[SpaceBooking, list[SpaceBooking]]:
    """Lock the space and what is changed; the booking named must be open, of the others those that are."""
    seen = SpaceBooking.objects.filter(pk=booking_id).first()
    rows = SpaceBooking.objects.filter(pk=booking_id)
    if seen is not None:
        rows = scope_rows(seen, scope, at=at) | rows
        if seen.stay_id is not None:
            space_bookings_lock(rows)  # the stays come before the space
        spaces_lock([seen.space_id])
    locked = space_bookings_lock(rows)
    named = next(one for one in locked if one.pk == booking_id)
    if is_staff:
        staff_check(actor, "space_book", named.property_id)
    if named.status not in OPEN_STATUSES or (named.start <= at and not is_staff):
        raise TransitionNotAllowed.between(source=named.status, target=named.status)
    return named, [one for one in locked if one.status in OPEN_STATUSES]


def _conflicts(conflicts: list[ChangedOccurrence]) -> list[dict[str, Any]]:
    return [{"reference": one.booking.reference, "problem": problem_json(one.problem)} for one in conflicts]


def _apply(one: ChangedOccurrence, change: SpaceChange, *, actor: User | None, at: datetime) -> bool:
    """Write one booking as the preview says, its price and its bill with it. False if nothing is different."""
    booking = one.booking
    fields: dict[str, Any] = {}
    if one.is_moved:
        fields |= _time_fields(one)
    if change.persons is not None:
        fields["persons"] = change.persons
    if change.purpose is not None:
        fields["purpose"] = change.purpose.strip()[:PURPOSE_MAX_LENGTH]
    if change.equipment is not None:
        fields["equipment"] = sorted(set(change.equipment))
    fields = {name: value for name, value in fields.items() if getattr(booking, name) != value}
    if not fields:
        return False
    if one.is_moved and booking.stay is not None:
        stay_check(booking.stay, one.period)
    told = sorted(fields)
    if fields.get("total", booking.total) != booking.total and booking.status != SpaceBookingStatus.REQUESTED:
        take_off(booking, keep=Decimal(0), what="change", actor=actor)
        for name, value in fields.items():
            setattr(booking, name, value)
        charge(booking, what="change", actor=actor)
        fields |= {"charged": booking.charged, "folio": booking.folio}
    if booking.hold_expires_at is not None and one.is_moved:
        fields["hold_expires_at"] = min(booking.hold_expires_at, one.period.start)
    space_booking_write(booking, **fields, reminded_at=None)
    space_changed_event(booking, changes=told)
    return True


def _time_fields(one: ChangedOccurrence) -> dict[str, Any]:
    booking = one.booking
    needed = Period(one.period.start, one.period.end).widened(
        before=int((booking.start - booking.occupied_from).total_seconds() // 60),
        after=int((booking.occupied_until - booking.end).total_seconds() // 60),
    )
    return {
        "start": one.period.start,
        "end": one.period.end,
        "occupied_from": needed.start,
        "occupied_until": needed.end,
        "total": round_money(one.quote.total, booking.currency),
        "tax_added": one.quote.tax_added,
        "quote": one.quote.as_json(),
    }
