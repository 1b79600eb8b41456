"""Sending a scheduled report: computed for each reader as they may see it, written as a mail with chart and table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext, override

from accounts.models import User
from accounts.selectors import staff_access
from core.charts import ChartSize
from core.charts.pictures import plot_png
from core.exceptions import DomainError
from core.private_files import private_files_delete_old, private_storage
from inventory.models import Property
from notifications.contexts import property_context
from notifications.models import Notification
from notifications.services import notification_enqueue
from notifications.types import REPORT, FileContext, PictureContext
from reports.asking import Asked, question_ask
from reports.drawing import report_charts
from reports.files import FileFormat, report_file
from reports.grids import GridRow, category_text, grid_of, period_text, result_narrowed
from reports.models import AttachedFormat, ReportSchedule
from reports.types import Cell, ReportResult

from .scheduling import schedule_question

FOLDER = "reports"
ROWS_MAX = 40
SIZE = ChartSize(width=544, height=240, left=64, right=10, x_ticks=4)
"""As wide as a letter's text."""
CHARTS_MAX = 3
LANGUAGE = "en"

logger = structlog.get_logger(__name__)

Parts = dict[tuple[Any, ...], dict[str, Any]]


def report_send(*, schedule_id: int, due_at: datetime, key: str, only_user_id: int | None = None) -> int:
    """Write a report to everybody who gets it; how many. Safe to repeat: nobody is written to twice for one ``key``.

    Periods are counted from the day of ``due_at``. Who does not work there any more, or may not read it, is left out.
    What several see alike in one language is computed once. Each message is a durable transaction of its own.
    """
    schedule = ReportSchedule.objects.select_related("property").filter(pk=schedule_id).first()
    if schedule is None or (schedule.is_paused and only_user_id is None):
        return 0
    told = set(Notification.objects.filter(dedup_key__startswith=f"{key}:").values_list("user_id", flat=True))
    people = User.objects.filter(is_active=True, is_staff=True).order_by("pk")
    people = people.filter(pk=only_user_id) if only_user_id else people.filter(report_schedules=schedule)
    computed: Parts = {}
    sent = 0
    for user in people:
        if user.pk in told:
            continue
        try:
            sent += _send(schedule, user, due_at, key, computed, is_test=only_user_id is not None)
        except DomainError as error:
            logger.info("report_not_sent", schedule_id=schedule.pk, user_id=user.pk, code=error.code)
    if only_user_id is None:
        ReportSchedule.objects.filter(pk=schedule.pk).update(last_sent_at=timezone.now())
    return sent


def _send(
    schedule: ReportSchedule, user: User, due_at: datetime, key: str, computed: Parts, *, is_test: bool
) -> int:
    access = staff_access(user)
    asked = question_ask(schedule_question(schedule, access), access=access, at=due_at)
    language = user.language or LANGUAGE
    same = (asked.choice.scope.property_ids, language)
    if same not in computed:
        with override(language):
            computed[same] = _context(schedule, asked, due_at)
    leave = "" if is_test else reverse("admin:report-schedule-leave", args=[schedule.pk])
    context = computed[same] | {"leave_url": settings.SITE_URL + leave if leave else ""}
    with transaction.atomic(durable=True):
        notification_enqueue(
            type=REPORT,
            recipient=user.email,
            user=user,
            language=language,
            context=context,
            dedup_key=f"{key}:{user.pk}",
        )
    return 1


def _context(schedule: ReportSchedule, asked: Asked, due_at: datetime) -> dict[str, Any]:
    """Return what the mail says, in the active language, with its files written."""
    result = asked.answer()
    grid = grid_of(result, rows_max=ROWS_MAX)
    narrowed = [f"{label}: {value}" for label, value in result_narrowed(asked.report, result)]
    address = reverse("admin:report", args=[asked.report.key])
    days = {"from": [asked.period.start.isoformat()], "to": [asked.period.last.isoformat()]}
    query = {name: value for name, value in asked.question.as_query().items() if name != "period"}
    return {
        "property": _house(asked),
        "title": str(asked.report.title),
        "scope": ", ".join([asked.choice.scope.name, *narrowed]),
        "period": period_text(result.period),
        "compared": period_text(result.compared.period) if result.compared else "",
        "charts": _pictures(schedule, asked, result, due_at),
        "headings": [str(column.label) for column in grid.columns],
        "rows": [
            _line(shown, row.cells.get(grid.columns[0].key))
            for shown, row in zip(grid.rows, result.rows[:ROWS_MAX], strict=True)
        ],
        "totals": [_total(row) for row in grid.totals],
        "rows_left_out": max(len(result.rows) - ROWS_MAX, 0),
        "notes": [str(note) for note in result.notes],
        "formula": str(asked.report.formula),
        "files": _files(schedule, asked, result, due_at),
        "url": f"{settings.SITE_URL}{address}?{urlencode(days | query, doseq=True)}",
    }


def _house(asked: Asked) -> dict[str, Any] | None:
    """Return the one house that the mail is about; None for several."""
    if len(asked.choice.scope.property_ids) != 1:
        return None
    house = Property.objects.get(pk=asked.choice.scope.property_ids[0])
    return dict(property_context(house))


def _line(shown: GridRow, first: Cell) -> list[str]:
    """Return a line as words; its day in few letters."""
    words = [cell.text for cell in shown.cells]
    return [category_text(first), *words[1:]] if isinstance(first, date) else words


def _total(row: GridRow) -> list[str]:
    """Return the totals as words; what has changed stands in brackets."""
    _name, *others = row.cells
    return [
        gettext("Total"),
        *(f"{cell.text} ({cell.change})" if cell.change else cell.text for cell in others),
    ]


def _pictures(
    schedule: ReportSchedule, asked: Asked, result: ReportResult, due_at: datetime
) -> list[PictureContext]:
    pictures: list[PictureContext] = []
    for chart in report_charts(asked.report, result)[:CHARTS_MAX]:
        names = [name for _swatch, name in chart.legend] if len(chart.legend) > 1 else []
        plot = replace(chart.plot, size=SIZE)
        pictures.append(
            {
                "path": _keep(schedule, due_at, f"{chart.key}.png", plot_png(plot, names=names)),
                "title": chart.title,
                "description": chart.description,
                "width": plot.size.width,
                "height": plot.size.height,
            }
        )
    return pictures


def _files(
    schedule: ReportSchedule, asked: Asked, result: ReportResult, due_at: datetime
) -> list[FileContext]:
    if schedule.file_format == AttachedFormat.NONE:
        return []
    file = report_file(asked.report, result, FileFormat(schedule.file_format))
    path = _keep(schedule, due_at, file.name, file.content)
    return [{"name": file.name, "path": path, "mime_type": file.mime_type}]


def _keep(schedule: ReportSchedule, due_at: datetime, name: str, content: bytes) -> str:
    """Keep a file until the mail is sent, and some days longer; where it is."""
    folder = f"{FOLDER}/{schedule.pk}/{slugify(due_at.isoformat())}"
    return private_storage().save(f"{folder}/{name}", ContentFile(content))


def report_files_delete_old(*, at: datetime | None = None) -> int:
    """Delete files that went with mails long ago; how many."""
    at = at or timezone.now()
    return private_files_delete_old(FOLDER, before=at - timedelta(days=settings.EXPORT_DAYS))
