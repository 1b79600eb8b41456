"""Writing an export: some thousand rows at a time, into a file, in nearly constant memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.selectors import staff_access
from core.exceptions import DomainError, PermissionDenied
from core.outbox import EffectRun
from core.private_files import private_storage
from core.tabular import Table, table_csv, xlsx_write
from inventory.models import Property
from notifications.services import notification_enqueue
from notifications.types import GENERIC
from reports.exporting import ExportSource, export_source
from reports.models import Export, ExportFormat, ExportState

from .exporting import FOLDER, OPEN_STATES, source_house_ids

ROWS_A_STEP = 2_000
DAY_FORMAT = "%Y-%m-%d"


class ExportStopped(Exception):
    """It was cancelled, or somebody else has finished it."""


def export_write(*, export_id: int, run: EffectRun, is_last: bool) -> bool:
    """Write an export's file; False if there is nothing (more) to write. Safe to repeat and to run twice at once.

    Outside any transaction. Each attempt writes a file of its own from the first row, so a killed worker leaves
    nothing half done; the first that is ready counts. Rows are what the one who asked may see now. A refusal, and the
    last failure, end it as failed, and whoever asked is told.
    """
    export = Export.objects.select_related("requested_by").filter(pk=export_id, state__in=OPEN_STATES).first()
    if export is None:
        return False
    Export.objects.filter(pk=export.pk, state__in=OPEN_STATES).update(
        state=ExportState.RUNNING, started_at=timezone.now(), rows_done=0, updated_at=timezone.now()
    )
    try:
        with override(export.language):
            _write(export, run)
    except ExportStopped:
        return False
    except DomainError as error:
        _finish(export, state=ExportState.FAILED, error=str(error))
        return False
    except Exception:
        if is_last:
            with override(export.language):
                _finish(export, state=ExportState.FAILED, error=gettext("Something went wrong."))
        raise
    return True


def _write(export: Export, run: EffectRun) -> None:
    source = export_source(export.kind)
    house_ids = source_house_ids(source, staff_access(export.requested_by)) if source else []
    if source is None or house_ids == []:
        raise PermissionDenied
    rows = source.rows(export.requested_by, export.query, house_ids)
    total = rows.order_by().count()

    def progress(done: int) -> None:
        """Say how far it is; stop if nobody wants it any more."""
        run.progress(done=done, total=total)
        held = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
        if not held.update(rows_done=done, rows_total=max(total, done), updated_at=timezone.now()):
            raise ExportStopped

    progress(0)
    with tempfile.TemporaryFile() as file, timezone.override(_zone(house_ids)):
        count = _fill(file, export, source, _counted(source.lines(rows), progress))
        size = file.tell()
        file.seek(0)
        name = private_storage().save(f"{FOLDER}/{export.uid}.{export.file_format}", File(file))
    is_first = _finish(
        export,
        state=ExportState.DONE,
        file=name,
        size_bytes=size,
        rows_done=count,
        rows_total=count,
        property_ids=house_ids,
        expires_at=run.at + timedelta(days=settings.EXPORT_DAYS),
    )
    if not is_first:
        private_storage().delete(name)


def _fill(file: IO[bytes], export: Export, source: ExportSource, lines: Iterator[list[Any]]) -> int:
    """Write the rows in the format that was asked for; how many."""
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    table = Table(columns=source.table_columns(), rows=counted(), title=str(source.label))
    if export.file_format == ExportFormat.XLSX:
        xlsx_write(table, file)
        file.seek(0, 2)
    else:
        for piece in table_csv(table, with_bom=True):
            file.write(piece)
    return count


def _counted(lines: Iterator[list[Any]], progress: Callable[[int], None]) -> Iterator[list[Any]]:
    for number, line in enumerate(lines, start=1):
        yield line
        if number % ROWS_A_STEP == 0:
            progress(number)


def _zone(house_ids: list[int] | None) -> ZoneInfo:
    """Return the clock of the file: that of the house where there is one, else UTC."""
    if house_ids is None or len(house_ids) != 1:
        return ZoneInfo("UTC")
    return ZoneInfo(Property.objects.values_list("time_zone", flat=True).get(pk=house_ids[0]))


def _finish(export: Export, *, state: ExportState, **values: Any) -> bool:
    """End an export that is still running and tell whoever asked; False if it was over. One durable transaction."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        held = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
        if not held.update(state=state, finished_at=now, updated_at=now, **values):
            return False
        _tell(export, state, now)
    return True


def _tell(export: Export, state: ExportState, now: datetime) -> None:
    user, source = export.requested_by, export_source(export.kind)
    with override(export.language):
        label = str(source.label) if source else export.kind
        if state == ExportState.DONE:
            title = gettext("Your export “%(name)s” is ready") % {"name": label}
            until = (now + timedelta(days=settings.EXPORT_DAYS)).strftime(DAY_FORMAT)
            text = gettext("The file is kept until %(day)s.") % {"day": until}
            action = gettext("Fetch the file")
        else:
            title = gettext("Your export “%(name)s” failed") % {"name": label}
            text = gettext("Nothing was written. Please try again.")
            action = gettext("Look at it")
        notification_enqueue(
            type=GENERIC,
            recipient=user.email,
            user=user,
            language=export.language,
            context={
                "name": user.get_short_name(),
                "title": title,
                "paragraphs": [text],
                "action_url": settings.SITE_URL + reverse("admin:export", args=[export.uid]),
                "action_label": action,
                "property": None,
            },
            dedup_key=f"export:{export.pk}:{state.value}",
        )
