"""The lines of a report's table as HTML: for thousands of cells a template takes ten times as long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from reports.grids import GridCell, GridRow
from reports.types import Drill


def rows_markup(rows: Sequence[GridRow], address: Callable[[Drill], str], *, heading: str = "") -> SafeString:
    """Return the lines; the first cell leads to the bookings behind it. ``heading`` stands for it in totals."""
    return mark_safe("".join(_row(row, address, heading) for row in rows))  # noqa: S308 - every text is escaped


def _row(row: GridRow, address: Callable[[Drill], str], heading: str) -> str:
    first, *others = row.cells
    name = str(escape(heading or first.text))
    if row.drill:
        name = f'<a href="{escape(address(row.drill))}">{name}</a>'
    return f'<tr><th scope="row">{name}</th>{"".join(map(_cell, others))}</tr>'


def _cell(cell: GridCell) -> str:
    look = ' class="is-figure"' if cell.is_figure else ""
    if not cell.before:
        return f"<td{look}>{escape(cell.text)}</td>"
    change = ""
    if cell.change:
        change = f' <span class="change change--{cell.direction or "same"}">{escape(cell.change)}</span>'
    return f'<td{look}>{escape(cell.text)}<span class="before">{escape(cell.before)}{change}</span></td>'
