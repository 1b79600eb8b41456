"""The guest's dashboard as a place where every app may show a section, without the apps knowing each other.

An app registers its sections in ``AppConfig.ready``; `bookings:dashboard` renders them. A section's ``context`` is
read once per page with a constant number of queries (two at most), however much it shows: the page is to be there in
15 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

SectionContext = Callable[[Any, datetime], Mapping[str, Any] | None]
SectionArea = Literal["main", "side"]


@dataclass(frozen=True, slots=True)
class DashboardSection:
    """One registered section. ``order``: small numbers come first; ``area``: the wide column or the one beside it."""

    key: str
    order: int
    title: str | Promise
    template: str
    context: SectionContext
    area: SectionArea


@dataclass(frozen=True, slots=True)
class DashboardPart:
    """A section as it is shown: ``html`` stands below the heading; ``more_url`` leads to all of it, "" for nowhere."""

    key: str
    title: str | Promise
    area: SectionArea
    html: SafeString
    more_url: str
    more_label: str


_sections: dict[str, DashboardSection] = {}


def dashboard_section_register(
    *,
    key: str,
    order: int,
    title: str | Promise,
    template: str,
    context: SectionContext,
    area: SectionArea = "main",
) -> None:
    """Add a section to the dashboard.

    ``context(user, at)`` gives what ``template`` (a fragment below an h2: headings in it are h3) needs, or None where
    there is nothing to show. Its keys ``more_url`` and ``more_label`` become a link beside the heading. Raises
    `ValueError` for a key that is taken.
    """
    if key in _sections:
        raise ValueError(f"the dashboard has a section {key!r} already")
    _sections[key] = DashboardSection(key, order, title, template, context, area)


def dashboard_parts(*, user: Any, at: datetime, request: HttpRequest | None = None) -> list[DashboardPart]:
    """Every section that has something to show to a user, in order. As many queries as the sections need."""
    parts = []
    for section in sorted(_sections.values(), key=lambda section: (section.order, section.key)):
        context = section.context(user, at)
        if context is None:
            continue
        html = render_to_string(section.template, {"user": user, "at": at, **context}, request)
        parts.append(
            DashboardPart(
                key=section.key,
                title=section.title,
                area=section.area,
                html=mark_safe(html),  # noqa: S308 - a rendered template
                more_url=str(context.get("more_url", "")),
                more_label=str(context.get("more_label", "")),
            )
        )
    return parts
