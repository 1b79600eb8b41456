"""Whose account a folio is. Payments know no bookings: the app that does says it."""

from __future__ import annotations

from collections.abc import Callable

from .types import FolioSubject

SubjectSource = Callable[[int], FolioSubject | None]
"""Tells of a folio by its id, with few queries; None for one that it knows nothing of."""

_sources: dict[str, SubjectSource] = {}


def folio_subject_register(key: str, source: SubjectSource) -> None:
    """Add a source, once; called when an app is ready."""
    _sources[key] = source


def folio_subject(folio_id: int) -> FolioSubject | None:
    """Whose account a folio is; None if nobody knows."""
    for source in _sources.values():
        subject = source(folio_id)
        if subject is not None:
            return subject
    return None
