"""Exports are asked for, cancelled, and deleted when their time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with, roles_for
from accounts.selectors import staff_access
from accounts.types import StaffAccess
from core.exceptions import NotFound, PermissionDenied, ValidationFailed
from core.outbox import effect_enqueue
from core.private_files import private_files_delete_old, private_storage
from reports.access import export_house_ids
from reports.exceptions import TooManyExports
from reports.exporting import ExportSource, export_source
from reports.models import Export, ExportFormat, ExportState
from reports.selectors.exports import export_of

WRITE = "reports.export_write"
FOLDER = "exports"
OPEN_STATES = (ExportState.WAITING, ExportState.RUNNING)
OPEN_MAX = 5
"""So many exports one person may have waiting at a time."""
QUERY_MAX = 4_000


def source_house_ids(source: ExportSource, access: StaffAccess) -> list[int] | None:
    """Return the houses of which somebody may export a list: where they may both see its rows and export."""
    readers = OPERATION_PERMISSIONS[source.operation] if source.operation else roles_for(source.model, "view")
    seen = property_ids_with(access, readers)
    may = export_house_ids(access)
    if seen is None or may is None:
        return may if seen is None else seen
    return sorted(set(seen) & set(may))


def export_request(
    *, kind: str, query: str, file_format: str, actor: User, at: datetime | None = None
) -> Export:
    """Have a list written to a file in the background. One durable transaction: the export and its effect.

    The actor's row is locked, so that two requests at once cannot pass the limit. Raises `NotFound` for a list that
    does not exist, `PermissionDenied`, `ValidationFailed` (format, filters), `TooManyExports`.
    """
    source = export_source(kind)
    if source is None:
        raise NotFound
    access = staff_access(actor)
    house_ids = source_house_ids(source, access)
    if house_ids == []:
        raise PermissionDenied
    if file_format not in ExportFormat.values or len(query) > QUERY_MAX:
        raise ValidationFailed(field="file_format")
    source.rows(actor, query, house_ids)
    with transaction.atomic(durable=True):
        User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
        if Export.objects.filter(requested_by=actor, state__in=OPEN_STATES).count() >= OPEN_MAX:
            raise TooManyExports
        export = Export.objects.create(
            kind=kind,
            query=query,
            file_format=file_format,
            requested_by=actor,
            language=actor.language or get_language() or "en",
            property_ids=house_ids,
        )
        effect_enqueue(kind=WRITE, payload={"export_id": export.pk}, dedup_key=f"export:{export.pk}", at=at)
    return export


def export_cancel(*, uid: UUID, actor: User) -> Export:
    """Stop an export that is not ready; one that is over stays as it is. The writer looks every few thousand rows.

    Two queries. Raises `NotFound` for somebody else's.
    """
    export = export_of(user=actor, uid=uid)
    Export.objects.filter(pk=export.pk, state__in=OPEN_STATES).update(
        state=ExportState.CANCELLED, finished_at=timezone.now(), updated_at=timezone.now()
    )
    export.refresh_from_db()
    return export


def exports_delete_old(*, at: datetime | None = None) -> int:
    """Delete files whose time is over, also those that a killed worker left; how many exports lost theirs."""
    at = at or timezone.now()
    storage = private_storage()
    expired = list(Export.objects.filter(state=ExportState.DONE, expires_at__lte=at))
    for export in expired:
        storage.delete(export.file)
        Export.objects.filter(pk=export.pk).update(state=ExportState.EXPIRED, file="", updated_at=at)
    private_files_delete_old(FOLDER, before=at - timedelta(days=settings.EXPORT_DAYS + 1))
    return len(expired)
