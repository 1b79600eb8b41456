"""Spaces by the hour on the page of a house."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory.sections import property_section_register
from inventory.selectors import PropertySummary
from inventory.selectors.spaces import space_cards


def register() -> None:
    """Add the section; called when the app is ready."""
    property_section_register(
        key="spaces",
        order=5,
        title=_("Spaces by the hour"),
        template="spaces/section.html",
        context=house_spaces,
    )


def house_spaces(request: HttpRequest, house: PropertySummary) -> dict[str, Any] | None:
    """The spaces of a house; nothing where there are none. No query once the catalogue is cached."""
    cards = space_cards(property_id=house.id)
    return {"spaces": cards} if cards else None
