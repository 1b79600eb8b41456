"""`{% load bookings %}{{ summary.status|status_label }}`."""

from __future__ import annotations

from django import template

from bookings.transitions import BookingStatus

register = template.Library()


@register.filter
def status_label(status: str) -> str:
    """The word for a status, in the active language, with a capital letter."""
    label = str(BookingStatus(status).label)
    return label[:1].upper() + label[1:]
