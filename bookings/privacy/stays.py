"""Stays: the guest goes, and nights, prices, taxes, channel and country stay, because the figures are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F
from django.db.transaction import on_commit
from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds, holds_nothing
from bookings.models import Booking, Registration
from core.cache.generations import bump
from core.cache.keys import USER_BOOKINGS

STAY = "of the stay as it was sold: the figures and the bill are made of it"
CARDS = "registration cards are kept until the day the law names (REGISTRATION_KEEP_DAYS), then deleted by the clock"


def _cards_and_caches(keys: Sequence[Any], at: datetime) -> None:
    """Delete cards whose time is over, and outdate what accounts see."""
    Registration.objects.filter(booking__in=keys, keep_until__lt=at.date()).delete()
    users = Booking.objects.filter(pk__in=keys, user__isnull=False).order_by()
    for user_id in set(users.values_list("user_id", flat=True)):
        on_commit(partial(bump, USER_BOOKINGS, user_id))


holds(
    "bookings.booking",
    title=_("Bookings"),
    order=100,
    shown=(
        *("reference", "created_at", "property", "room_type", "rate_plan", "arrival", "departure", "status"),
        *("rooms", "adults", "children_ages", "total", "currency", "channel", "guest_country", "language"),
    ),
    personal=(
        *("guest_name", "guest_email", "guest_phone", "special_requests", "staff_notes"),
        *("cancellation_reason", "arrival_time", "user", "guest"),
    ),
    secret=("access_token_hash",),
    plain=("quote", "cancellation_terms", "market_segment", "source"),
    reason=STAY,
    values={"version": F("version") + 1},
    prepare=_cards_and_caches,
)
holds_nothing("bookings.bookingnight", reason=STAY)
holds(
    "bookings.bookingchange",
    title=_("Changes of bookings"),
    order=101,
    find=lambda person: person.by_rows("booking", "bookings.booking"),
    shown=("created_at", "status", "before_total", "after_total", "currency", "fee"),
    personal=("reason",),
    plain=("before", "after", "refusal", "key"),
    reason=STAY,
    values={"reason": "–"},
)
holds(
    "bookings.bookingnote",
    title=_("Notes of the house"),
    order=102,
    find=lambda person: person.by_rows("booking", "bookings.booking"),
    shown=("created_at",),
    personal=("text",),
    kept=("author_name",),
    reason="who wrote a note is part of it, and goes with it",
    erase="delete",
    unlock=("bookings.BookingNote:append_only",),
)
holds(
    "bookings.roomassignment",
    title=_("Rooms"),
    order=103,
    find=lambda person: person.by_rows("booking", "bookings.booking"),
    shown=("room", "start", "end"),
    personal=("reason",),
)
holds(
    "bookings.registration",
    title=_("Registration cards"),
    order=104,
    find=lambda person: person.by_rows("booking", "bookings.booking"),
    shown=("booking", "position", "keep_until"),
    kept=("name", "address", "nationality", "birth_date", "document_kind", "document_number"),
    reason=CARDS,
    erase="keep",
)
holds(
    "bookings.trip",
    title=_("Trips"),
    order=105,
    find=lambda person: person.by_user("user"),
    shown=("reference", "created_at"),
    personal=("title", "notes", "user"),
    secret=("share_nonce", "calendar_nonce"),
)
holds_nothing("bookings.bookingchangehold", reason="rooms that are kept for a change")
holds_nothing("bookings.bookingnotice", "kind", reason="which mail went out when")
holds_nothing("bookings.staffdigest", reason="which daily mail went out when")
holds_nothing("bookings.groupblock", reason="rooms that are kept for a group")
