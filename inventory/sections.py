"""Parts of a house's page that other apps add, because inventory does not know them.

An app registers its sections in ``AppConfig.ready``. Where a section's context is cached under the property's
catalogue, the page stays without a query once it is warm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from .selectors import PropertySummary

SectionContext = Callable[[HttpRequest, PropertySummary], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class PropertySection:
    """A section below the rooms. ``key`` is its anchor, ``title`` its heading and its entry in the page's menu."""

    key: str
    order: int
    title: str | Promise
    template: str
    context: SectionContext


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section of one page, with what its template needs as ``data``."""

    key: str
    title: str | Promise
    template: str
    data: Mapping[str, Any]


_sections: dict[str, PropertySection] = {}


def property_section_register(
    *, key: str, order: int, title: str | Promise, template: str, context: SectionContext
) -> None:
    """Add a section to every house's page.

    ``context(request, property)`` gives what ``template`` finds as ``section.data``; None leaves the section out.
    Raises `ValueError` for a key that is taken.
    """
    if key in _sections:
        raise ValueError(f"the page of a house has a section {key!r} already")
    _sections[key] = PropertySection(key, order, title, template, context)


def property_sections(request: HttpRequest, house: PropertySummary) -> list[SectionShown]:
    """The sections of a house's page, in order. As many queries as they need."""
    shown = []
    for section in sorted(_sections.values(), key=lambda section: (section.order, section.key)):
        data = section.context(request, house)
        if data is not None:
            shown.append(SectionShown(section.key, section.title, section.template, data))
    return shown
