"""Reviews as a section of a house's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.views.reviews import reviews_context
from inventory.sections import property_section_register
from inventory.selectors import PropertySummary


def register() -> None:
    """Add the section; called when the app is ready."""
    property_section_register(
        key="reviews",
        order=10,
        title=_("Reviews"),
        template="bookings/partials/house_reviews.html",
        context=_context,
    )


def _context(request: HttpRequest, house: PropertySummary) -> Mapping[str, Any]:
    return reviews_context(request, house)
