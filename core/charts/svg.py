"""Plots as SVG: classes for colours, patterns beside them, links on bars, no script and no style attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .plots import Plot, Shape

HATCHES = {
    2: (6, "M-1 1l2-2M0 6l6-6M5 7l2-2"),
    3: (6, "M0 3h6"),
    4: (6, "M3 0v6"),
    5: (6, "M0 0l6 6M6 0l-6 6"),
    6: (5, "M1 1h1.5v1.5h-1.5z"),
}
"""By style: the size of a tile and what is drawn on it. The first style is plain."""


def plot_svg(plot: Plot, *, key: str, title: str, description: str) -> SafeString:
    """Draw a plot. ``key`` is unique on the page: ids begin with it. Texts are escaped here.

    With links it is a group of them, without it is one picture.
    """
    key = str(escape(key))
    role = "group" if plot.has_links else "img"
    styles = sorted({one.style for one in plot.series if one.kind == "bar"} & HATCHES.keys())
    box = f"0 0 {plot.size.width:g} {plot.size.height:g}"
    parts = [
        f'<svg class="chart__drawing" viewBox="{box}" role="{role}" aria-labelledby="{key}-title {key}-desc">',
        f'<title id="{key}-title">{escape(title)}</title>',
        f'<desc id="{key}-desc">{escape(description)}</desc>',
        *_patterns(key, styles),
        *(_drawn(shape, key) for shape in plot.shapes()),
        "</svg>",
    ]
    return mark_safe("".join(parts))  # noqa: S308 - every text in it is escaped


def sparkline_svg(values: Sequence[Decimal | None], *, width: int = 120, height: int = 32) -> SafeString:
    """Draw a small line without words beside a figure that says what it is; nothing for less than two figures."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(known), max(known)
    spread = (high - low) or Decimal(1)
    step = Decimal(width - 4) / (len(values) - 1)
    commands, is_drawing = [], False
    for index, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        y = Decimal(height - 3) - (value - low) / spread * (height - 6)
        commands.append(f"{'L' if is_drawing else 'M'}{2 + index * step:.1f} {y:.1f}")
        is_drawing = True
    path = "".join(commands)
    return mark_safe(  # noqa: S308 - only numbers
        f'<svg class="chart__spark" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'
        f'<path class="chart__line chart__line--1" d="{path}"/></svg>'
    )


def swatch_svg(key: str, kind: str, style: int) -> SafeString:
    """Draw what a series looks like, for the legend beside a plot of this ``key``."""
    inside = (
        f'<rect {_fill(key, style)} width="28" height="10" rx="1"/>'
        if kind == "bar"
        else f'<path class="chart__line chart__line--{style:d}" d="M0 5H28"/>'
    )
    return mark_safe(  # noqa: S308 - the key is escaped
        f'<svg class="chart__swatch" viewBox="0 0 28 10" aria-hidden="true" focusable="false">{inside}</svg>'
    )


def _patterns(key: str, styles: Sequence[int]) -> Iterator[str]:
    if not styles:
        return
    yield "<defs>"
    for style in styles:
        size, path = HATCHES[style]
        yield (
            f'<pattern id="{key}-p{style}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
            f'<rect class="chart__ground chart__bar--{style}" width="{size}" height="{size}"/>'
            f'<path class="chart__hatch chart__line--{style}" d="{path}"/></pattern>'
        )
    yield "</defs>"


def _fill(key: str, style: int) -> str:
    classes = f'class="chart__bar chart__edge--{style}"'
    if style in HATCHES:
        return f'{classes} fill="url(#{escape(key)}-p{style})"'
    return f'class="chart__bar chart__bar--{style}"'


def _drawn(shape: Shape, key: str) -> str:
    (x, y), *others = shape.points
    match shape.kind:
        case "text":
            return (
                f'<text class="chart__{shape.look}" x="{x:g}" y="{y:g}" text-anchor="{shape.anchor}">'
                f"{escape(shape.text)}</text>"
            )
        case "rect":
            right, bottom = others[0]
            return _linked(
                shape,
                f'<rect {_fill(key, shape.style)} x="{x:g}" y="{y:g}" width="{max(right - x, 0.5):g}"'
                f' height="{max(bottom - y, 0.5):g}">{_tip(shape)}</rect>',
            )
        case "dot":
            return (
                f'<circle class="chart__dot chart__dot--{shape.style}" cx="{x:g}" cy="{y:g}" r="3">'
                f"{_tip(shape)}</circle>"
            )
    path = f"M{x:g} {y:g}" + "".join(f"L{right:g} {bottom:g}" for right, bottom in others)
    look = f"chart__{shape.look}" + (f" chart__{shape.look}--{shape.style}" if shape.style else "")
    return f'<path class="{look}" d="{path}{"Z" if shape.kind == "area" else ""}"/>'


def _tip(shape: Shape) -> str:
    return f"<title>{escape(shape.text)}</title>" if shape.text else ""


def _linked(shape: Shape, drawn: str) -> str:
    if not shape.href:
        return drawn
    return f'<a href="{escape(shape.href)}" aria-label="{escape(shape.text)}">{drawn}</a>'
