"""What bookings show on the guest's dashboard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.selectors import stays_glance
from core.dashboard import dashboard_section_register
from inventory.selectors.destinations import catalogues_of

MORE_LABELS = {
    "upcoming": _("All upcoming stays"),
    "past": _("All past stays"),
    "cancelled": _("All cancelled stays"),
}


def register() -> None:
    """Add the guest's stays to the dashboard; called when the app is ready."""
    dashboard_section_register(
        key="upcoming",
        order=10,
        title=_("Your next stays"),
        template="bookings/dashboard/upcoming.html",
        context=upcoming,
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


def past(user: User, at: datetime) -> dict[str, Any] | None:
    """Show what is over; nothing where nothing is. No query: it was read with what is ahead."""
    context = _stays(user, at, "past")
    return context if context["stays"] else None


def cancelled(user: User, at: datetime) -> dict[str, Any] | None:
    """Show what was called off; nothing where nothing was. No query."""
    context = _stays(user, at, "cancelled")
    return context if context["stays"] else None


def _stays(user: User, at: datetime, group: str) -> dict[str, Any]:
    glance = stays_glance(user=user, at=at)
    stays = glance.items.get(group, ())
    houses = catalogues_of(property_ids=[stay.property_id for stay in stays])
    photos = {key: house.property.photo for key, house in houses.items()}
    context: dict[str, Any] = {"stays": [(stay, photos.get(stay.property_id)) for stay in stays]}
    if glance.totals.get(group, 0) > len(stays):
        context["more_url"] = f"{reverse('bookings:list')}?show={group}"
        context["more_label"] = MORE_LABELS[group]
    return context
