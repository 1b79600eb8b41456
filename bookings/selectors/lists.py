"""A user's bookings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.querysets import BookingQuerySet
from bookings.types import BookingPage, BookingSummary
from core.cache.keys import USER_BOOKINGS
from core.cache.read import get_or_compute
from payments.selectors import folio_balances

BookingGroup = Literal["upcoming", "past", "cancelled"]
BOOKING_GROUPS: tuple[BookingGroup, ...] = ("upcoming", "past", "cancelled")
PAGE_SIZE = 20
PAGE_SIZE_MAX = 100


def bookings_of_user(
    *, user: User, group: BookingGroup | None = None, at: datetime | None = None
) -> BookingQuerySet:
    """A user's bookings with property, room type and rate plan, to be paginated.

    Upcoming ones come by arrival, others the newest first.
    """
    at = at or timezone.now()
    bookings = Booking.objects.with_summary().filter(user=user)
    if group == "upcoming":
        return bookings.upcoming(at=at).order_by("arrival", "pk")
    if group == "past":
        return bookings.past(at=at).order_by("-arrival", "-pk")
    if group == "cancelled":
        return bookings.called_off().order_by("-created_at", "-pk")
    return bookings.order_by("-created_at", "-pk")


def bookings_for_user(
    *,
    user: User,
    group: BookingGroup = "upcoming",
    page: int = 1,
    page_size: int = PAGE_SIZE,
    at: datetime | None = None,
) -> BookingPage:
    """One page of a user's bookings with what is still owed. Cached for that user; three queries when it is not.

    A page beyond the last is the last one.
    """
    at = at or timezone.now()
    page, page_size = max(page, 1), min(max(page_size, 1), PAGE_SIZE_MAX)
    return get_or_compute(
        USER_BOOKINGS,
        user.pk,
        ("page", group, page, page_size),
        lambda: _page_read(bookings_of_user(user=user, group=group, at=at), page, page_size),
    )


def _page_read(bookings: BookingQuerySet, page: int, page_size: int) -> BookingPage:
    total = bookings.count()
    page = min(page, max(1, -(-total // page_size)))
    rows = list(bookings[(page - 1) * page_size : page * page_size])
    return BookingPage(items=tuple(summaries_of(rows)), total=total, page=page, page_size=page_size)


def summaries_of(bookings: Collection[Booking]) -> list[BookingSummary]:
    """Lines of bookings whose property, room type and rate plan are at hand. One query."""
    balances = folio_balances(folio_ids=[booking.folio_id for booking in bookings])
    return [
        BookingSummary(
            reference=booking.reference,
            status=booking.status,
            property_id=booking.property_id,
            property_name=booking.property.name,
            property_slug=booking.property.slug,
            city=booking.property.city,
            country=booking.property.country,
            time_zone=booking.property.time_zone,
            room_type_name=booking.room_type.name,
            rate_plan_name=booking.rate_plan.name,
            arrival=booking.arrival,
            departure=booking.departure,
            rooms=booking.rooms,
            adults=booking.adults,
            children=len(booking.children_ages),
            total=booking.total,
            balance=balances[booking.folio_id],
            currency=booking.currency,
            hold_expires_at=booking.hold_expires_at,
            created_at=booking.created_at,
            trip_id=booking.trip_id,
            is_reviewed=getattr(booking, "is_reviewed", False),
        )
        for booking in bookings
    ]
