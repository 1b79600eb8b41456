"""Reads about exports: everybody sees their own."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.exceptions import NotFound
from reports.models import Export


def exports_of(*, user: User) -> QuerySet[Export]:
    """Return somebody's exports, newest first. One query for a page."""
    return Export.objects.filter(requested_by=user).order_by("-pk")


def export_of(*, user: User, uid: UUID) -> Export:
    """Return one of somebody's exports. One query. Raises `NotFound` for anybody else's."""
    export = Export.objects.filter(requested_by=user, uid=uid).first()
    if export is None:
        raise NotFound
    return export


def covers(allowed: list[int] | None, export: Export) -> bool:
    """Whether somebody may still see every house that an export holds. No query."""
    if allowed is None:
        return True
    return export.property_ids is not None and set(export.property_ids) <= set(allowed)
