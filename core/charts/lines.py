"""A line or step chart over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .scales import amount_ticks, day_ticks

SERIES_STYLES = 6
"""So many looks there are; the seventh series looks like the first."""
MARKERS_MAX = 40
"""With more points a line has no dots."""


@dataclass(frozen=True, slots=True)
class Point:
    """What something came to from an instant on; None: there is no figure, and the line has a gap."""

    at: datetime
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Series:
    """One line. Points are in the order of time."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class ChartSize:
    """The drawing and its margins, in units of the drawing. Text in it is 12 units high."""

    width: int = 720
    height: int = 300
    left: int = 76
    right: int = 16
    top: int = 16
    bottom: int = 32
    x_ticks: int = 6
    y_ticks: int = 4


WIDE = ChartSize()
NARROW = ChartSize(width=340, height=240, left=64, right=10, x_ticks=3)


@dataclass(frozen=True)
class LineChart:
    """Geometry of a chart: figures in, coordinates out. ``kind`` "step": a figure stands until the next one."""

    series: Sequence[Series]
    start: datetime
    end: datetime
    size: ChartSize = WIDE
    kind: Literal["step", "line"] = "step"
    ticks: list[Decimal] = field(init=False)

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a chart ends after it starts")
        values = [point.value for entry in self.series for point in entry.points if point.value is not None]
        ticks = amount_ticks(min(values), max(values), count=self.size.y_ticks) if values else []
        object.__setattr__(self, "ticks", ticks)

    def x(self, at: datetime) -> float:
        """Return where an instant stands; before the start is at the start, after the end at the end."""
        share = (at - self.start) / (self.end - self.start)
        width = self.size.width - self.size.left - self.size.right
        return round(self.size.left + min(max(share, 0.0), 1.0) * width, 1)

    def y(self, value: Decimal) -> float:
        """Return where an amount stands; the lowest line is at the bottom."""
        height = self.size.height - self.size.top - self.size.bottom
        share = (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return round(self.size.top + (1 - float(share)) * height, 1)

    def path(self, points: Sequence[Point]) -> str:
        """Return the line through the points as the ``d`` of an SVG path; "" where there is no figure at all."""
        commands: list[str] = []
        is_drawing = False
        for index, point in enumerate(points):
            if point.value is None:
                is_drawing = False
                continue
            x, y = self.x(point.at), self.y(point.value)
            if not is_drawing:
                commands.append(f"M{x:g} {y:g}")
            elif self.kind == "line":
                commands.append(f"L{x:g} {y:g}")
            else:
                commands.append(f"V{y:g}")
            is_drawing = True
            if self.kind == "step":
                until = points[index + 1].at if index + 1 < len(points) else self.end
                commands.append(f"H{self.x(until):g}")
        return "".join(commands)


def line_chart(
    chart: LineChart,
    *,
    key: str,
    title: str,
    description: str,
    amount_label: Callable[[Decimal], str],
    day_label: Callable[[datetime], str],
) -> SafeString:
    """Draw a chart. ``key`` is unique on the page: ids begin with it. Texts are escaped here."""
    size = chart.size
    named = f"{escape(key)}-title {escape(key)}-desc"
    box = f"0 0 {size.width} {size.height}"
    parts = [
        f'<svg class="chart__drawing" viewBox="{box}" role="img" aria-labelledby="{named}">',
        f'<title id="{escape(key)}-title">{escape(title)}</title>',
        f'<desc id="{escape(key)}-desc">{escape(description)}</desc>',
        *_amount_axis(chart, amount_label),
        *_day_axis(chart, day_label),
    ]
    for index, entry in enumerate(chart.series):
        parts += _series(chart, entry, index % SERIES_STYLES + 1, amount_label, day_label)
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped


def _amount_axis(chart: LineChart, label: Callable[[Decimal], str]) -> Iterable[str]:
    size = chart.size
    for tick in chart.ticks:
        y = chart.y(tick)
        yield f'<path class="chart__grid" d="M{size.left} {y:g}H{size.width - size.right}"/>'
        yield (
            f'<text class="chart__label" x="{size.left - 8}" y="{y + 4:g}" text-anchor="end">'
            f"{escape(label(tick))}</text>"
        )


def _day_axis(chart: LineChart, label: Callable[[datetime], str]) -> Iterable[str]:
    size = chart.size
    bottom = size.height - size.bottom
    yield f'<path class="chart__axis" d="M{size.left} {bottom}H{size.width - size.right}"/>'
    for tick in day_ticks(chart.start, chart.end, count=size.x_ticks):
        x = chart.x(tick)
        yield f'<path class="chart__axis" d="M{x:g} {bottom}v5"/>'
        yield (
            f'<text class="chart__label" x="{x:g}" y="{bottom + 20}" text-anchor="{_anchor(x, size)}">'
            f"{escape(label(tick))}</text>"
        )


def _anchor(x: float, size: ChartSize) -> str:
    """Return how a label is set at a place, so that none leaves the drawing."""
    if x < size.left + 20:
        return "start"
    return "end" if x > size.width - size.right - 20 else "middle"


def _series(
    chart: LineChart,
    entry: Series,
    style: int,
    amount_label: Callable[[Decimal], str],
    day_label: Callable[[datetime], str],
) -> Iterable[str]:
    path = chart.path(entry.points)
    if not path:
        return
    yield f'<path class="chart__line chart__line--{style}" d="{path}"/>'
    if len(entry.points) > MARKERS_MAX:
        return
    for point in entry.points:
        if point.value is None:
            continue
        text = f"{entry.name}, {day_label(point.at)}: {amount_label(point.value)}"
        yield (
            f'<circle class="chart__dot chart__dot--{style}" cx="{chart.x(point.at):g}" cy="{chart.y(point.value):g}"'
            f' r="3"><title>{escape(text)}</title></circle>'
        )
