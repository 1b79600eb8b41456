"""What reading a calendar changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class ImportReport:
    """Events by what happened to them, as ``2027-03-01-2027-03-03 Reserved``; nights are room nights."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Gone from the calendar, but too many at once to be believed yet."""
    unreadable: list[str] = field(default_factory=list)
    own: int = 0
    """Events of ours that came back."""
    nights_blocked: int = 0
    nights_released: int = 0
    conflicts_opened: int = 0
    conflicts_resolved: int = 0
    conflicts_open: int = 0
    is_unchanged: bool = False
    """The calendar was not sent again, because it is what it was."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
