"""A report's answer as people read it: one grid for the page, the files, the mails and the API.

With a comparison every column of figures has two more: what it was in the other period, and by how much that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from core.formats import format_day, format_day_short
from core.money import format_money_short
from core.tabular import Column, Kind, Table
from core.tabular.cells import cell_readable, number_readable

from .report import Report
from .selectors.narrowing import NAMED, NARROWING, narrowing_names
from .types import Cell, ColumnKind, Comparison, Drill, Figure, Period, ReportColumn, ReportResult, ReportRow

KINDS = {
    ColumnKind.TEXT: Kind.TEXT,
    ColumnKind.DATE: Kind.DATE,
    ColumnKind.INTEGER: Kind.INT,
    ColumnKind.DECIMAL: Kind.NUMBER,
    ColumnKind.MONEY: Kind.MONEY,
    ColumnKind.PERCENT: Kind.PERCENT,
}
FIGURES = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.MONEY, ColumnKind.PERCENT})
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One figure or word: as it is, as it is read, and what it was in the other period."""

    text: str
    is_figure: bool
    before: str = ""
    change: str = ""
    direction: Literal["", "up", "down"] = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line. ``drill`` are the bookings behind it."""

    cells: Sequence[GridCell]
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The table of a page."""

    columns: Sequence[ReportColumn]
    rows: Sequence[GridRow]
    totals: Sequence[GridRow]
    is_compared: bool

    @property
    def has_drills(self) -> bool:
        """Whether some line has bookings behind it."""
        return any(row.drill for row in (*self.rows, *self.totals))


def period_text(period: Period) -> str:
    """Return both days of a period as people write them; one day alone is named once."""
    if period.days == 1:
        return format_day(period.start)
    return f"{format_day(period.start)} – {format_day(period.last)}"


def figure_text(value: Figure, kind: ColumnKind, *, currency: str = "", digits: int = 1) -> str:
    """Return a figure as people write it; a dash where there is none."""
    column = tabular_column(ReportColumn("", "", kind, digits), currency)
    return cell_readable(cell_value(value, kind), column)


def axis_text(value: Decimal, kind: ColumnKind, currency: str = "") -> str:
    """Return a figure in few letters, for the axis of a chart."""
    if kind is ColumnKind.MONEY and currency:
        return format_money_short(value, currency)
    if kind is ColumnKind.PERCENT:
        digits = 0 if value == value.to_integral_value() else 1
        return number_readable(value / HUNDRED, Column("", "", Kind.PERCENT, digits=digits))
    digits = 0 if value == value.to_integral_value() else 1
    return number_readable(value, Column("", "", Kind.NUMBER, digits=digits))


def change_of(now: Figure, before: Figure, kind: ColumnKind) -> Decimal | None:
    """Return by how many percent a figure has changed; of percentages by how many points. None if that says nothing."""
    if now is None or before is None:
        return None
    if kind is ColumnKind.PERCENT:
        return Decimal(now) - Decimal(before)
    if not before:
        return None
    return (Decimal(now) - Decimal(before)) / abs(Decimal(before)) * HUNDRED


def change_text(change: Decimal | None, kind: ColumnKind) -> str:
    """Return a change with its sign: `+12.5 %`, of percentages `+3.1 pp`; "" for none."""
    if change is None:
        return ""
    sign = "+" if change > 0 else ""
    if kind is ColumnKind.PERCENT:
        points = number_readable(change, Column("", "", Kind.NUMBER, digits=1))
        return sign + _("%(points)s pp") % {"points": points}
    return sign + number_readable(change / HUNDRED, Column("", "", Kind.PERCENT, digits=1))


def grid_of(result: ReportResult, *, rows_max: int | None = None) -> Grid:
    """Return the table of a page, with so many lines at most."""
    columns = result.table.columns
    return Grid(
        columns=columns,
        rows=[_grid_row(columns, row, other, result.compared) for row, other in result.pairs()[:rows_max]],
        totals=[_grid_row(columns, row, other, result.compared) for row, other in totals_of(result)],
        is_compared=result.compared is not None,
    )


def _grid_row(
    columns: Sequence[ReportColumn], row: ReportRow, other: ReportRow | None, compared: ReportResult | None
) -> GridRow:
    return GridRow([_grid_cell(column, row, other, compared) for column in columns], row.drill)


def _grid_cell(
    column: ReportColumn, row: ReportRow, other: ReportRow | None, compared: ReportResult | None
) -> GridCell:
    value = row.cells.get(column.key)
    shown = tabular_column(column, row.currency)
    text = (
        format_day(value) if isinstance(value, date) else cell_readable(cell_value(value, column.kind), shown)
    )
    if column.kind not in FIGURES or compared is None:
        return GridCell(text, column.kind in FIGURES)
    before = other.cells.get(column.key) if other else None
    if before == value:
        return GridCell(text, is_figure=True)
    change = change_of(_figure(value), _figure(before), column.kind)
    return GridCell(
        text,
        is_figure=True,
        before=cell_readable(cell_value(before, column.kind), shown),
        change=change_text(change, column.kind),
        direction="" if not change else "up" if change > 0 else "down",
    )


def tabular_column(column: ReportColumn, currency: str) -> Column:
    """Return a report's column as files have it."""
    has_digits = column.kind in (ColumnKind.DECIMAL, ColumnKind.PERCENT)
    return Column(
        column.key,
        column.label,
        KINDS[column.kind],
        currency=currency if column.kind is ColumnKind.MONEY else "",
        digits=column.digits if has_digits else None,
    )


def cell_value(value: Cell, kind: ColumnKind) -> Cell:
    """Return a cell as files have it: shares instead of percentages."""
    if kind is ColumnKind.PERCENT and isinstance(value, (int, Decimal)):
        return Decimal(value) / HUNDRED
    return value


def _figure(value: Cell) -> Figure:
    return value if isinstance(value, (int, Decimal)) else None


def result_about(report: Report, result: ReportResult) -> list[tuple[str, str]]:
    """Return what a report shows, as label and text: for the head of files. One query where it is narrowed down."""
    about = [(_("Properties"), result.scope.name), (_("Period"), period_text(result.period))]
    if result.compared is not None:
        about.append((_("Compared with"), period_text(result.compared.period)))
    about += [(label, value) for _key, label, value in _options_about(report, result)]
    return [*about, (_("How it is computed"), str(report.formula))]


def result_narrowed(report: Report, result: ReportResult) -> list[tuple[str, str]]:
    """Return what a report is narrowed down to, as label and text; empty: it is of everything. One query if it is."""
    return [(label, value) for key, label, value in _options_about(report, result) if key in NARROWING]


def _options_about(report: Report, result: ReportResult) -> list[tuple[str, str, str]]:
    """Return the options of a report as key, label and text, without what would narrow it down and does not."""
    about = []
    chosen = {**result.options}
    for parameter in report.parameters:
        value = chosen.get(parameter.key, parameter.default)
        if parameter.key in NARROWING and not value:
            continue
        if parameter.key in NAMED:
            names = dict(narrowing_names(result.scope.property_ids)[parameter.key])
            value = names.get(int(str(value)), str(value))
        shown = str(dict(parameter.choices).get(str(value), value))
        about.append((parameter.key, str(parameter.label), shown))
    return about


def result_table(report: Report, result: ReportResult) -> Table:
    """Return a report as a file has it: what the page shows, figures as figures."""
    currencies = {row.currency for row in (*result.rows, *result.table.totals)} - {""}
    currency = currencies.pop() if len(currencies) == 1 else ""
    has_many = bool(currencies)
    columns: list[Column] = []
    for column in result.table.columns:
        shown = tabular_column(column, currency)
        columns.append(shown)
        if result.compared is not None and column.kind in FIGURES:
            columns += _compared_columns(shown, column)
    if has_many:
        columns.append(Column("_currency", _("Currency")))
    totals = totals_of(result)
    lines = [*result.pairs(), *totals[:-1]]
    return Table(
        columns=columns,
        rows=[_file_row(result, row, other) for row, other in lines],
        title=str(report.title),
        totals=_file_row(result, *totals[-1]) if totals else None,
        about=result_about(report, result),
    )


def totals_of(result: ReportResult) -> list[tuple[ReportRow, ReportRow | None]]:
    """Return each line of totals with that of the other period."""
    before = {(row.key, row.currency): row for row in result.compared.table.totals} if result.compared else {}
    return [(row, before.get((row.key, row.currency))) for row in result.table.totals]


def _compared_columns(shown: Column, column: ReportColumn) -> list[Column]:
    name = str(column.label)
    change = _("%(name)s, change in points") if column.kind is ColumnKind.PERCENT else _("%(name)s, change")
    kind = Kind.NUMBER if column.kind is ColumnKind.PERCENT else Kind.PERCENT
    return [
        replace(shown, key=f"{shown.key}_before", label=_("%(name)s before") % {"name": name}),
        Column(f"{shown.key}_change", change % {"name": name}, kind),
    ]


def _file_row(result: ReportResult, row: ReportRow, other: ReportRow | None) -> Mapping[str, Cell]:
    cells: dict[str, Cell] = {"_currency": row.currency}
    for column in result.table.columns:
        value = row.cells.get(column.key)
        cells[column.key] = cell_value(value, column.kind)
        if result.compared is None or column.kind not in FIGURES:
            continue
        before = other.cells.get(column.key) if other else None
        change = change_of(_figure(value), _figure(before), column.kind)
        cells[f"{column.key}_before"] = cell_value(before, column.kind)
        is_points = column.kind is ColumnKind.PERCENT
        cells[f"{column.key}_change"] = change if is_points or change is None else change / HUNDRED
    return cells


def comparison_text(comparison: Comparison | None) -> str:
    """Return the name of a comparison; "" for none."""
    return str(comparison.label) if comparison else ""


def category_text(x: date | str | int) -> str:
    """Return a point of a chart as its axis names it."""
    return format_day_short(x) if isinstance(x, date) else str(x)
