"""What bookings show on the guest's dashboard."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.selectors import stays_glance
from bookings.selectors.spaces import space_bookings_upcoming
from bookings.selectors.trips import trips_of_user
from bookings.transitions import BookingStatus
from bookings.types import BookingSummary
from core.dashboard import dashboard_section_register
from core.dates import property_today
from inventory.selectors.destinations import catalogues_of

MORE_LABELS = {
    "upcoming": _("All upcoming stays"),
    "past": _("All past stays"),
    "cancelled": _("All cancelled stays"),
}

SPACES_SHOWN = 6
TRIPS_SHOWN = 6
LOOSE_STAYS_MIN = 2
"""A trip of one stay says nothing."""
CHECK_IN_DAYS = 3


def register() -> None:
    """Add the guest's stays and hours to the dashboard; called when the app is ready."""
    dashboard_section_register(
        key="upcoming",
        order=10,
        title=_("Your next stays"),
        template="bookings/dashboard/upcoming.html",
        context=upcoming,
    )
    dashboard_section_register(
        key="spaces",
        order=15,
        title=_("Your spaces by the hour"),
        template="spaces/dashboard.html",
        context=own_spaces,
    )
    dashboard_section_register(
        key="trips",
        order=20,
        title=_("Trips"),
        template="bookings/dashboard/trips.html",
        context=trips,
    )
    dashboard_section_register(
        key="past",
        order=60,
        title=_("Where you have been"),
        template="bookings/dashboard/past.html",
        context=past,
    )
    dashboard_section_register(
        key="cancelled",
        order=70,
        title=_("Cancelled or expired"),
        template="bookings/dashboard/cancelled.html",
        context=cancelled,
    )


def upcoming(user: User, at: datetime) -> dict[str, Any]:
    """Show what is ahead, or where to find something. Two queries when nothing is cached, and the catalogues."""
    return _stays(user, at, "upcoming")


def own_spaces(user: User, at: datetime) -> dict[str, Any] | None:
    """Show the next times in spaces; nothing where there are none. One query."""
    bookings = space_bookings_upcoming(user=user, at=at, limit=SPACES_SHOWN)
    return {"bookings": bookings} if bookings else None


def trips(user: User, at: datetime) -> dict[str, Any] | None:
    """Show trips, and let stays ahead be put into one. One query; nothing for who has neither."""
    found = list(trips_of_user(user=user)[:TRIPS_SHOWN])
    loose = [
        stay for stay in stays_glance(user=user, at=at).items.get("upcoming", ()) if stay.trip_id is None
    ]
    if not found and len(loose) < LOOSE_STAYS_MIN:
        return None
    return {"trips": found, "loose": loose if len(loose) >= LOOSE_STAYS_MIN else []}


def past(user: User, at: datetime) -> dict[str, Any] | None:
    """Show what is over; nothing where nothing is. No query: it was read with what is ahead."""
    context = _stays(user, at, "past")
    return context if context["stays"] else None


def cancelled(user: User, at: datetime) -> dict[str, Any] | None:
    """Show what was called off; nothing where nothing was. No query."""
    context = _stays(user, at, "cancelled")
    return context if context["stays"] else None


def _stays(user: User, at: datetime, group: str) -> dict[str, Any]:
    """Read the houses of all groups at once, so that only the first group asks the database."""
    glance = stays_glance(user=user, at=at)
    stays = glance.items.get(group, ())
    shown = chain.from_iterable(glance.items.values())
    houses = catalogues_of(property_ids=[stay.property_id for stay in shown])
    photos = {key: house.property.photo for key, house in houses.items()}
    context: dict[str, Any] = {
        "stays": [(stay, photos.get(stay.property_id), next_step(stay, at)) for stay in stays]
    }
    if glance.totals.get(group, 0) > len(stays):
        context["more_url"] = f"{reverse('bookings:list')}?show={group}"
        context["more_label"] = MORE_LABELS[group]
    return context


def next_step(stay: BookingSummary, at: datetime) -> str:
    """What the guest may want to do next with a stay: "pay", "settle", "check_in", "review", or ""."""
    if stay.status == BookingStatus.HELD:
        return "pay" if stay.hold_expires_at is not None and stay.hold_expires_at > at else ""
    today = property_today(stay.time_zone, at)
    if stay.status == BookingStatus.CONFIRMED:
        if 0 <= (stay.arrival - today).days <= CHECK_IN_DAYS:
            return "check_in"
        return "settle" if stay.balance > 0 else ""
    if stay.status == BookingStatus.CHECKED_OUT and not stay.is_reviewed:
        return "review" if (today - stay.departure).days <= settings.REVIEW_WINDOW_DAYS else ""
    return ""
