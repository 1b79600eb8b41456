"""The charts of a report: its series as plots, one for each kind of figure, with the other period beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.charts import ChartSize, Mark, Plot, PlotSeries, plot_svg, swatch_svg
from core.charts.lines import MARKERS_MAX

from .grids import axis_text, category_text, figure_text, period_text
from .report import Report
from .types import ColumnKind, Drill, Figure, ReportResult, ReportSeries, SeriesPoint

SIZE = ChartSize(width=880, height=300, x_ticks=7)
CHARTS_MAX = 6
"""Properties of many currencies have more; the table has them all."""
BARS_MAX = 20
"""So many names are drawn; the table has all."""
DAYS_AS_BARS = 62
MONTH = re.compile(r"\d{4}-\d{2}\Z")
"""A month is a name that has a place in time: it stands, in its order."""

DrillAddress = Callable[[Drill], str]


@dataclass(frozen=True, slots=True)
class ReportChart:
    """One drawing with its words; ``legend`` pairs how a series looks with its name."""

    key: str
    title: str
    plot: Plot
    description: str
    legend: Sequence[tuple[SafeString, str]]
    left_out: int = 0

    @property
    def wide(self) -> SafeString:
        """The drawing for wide pages."""
        return plot_svg(self.plot, key=f"{self.key}-wide", title=self.title, description=self.description)

    @property
    def narrow(self) -> SafeString:
        """The drawing for phones."""
        plot = self.plot.narrow()
        return plot_svg(plot, key=f"{self.key}-narrow", title=self.title, description=self.description)


def report_charts(
    report: Report, result: ReportResult, *, drill_address: DrillAddress | None = None
) -> list[ReportChart]:
    """Return the charts of a report; ``drill_address`` makes links of bars. No query."""
    drills = _drills(result)

    def kind_of(one: ReportSeries) -> tuple[Any, ...]:
        return (one.kind.value, one.currency, one.chart, [type(point.x) for point in one.points[:1]])

    series = [one for one in result.series if any(point.y is not None for point in one.points)]
    groups = [list(group) for _kind, group in groupby(series, kind_of)]
    return [
        _chart(report, result, group, number, partial(_address, drills, drill_address))
        for number, group in enumerate(groups[:CHARTS_MAX], start=1)
    ]


def _drills(result: ReportResult) -> Mapping[tuple[str, Any], Drill]:
    """Find the bookings behind a point by the first cell of its line."""
    first = result.table.columns[0].key if result.table.columns else ""
    return {(row.currency, row.cells.get(first)): row.drill for row in result.rows if row.drill}


def _address(
    drills: Mapping[tuple[str, Any], Drill], make: DrillAddress | None, currency: str, x: date | str | int
) -> str:
    drill = drills.get((currency, x)) or drills.get(("", x))
    return make(drill) if make and drill else ""


def _chart(
    report: Report,
    result: ReportResult,
    group: Sequence[ReportSeries],
    number: int,
    address: Callable[[str, date | str | int], str],
) -> ReportChart:
    first = group[0]
    points = list(first.points)
    is_lying = (
        first.chart == "bar"
        and not isinstance(points[0].x, (date, int))
        and not MONTH.match(str(points[0].x))
    )
    if is_lying:
        points = sorted(points, key=lambda point: -(point.y or 0))[:BARS_MAX]
    places = [point.x for point in points]
    drawn: list[PlotSeries] = []
    names: list[str] = []
    for one in group:
        others = _other(result, one)
        kind = _look(one, len(places), has_other=others is not None)
        drawn.append(_series(one, places, kind, len(drawn) + 1, address))
        names.append(str(one.label))
        if others is not None and result.compared is not None:
            drawn.append(_other_series(one, others, places, kind, len(drawn) + 1, by_name=is_lying))
            names.append(f"{one.label}, {period_text(result.compared.period)}")
    key = f"chart-{number}"
    plot = Plot(
        categories=[category_text(place) for place in places],
        series=drawn,
        value_label=lambda value: axis_text(value, first.kind, first.currency),
        size=SIZE,
        is_lying=is_lying,
    )
    legend = [
        (swatch_svg(f"{key}-wide", "bar" if one.kind == "bar" else "line", one.style), name)
        for one, name in zip(drawn, names, strict=True)
    ]
    title = ", ".join(dict.fromkeys(str(one.label) for one in group))
    return ReportChart(
        key=key,
        title=f"{title} ({first.currency})" if first.kind is ColumnKind.MONEY and first.currency else title,
        plot=plot,
        description=_description(report, result, first),
        legend=legend,
        left_out=len(first.points) - len(places) if is_lying else 0,
    )


def _look(one: ReportSeries, count: int, *, has_other: bool) -> Any:
    if one.chart == "bar" and count <= DAYS_AS_BARS:
        return "bar"
    return "line" if has_other else "area"


def _other(result: ReportResult, one: ReportSeries) -> ReportSeries | None:
    if result.compared is None:
        return None
    return next(
        (other for other in result.compared.series if (other.key, other.currency) == (one.key, one.currency)),
        None,
    )


def _series(
    one: ReportSeries,
    places: Sequence[date | str | int],
    kind: Any,
    style: int,
    address: Callable[[str, date | str | int], str],
) -> PlotSeries:
    by_place = {point.x: point.y for point in one.points}
    is_told = _is_told(kind, len(places))
    marks = [
        _mark(
            one,
            SeriesPoint(place, by_place.get(place)),
            address(one.currency, place) if is_told and kind == "bar" else "",
            is_told=is_told,
        )
        for place in places
    ]
    return PlotSeries(str(one.label), marks, kind, style)


def _other_series(
    one: ReportSeries, other: ReportSeries, places: Sequence[Any], kind: Any, style: int, *, by_name: bool
) -> PlotSeries:
    """Return the other period's figures: days match by their place, names by their name."""
    if by_name:
        by_place = {point.x: point for point in other.points}
        points = [by_place.get(place, SeriesPoint(place, None)) for place in places]
    else:
        rest = max(len(places) - len(other.points), 0)
        points = [*other.points[: len(places)], *(SeriesPoint("", None) for _index in range(rest))]
    kind = "bar" if kind == "bar" else "line"
    is_told = _is_told(kind, len(places))
    return PlotSeries(
        str(other.label), [_mark(one, point, "", is_told=is_told) for point in points], kind, style
    )


def _is_told(kind: str, count: int) -> bool:
    """Whether points have words: bars do, and dots, which long lines have not."""
    return kind == "bar" or count <= MARKERS_MAX


def _mark(one: ReportSeries, point: SeriesPoint, href: str, *, is_told: bool) -> Mark:
    value = _decimal(point.y)
    if value is None or not is_told:
        return Mark(value)
    figure = figure_text(point.y, one.kind, currency=one.currency)
    return Mark(value, f"{one.label}, {category_text(point.x)}: {figure}", href)


def _decimal(value: Figure) -> Decimal | None:
    return None if value is None else Decimal(value)


def _description(report: Report, result: ReportResult, one: ReportSeries) -> str:
    """Say in words what the drawing shows: where it is lowest and highest."""
    known = [point for point in one.points if point.y is not None]
    low, high = min(known, key=lambda point: point.y or 0), max(known, key=lambda point: point.y or 0)
    return _(
        "%(report)s, %(scope)s, %(period)s. Lowest: %(low)s (%(low_at)s). Highest: %(high)s (%(high_at)s)."
    ) % {
        "report": report.title,
        "scope": result.scope.name,
        "period": period_text(result.period),
        "low": figure_text(low.y, one.kind, currency=one.currency),
        "low_at": category_text(low.x),
        "high": figure_text(high.y, one.kind, currency=one.currency),
        "high_at": category_text(high.x),
    }
