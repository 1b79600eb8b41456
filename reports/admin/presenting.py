"""What the pages of a report show, as their templates need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.scoping import access_of
from core.exceptions import ValidationFailed
from reports.access import report_keys
from reports.asking import Asked
from reports.catalogue import REPORTS
from reports.drawing import report_charts
from reports.files import FileFormat
from reports.grids import grid_of, period_text
from reports.models import ReportSchedule
from reports.periods import Preset
from reports.questions import Question
from reports.report import Report
from reports.selectors.narrowing import NAMED, narrowing_names
from reports.types import Comparison, Drill, DrillBy, ReportResult, Scope

from .links import drill_address, report_address
from .markup import rows_markup

ROWS_SHOWN = 200
"""More lines are for files, or for weeks and months instead of days."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ParameterField:
    """An option of a report as a field: a list of choices, or a number."""

    key: str
    label: str
    choices: Sequence[Choice]
    value: str
    minimum: int
    maximum: int


def page_context(
    request: HttpRequest, asked: Asked, result: ReportResult, *, error: ValidationFailed | None = None
) -> dict[str, Any]:
    """Return what the page of a report shows. One query at most."""
    report, grid = asked.report, grid_of(result, rows_max=ROWS_SHOWN)
    address = partial(drill_address, report.key)
    return {
        "title": report.title,
        "report": report,
        "asked": asked,
        "result": result,
        "period": period_text(result.period),
        "compared_period": period_text(result.compared.period) if result.compared else "",
        "charts": report_charts(report, result, drill_address=address),
        "grid": grid,
        "rows": rows_markup(grid.rows, address),
        "rows_left_out": max(len(result.rows) - ROWS_SHOWN, 0),
        "totals": rows_markup(grid.totals, address, heading=_("Total")),
        "filters": filters_of(asked, request.GET if error else None),
        "files": [(name.value.upper(), _file_address(asked.question, name)) for name in FileFormat],
        "permalink": report_address(asked.question),
        "schedule_url": schedule_address(request, asked.question),
        "others": [
            (REPORTS[key].title, reverse("admin:report", args=[key]), key == report.key)
            for key in report_keys(access_of(request), list(REPORTS))
        ],
        "error": str(error) if error else "",
    }


def filters_of(asked: Asked, given: Any = None) -> dict[str, Any]:
    """Return the fields of the filters; ``given`` is what was typed where that was wrong."""
    question, choice = asked.question, asked.choice
    period, compare = question.preset, question.compare
    chosen = set(question.house_ids)
    return {
        "presets": [Choice(one.value, str(one.label), one == period) for one in Preset],
        "is_custom": period is None,
        "first": day_typed(given, "from") or asked.period.start.isoformat(),
        "last": day_typed(given, "to") or asked.period.last.isoformat(),
        "comparisons": [Choice(one.value, str(one.label), one == compare) for one in Comparison]
        if asked.report.compares
        else [],
        "houses": [Choice(str(house.id), house.name, house.id in chosen) for house in choice.houses]
        if len(choice.houses) > 1
        else [],
        "houses_chosen": len(chosen),
        "groups": [Choice(str(group.id), group.name, group.id == choice.group_id) for group in choice.groups],
        "parameters": parameters_of(asked.report, question, choice.scope),
    }


def day_typed(given: Any, key: str) -> str:
    """Return a day as it was typed, if it is one that a field can show; "" otherwise."""
    try:
        return date.fromisoformat((given or {}).get(key) or "").isoformat()
    except ValueError:
        return ""


def parameters_of(report: Report, question: Question, scope: Scope) -> list[ParameterField]:
    """Return the options of a report as fields. One query where rooms and plans are chosen from, none else."""
    fields = []
    named: dict[str, list[tuple[int, str]]] = {}
    if any(parameter.key in NAMED for parameter in report.parameters):
        named = narrowing_names(scope.property_ids)
    for parameter in report.parameters:
        value = str(question.options.get(parameter.key, parameter.default))
        if parameter.key in named:
            known = [("0", str(_("All"))), *((str(number), name) for number, name in named[parameter.key])]
            choices = [Choice(key, name, key == value) for key, name in known]
        else:
            choices = [Choice(key, str(label), key == value) for key, label in parameter.choices]
        fields.append(
            ParameterField(
                parameter.key, str(parameter.label), choices, value, parameter.minimum, parameter.maximum
            )
        )
    return fields


def schedule_address(request: HttpRequest, question: Question) -> str:
    """Return where this report can be sent regularly; "" for whom it is not."""
    from django.contrib import admin  # noqa: PLC0415 - the site is loaded after this module

    if not admin.site._registry[ReportSchedule].has_add_permission(request):
        return ""
    asks = urlencode({"report": question.report, "asks": question.as_address()})
    return f"{reverse('admin:reports_reportschedule_add')}?{asks}"


def _file_address(question: Question, file_format: FileFormat) -> str:
    address = report_address(question)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'format': file_format.value})}"


def bookings_context(report: Report, drill: Drill, page: Page[Any]) -> dict[str, Any]:
    """Return what the list of bookings behind a figure shows."""
    query = urlencode(drill.as_query())
    return {
        "title": _("Bookings behind “%(report)s”") % {"report": report.title},
        "report": report,
        "page": page,
        "page_address": f"?{query}&page=",
        "about": drill_about(drill),
        "back": reverse("admin:report", args=[report.key]),
    }


def drill_about(drill: Drill) -> list[tuple[str, str]]:
    """Return what the bookings of a list have in common, as label and text."""
    days = f"{drill.start.isoformat()} – {drill.end.isoformat()}"
    about = [(str(DrillBy(drill.by).label), days)]
    named = ((_("Channel"), drill.channel), (_("Segment"), drill.segment), (_("Country"), drill.country))
    return about + [(label, text) for label, text in named if text]
