"""The overview of a day that staff get: its sections. Apps above add theirs with `digest_section_register`.

A section is asked in the language of its reader, and says nothing that cannot be seen in the administration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from notifications.types import DigestLineContext, DigestSectionContext

if TYPE_CHECKING:
    from inventory.models import Property

LINES_MAX = 25


@dataclass(frozen=True, slots=True)
class DigestDay:
    """Whose day it is: ``today`` is the property's date at ``at``."""

    house: Property
    today: date
    at: datetime


DigestSource = Callable[[DigestDay], DigestSectionContext | None]
"""Gives one section, or None where there is nothing to say; the number of its queries does not grow."""

_sources: dict[str, tuple[int, DigestSource]] = {}


def digest_section_register(key: str, source: DigestSource, *, position: int = 100) -> None:
    """Add a section, once; called when an app is ready. Lower positions come first."""
    _sources[key] = (position, source)


def digest_sections(day: DigestDay) -> list[DigestSectionContext]:
    """Every section that has something to say, in the active language."""
    ordered = sorted(_sources.items(), key=lambda item: (item[1][0], item[0]))
    sections = (source(day) for _key, (_position, source) in ordered)
    return [section for section in sections if section is not None]


def digest_section(
    title: str, lines: list[DigestLineContext], *, more: Callable[[int], str]
) -> DigestSectionContext | None:
    """A section of at most 25 lines; ``more`` words how many there are besides. None without lines."""
    if not lines:
        return None
    shown = lines[:LINES_MAX]
    if len(lines) > LINES_MAX:
        shown = [*shown, {"text": more(len(lines) - LINES_MAX), "url": ""}]
    return {"title": title, "lines": shown}
