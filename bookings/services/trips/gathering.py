"""A trip comes to be, takes bookings in and lets them go; the bookings themselves are not changed by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import email_is_verified
from bookings.exceptions import BookingNotFound, ReferenceTaken, TripForeign, TripFull, TripNotFound
from bookings.models import Booking, Trip
from core.cache.generations import bump
from core.cache.keys import USER_BOOKINGS
from core.exceptions import translate_integrity_errors
from core.locks import lock_timeout
from core.references import reference_new

TRIP_MAX_BOOKINGS = 30
TITLE_MAX_LENGTH = 100
NOTES_MAX_LENGTH = 2000
ATTEMPTS = 4


def trip_create(
    *,
    user: User | None,
    booking_ids: Sequence[int] = (),
    title: str = "",
    notes: str = "",
) -> Trip:
    """Make a trip of a guest's bookings; without a title it is called after their cities. Committed on return.

    Who may see these bookings is for the caller to check. Bookings in another trip move. Raises `BookingNotFound`,
    `TripForeign`, `TripFull`, `Unavailable`.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                trip = Trip.objects.create(
                    reference=reference_new(),
                    user=user,
                    title=title.strip()[:TITLE_MAX_LENGTH] or _title_of(booking_ids),
                    notes=notes.strip()[:NOTES_MAX_LENGTH],
                )
                for booking_id in sorted(set(booking_ids)):
                    _take(trip, booking_id)
            return trip
        except ReferenceTaken:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("every attempt returns or raises")


@translate_integrity_errors()
def trip_change(*, trip_id: int, title: str | None = None, notes: str | None = None) -> Trip:
    """Rename a trip, or write notes for its travellers; None leaves a text as it is. Locks the trip."""
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        if title is not None and title.strip():
            trip.title = title.strip()[:TITLE_MAX_LENGTH]
        if notes is not None:
            trip.notes = notes.strip()[:NOTES_MAX_LENGTH]
        trip.save(update_fields=["title", "notes", "updated_at"])
    return trip


@translate_integrity_errors()
def trip_booking_add(*, trip_id: int, booking_id: int) -> Trip:
    """Put a booking into a trip; one that was in another moves. A trip without account takes the booking's.

    Locks trip and booking. Raises `TripNotFound`, `BookingNotFound`, `TripForeign`, `TripFull`, `Unavailable`.
    """
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        _take(trip, booking_id)
    return trip


@translate_integrity_errors()
def trip_booking_remove(*, trip_id: int, booking_id: int) -> Trip:
    """Take a booking out of a trip; one that is not in it changes nothing. Locks the trip."""
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        Booking.objects.filter(pk=booking_id, trip=trip).update(trip=None, updated_at=timezone.now())
        _bump(trip)
    return trip


@translate_integrity_errors()
def trip_delete(*, trip_id: int) -> None:
    """Forget a trip; its bookings stay, each for itself. Locks the trip. Raises `TripNotFound`."""
    with transaction.atomic(durable=True):
        trip = trip_lock(trip_id=trip_id)
        trip.bookings.update(trip=None, updated_at=timezone.now())
        _bump(trip)
        trip.delete()


def trips_claim(*, user: User, at: datetime | None = None) -> int:
    """Give a user the trips without account whose bookings are all theirs by now; how many. Two queries.

    Nothing happens while the address is not confirmed.
    """
    if not email_is_verified(user):
        return 0
    foreign = Booking.objects.filter(Q(user=None) | ~Q(user=user), trip__isnull=False)
    trips = Trip.objects.filter(user=None, bookings__user=user).exclude(pk__in=foreign.values("trip_id"))
    ids = list(trips.distinct().order_by().values_list("pk", flat=True))
    return Trip.objects.filter(pk__in=ids, user=None).update(user=user, updated_at=at or timezone.now())


def trip_lock(*, trip_id: int) -> Trip:
    """Lock a trip, before anything of its bookings. Two queries. Raises `TripNotFound`, `Unavailable`."""
    with lock_timeout():
        trip = Trip.objects.select_for_update(no_key=True).filter(pk=trip_id).first()
    if trip is None:
        raise TripNotFound
    return trip


def _take(trip: Trip, booking_id: int) -> None:
    """Put a booking into a locked or new trip."""
    with lock_timeout():
        booking = Booking.objects.select_for_update(no_key=True).filter(pk=booking_id).first()
    if booking is None:
        raise BookingNotFound
    if booking.trip_id == trip.pk:
        return
    if trip.bookings.count() >= TRIP_MAX_BOOKINGS:
        raise TripFull(data={"most": TRIP_MAX_BOOKINGS})
    if trip.user_id is None and booking.user_id is not None:
        if trip.bookings.exclude(user=None).exclude(user_id=booking.user_id).exists():
            raise TripForeign
        trip.user_id = booking.user_id
        trip.save(update_fields=["user", "updated_at"])
    if booking.user_id is not None and booking.user_id != trip.user_id:
        raise TripForeign
    Booking.objects.filter(pk=booking_id).update(trip=trip, updated_at=timezone.now())
    _bump(trip)


def _bump(trip: Trip) -> None:
    if trip.user_id is not None:
        bump(USER_BOOKINGS, trip.user_id)


def _title_of(booking_ids: Sequence[int]) -> str:
    """A name made of cities: "Porto and Vienna"."""
    rows = Booking.objects.filter(pk__in=booking_ids).order_by("arrival", "pk")
    cities = list(dict.fromkeys(rows.values_list("property__city", flat=True)))
    return get_text_list(cities[:3], _("and"))[:TITLE_MAX_LENGTH] if cities else _("My trip")
