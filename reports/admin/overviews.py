"""The first page of reports: how the houses do today and this month, and the list of reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.scoping import access_of
from core.charts import sparkline_svg
from core.exceptions import DomainError
from reports.access import export_house_ids, report_keys
from reports.asking import Asked, question_ask
from reports.catalogue import REPORTS
from reports.grids import change_of, change_text, figure_text, period_text
from reports.periods import Preset
from reports.questions import question_read
from reports.types import ColumnKind, Comparison, Figure, ReportColumn, ReportResult, ReportRow

from .links import report_address
from .presenting import Choice

COMPARISON = Comparison.LAST_YEAR_WEEKDAYS
READ_KEY = "revenue_room_type"
"""Who may read this is told about money."""
GROUP_LABELS = {"rooms": _("Rooms"), "bookings": _("Bookings"), "money": _("Money")}
OCCUPANCY, PICKUP = "occupancy", "pickup"
DESK_FIGURES = ("occupancy", "sold", "available")
FIGURES = ("occupancy", "adr", "revpar", "revenue")
SCOPE_KEYS = ("house", "group")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure: what it is, how it differs from last year, and how it goes day by day."""

    label: str
    text: str
    change: str
    direction: str
    spark: SafeString


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures of one period in one currency; ``href`` leads to the report they are from."""

    title: str
    period: str
    compared: str
    href: str
    figures: Sequence[KeyFigure]


def overview_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows. Three queries, and those of the reports.

    Raises 404 for a house or group that is not the reader's.
    """
    access = access_of(request)
    keys = report_keys(access, list(REPORTS))
    order = list(GROUP_LABELS)
    by_group = groupby(
        sorted(keys, key=lambda key: order.index(REPORTS[key].group)), lambda key: REPORTS[key].group
    )
    context: dict[str, Any] = {
        "title": _("Reports"),
        "report_groups": [
            (GROUP_LABELS[group], [(REPORTS[key], reverse("admin:report", args=[key])) for key in found])
            for group, found in by_group
        ],
        "may_export": export_house_ids(access) != [],
    }
    if OCCUPANCY not in keys:
        return context
    scope = {key: values for key, values in request.GET.lists() if key in SCOPE_KEYS}
    try:
        today = question_ask(
            replace(question_read(REPORTS[OCCUPANCY], scope), preset=Preset.TODAY, compare=COMPARISON),
            access=access,
        )
    except DomainError as error:
        raise Http404 from error
    return context | _choices(today) | {"figure_groups": _groups(today, keys)}


def _choices(today: Asked) -> dict[str, Any]:
    choice, chosen = today.choice, today.question.house_ids
    return {
        "choice": choice,
        "houses": [Choice(str(house.id), house.name, chosen == (house.id,)) for house in choice.houses],
        "property_groups": [
            Choice(str(group.id), group.name, group.id == choice.group_id) for group in choice.groups
        ],
    }


def _groups(today: Asked, keys: Sequence[str]) -> list[FigureGroup]:
    """Return today's and this month's figures, and what was booked lately."""
    names: Sequence[str] = FIGURES if READ_KEY in keys else DESK_FIGURES
    groups = []
    for preset, title in ((Preset.TODAY, _("Today")), (Preset.THIS_MONTH, _("This month"))):
        question = replace(today.question, preset=preset)
        one = replace(today, question=question, period=question.period(today=today.choice.today))
        groups += _of_result(str(title), one, one.answer(), names)
    if PICKUP in keys:
        question = replace(today.question, report=PICKUP, preset=Preset.NEXT_90, compare=None)
        one = replace(
            today,
            report=REPORTS[PICKUP],
            question=question,
            period=question.period(today=today.choice.today),
        )
        result = one.answer()
        names = [
            column.key
            for column in result.table.columns
            if column.kind in (ColumnKind.INTEGER, ColumnKind.MONEY)
        ]
        groups += _of_result(str(REPORTS[PICKUP].title), one, result, names[:4])
    return groups


def _of_result(title: str, asked: Asked, result: ReportResult, names: Sequence[str]) -> list[FigureGroup]:
    before = {row.currency: row for row in result.compared.table.totals} if result.compared else {}
    return [
        FigureGroup(
            title=f"{title} ({total.currency})" if len(result.table.totals) > 1 else title,
            period=period_text(result.period),
            compared=period_text(result.compared.period) if result.compared else "",
            href=report_address(asked.question),
            figures=[
                _figure(column, result, total, before.get(total.currency))
                for column in result.table.columns
                if column.key in names
            ],
        )
        for total in result.table.totals
    ]


def _figure(
    column: ReportColumn, result: ReportResult, total: ReportRow, other: ReportRow | None
) -> KeyFigure:
    value = _number(total, column.key)
    change = change_of(value, _number(other, column.key) if other else None, column.kind)
    days = [_number(row, column.key) for row in result.rows if row.currency == total.currency]
    return KeyFigure(
        label=str(column.label),
        text=figure_text(value, column.kind, currency=total.currency, digits=column.digits),
        change=change_text(change, column.kind),
        direction="" if not change else "up" if change > 0 else "down",
        spark=sparkline_svg([None if day is None else Decimal(day) for day in days]),
    )


def _number(row: ReportRow, key: str) -> Figure:
    value = row.cells.get(key)
    return value if isinstance(value, (int, Decimal)) else None
