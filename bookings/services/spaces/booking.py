"""A space is booked, or asked for: once, or again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ConsentWay, User
from bookings.exceptions import ReferenceTaken
from bookings.models import Booking, BookingChannel, SpaceBooking, SpaceSeries
from bookings.selectors.spaces.availability import wish_check
from bookings.selectors.spaces.rules import PURPOSE_MAX_LENGTH
from bookings.selectors.spaces.series import series_preview
from bookings.series import rule_clean
from bookings.services.guests import guest_clean, terms_note
from bookings.services.moving import booking_row_lock
from bookings.space_exceptions import (
    SeriesConflicts,
    SeriesInvalid,
    SpacePriceChanged,
    StayNotFitting,
    time_invalid,
)
from bookings.space_links import space_token_new
from bookings.space_terms import terms_of
from bookings.space_transitions import SpaceBookingStatus
from bookings.space_types import BookedSpace, Occurrence, SeriesWish, SpaceWish, problem_json
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails
from core.dates import property_now
from core.exceptions import translate_integrity_errors
from core.idempotency import IdempotencyClaim
from core.references import reference_new, token_hash
from inventory.hourly import Period, SpaceQuote
from inventory.models import Space
from inventory.selectors.spaces import UnknownSpace, space_get

from .charging import charge
from .events import space_moved_event
from .mails import booked_mail
from .moving import spaces_lock, staff_check
from .waiting import space_reap

ATTEMPTS = 4
BILL_STATUSES = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)
_S = SpaceBookingStatus


def space_book(
    *,
    wish: SpaceWish,
    guest: GuestDetails,
    user: User | None,
    actor: User | None,
    channel: BookingChannel | str,
    expected_total: Decimal | None,
    stay_id: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
    terms: ConsentWay | None = None,
) -> BookedSpace:
    """Book a space for a time, or ask for it where the house has to agree. Committed on return.

    ``user`` is whose booking it is, ``actor`` who makes it; only staff whose role may ``space_book`` book as "staff",
    and what they book is agreed. ``stay_id`` puts the price on the bill of a stay: the caller has checked that it is
    the guest's. ``terms``: by which way the guest has agreed to the terms of booking, if they have. What has to be paid
    in advance is held meanwhile. Locks the stay, the space, and what it reaps.

    Raises `SpaceTimeInvalid`, `SpaceTaken`, `SpacePriceChanged`, `StayNotFitting`, `GuestInvalid`, `UnknownSpace`,
    `PermissionDenied`, `Unavailable`.
    """
    at = at or timezone.now()
    return _retrying(
        lambda: _book_once(
            wish=wish,
            guest=guest,
            user=user,
            actor=actor,
            channel=BookingChannel(channel),
            expected_total=expected_total,
            stay_id=stay_id,
            at=at,
            idempotency=idempotency,
            terms=terms,
        )
    )


def space_series_book(
    *,
    wish: SeriesWish,
    guest: GuestDetails,
    user: User | None,
    actor: User | None,
    channel: BookingChannel | str,
    expected_total: Decimal | None,
    skip_conflicts: bool = False,
    skip_days: Sequence[date] = (),
    stay_id: int | None = None,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
    terms: ConsentWay | None = None,
) -> BookedSpace:
    """Book a series in one transaction: every occurrence of `series_preview`, or none of them.

    ``skip_days`` are left out. Of the others, those that cannot be had are left out with ``skip_conflicts``, and
    refuse the whole otherwise. ``expected_total`` is what the rest costs. Otherwise as `space_book`; raises
    `SeriesConflicts` with every conflict, and `SeriesInvalid`.
    """
    at = at or timezone.now()
    return _retrying(
        lambda: _series_once(
            wish=wish,
            guest=guest,
            user=user,
            actor=actor,
            channel=BookingChannel(channel),
            expected_total=expected_total,
            skip_conflicts=skip_conflicts,
            skip_days=frozenset(skip_days),
            stay_id=stay_id,
            at=at,
            idempotency=idempotency,
            terms=terms,
        )
    )


def _retrying(book: Callable[[], BookedSpace]) -> BookedSpace:
    """Draw other references when one exists already."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return book()
        except ReferenceTaken:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("every attempt returns or raises")


def _book_once(
    *,
    wish: SpaceWish,
    guest: GuestDetails,
    user: User | None,
    actor: User | None,
    channel: BookingChannel,
    expected_total: Decimal | None,
    stay_id: int | None,
    at: datetime,
    idempotency: IdempotencyClaim | None,
    terms: ConsentWay | None,
) -> BookedSpace:
    with translate_integrity_errors(), transaction.atomic(durable=True):
        is_staff = channel == BookingChannel.STAFF
        space, stay = _locked(wish.space_id, channel=channel, actor=actor, stay_id=stay_id)
        space_reap(space=space, spans=[wish.period], at=at)
        quote = wish_check(
            space, wish.period, at=at, persons=wish.persons, equipment=wish.equipment, is_staff=is_staff
        )
        _price_check(expected_total, quote.total, quote.currency)
        booking = _write(
            space=space,
            wish=wish,
            quote=quote,
            guest=guest_clean(guest, email_required=not is_staff),
            user=user,
            actor=actor,
            channel=channel,
            stay=stay,
            series=None,
            at=at,
        )
        booked = BookedSpace((booking,), space_token_new(booking.reference))
        if terms is not None:
            terms_note(booking, way=terms, actor=actor)
        booked_mail(booked.bookings, at=at)
        if idempotency is not None:
            idempotency.complete(booked)
    return booked


def _series_once(
    *,
    wish: SeriesWish,
    guest: GuestDetails,
    user: User | None,
    actor: User | None,
    channel: BookingChannel,
    expected_total: Decimal | None,
    skip_conflicts: bool,
    skip_days: frozenset[date],
    stay_id: int | None,
    at: datetime,
    idempotency: IdempotencyClaim | None,
    terms: ConsentWay | None,
) -> BookedSpace:
    with translate_integrity_errors(), transaction.atomic(durable=True):
        is_staff = channel == BookingChannel.STAFF
        space, stay = _locked(wish.space_id, channel=channel, actor=actor, stay_id=stay_id)
        guest = guest_clean(guest, email_required=not is_staff)
        planned = series_preview(space, wish, at=at, is_staff=is_staff)
        space_reap(space=space, spans=[one.period for one in planned.occurrences if one.period], at=at)
        chosen = _chosen(planned.occurrences, skip_days=skip_days, skip_conflicts=skip_conflicts)
        total = sum((quote.total for _period, quote in chosen), Decimal(0))
        _price_check(expected_total, total, planned.currency)
        days = {property_now(space.property.time_zone, period.start).date() for period, _quote in chosen}
        series = SpaceSeries.objects.create(
            reference=reference_new(),
            property=space.property,
            space=space,
            rule=rule_clean(wish.rule),
            first_day=wish.first_day,
            starts_at=wish.starts_at,
            minutes=wish.minutes,
            skipped_days=sorted({one.day for one in planned.occurrences} - days),
        )
        bookings = tuple(
            _write(
                space=space,
                wish=SpaceWish(space.pk, period, wish.persons, wish.purpose, wish.equipment),
                quote=quote,
                guest=guest,
                user=user,
                actor=actor,
                channel=channel,
                stay=stay,
                series=series,
                at=at,
            )
            for period, quote in chosen
        )
        booked = BookedSpace(bookings, space_token_new(bookings[0].reference), series)
        if terms is not None:
            terms_note(bookings[0], way=terms, actor=actor)
        booked_mail(bookings, at=at)
        if idempotency is not None:
            idempotency.complete(booked)
    return booked


def _locked(
    space_id: int, *, channel: BookingChannel, actor: User | None, stay_id: int | None
) -> tuple[Space, Booking | None]:
    """Lock the stay, then the space; staff see those that are not on offer too."""
    stay = booking_row_lock(booking_id=stay_id) if stay_id is not None else None
    spaces_lock([space_id])
    is_staff = channel == BookingChannel.STAFF
    space = space_get(space_id=space_id, include_inactive=is_staff)
    if is_staff:
        staff_check(actor, "space_book", space.property_id)
    if not space.is_active:
        raise UnknownSpace
    if stay is not None and stay.property_id != space.property_id:
        raise StayNotFitting(field="stay")
    return space, stay


def _chosen(
    occurrences: Sequence[Occurrence], *, skip_days: frozenset[date], skip_conflicts: bool
) -> list[tuple[Period, SpaceQuote]]:
    wanted = [one for one in occurrences if one.day not in skip_days]
    conflicts = [one for one in wanted if one.problem is not None]
    if conflicts and not skip_conflicts:
        raise SeriesConflicts(
            data={
                "conflicts": [
                    {"day": one.day.isoformat(), "problem": problem_json(one.problem)} for one in conflicts
                ]
            }
        )
    chosen = [(one.period, one.quote) for one in wanted if one.is_free and one.period and one.quote]
    if not chosen:
        raise SeriesInvalid(code="series_empty", field="rule")
    return chosen


def _price_check(expected: Decimal | None, total: Decimal, currency: str) -> None:
    if expected is not None and expected != total:
        raise SpacePriceChanged.to(total, currency)


def _write(
    *,
    space: Space,
    wish: SpaceWish,
    quote: SpaceQuote,
    guest: GuestDetails,
    user: User | None,
    actor: User | None,
    channel: BookingChannel,
    stay: Booking | None,
    series: SpaceSeries | None,
    at: datetime,
) -> SpaceBooking:
    """Write one booking whose time was found free under the space's lock, and charge what is agreed."""
    if len(wish.purpose) > PURPOSE_MAX_LENGTH:
        raise time_invalid("purpose_too_long", "", field="purpose")
    if stay is not None:
        stay_check(stay, wish.period)
    status, kept_until = _beginning(space, quote, wish.period, channel=channel, stay=stay, at=at)
    reference = reference_new()
    needed = wish.period.widened(before=space.buffer_before_minutes, after=space.buffer_after_minutes)
    booking = SpaceBooking(
        reference=reference,
        access_token_hash=token_hash(space_token_new(reference)),
        property=space.property,
        space=space,
        series=series,
        user=user,
        stay=stay,
        guest_name=guest.name,
        guest_email=guest.email,
        guest_phone=guest.phone,
        language=guest.language,
        start=wish.period.start,
        end=wish.period.end,
        occupied_from=needed.start,
        occupied_until=needed.end,
        persons=wish.persons,
        purpose=wish.purpose.strip(),
        equipment=sorted(set(wish.equipment)),
        status=status,
        hold_expires_at=kept_until,
        currency=quote.currency,
        tax_added=quote.tax_added,
        total=quote.total,
        quote=quote.as_json(),
        terms=terms_of(space),
        channel=channel,
        decided_at=at if channel == BookingChannel.STAFF and space.needs_approval else None,
        decided_by=actor if channel == BookingChannel.STAFF and space.needs_approval else None,
    )
    booking.save(force_insert=True)
    if status != _S.REQUESTED and booking.total:
        charge(booking, what="book", actor=actor)
        booking.save(update_fields=["folio", "charged"])
    space_moved_event(booking)
    return booking


def stay_check(stay: Booking, period: Period) -> None:
    """Only during a stay that is sold, on its own days. Raises `StayNotFitting`."""
    zone = stay.property.time_zone
    first, last = property_now(zone, period.start).date(), property_now(zone, period.end).date()
    if stay.status not in BILL_STATUSES or not stay.arrival <= first <= last <= stay.departure:
        raise StayNotFitting(field="stay")


def _beginning(
    space: Space,
    quote: SpaceQuote,
    period: Period,
    *,
    channel: BookingChannel,
    stay: Booking | None,
    at: datetime,
) -> tuple[SpaceBookingStatus, datetime | None]:
    """The state a booking begins in, and until when it is kept there."""
    if channel == BookingChannel.STAFF:
        return _S.CONFIRMED, None
    if space.needs_approval:
        return _S.REQUESTED, min(at + timedelta(minutes=space.request_hold_minutes), period.start)
    if quote.is_free or stay is not None:
        return _S.CONFIRMED, None
    return _S.HELD, at + timedelta(minutes=settings.BOOKING_HOLD_MINUTES)
