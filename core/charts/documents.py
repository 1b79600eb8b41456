"""Plots in PDFs: the same shapes with the colours of paper, as vectors."""

from __future__ import annotations

from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

from core.documents import text_runs

from .plots import Plot, Shape

INK, SOFT, GRID, AXIS = HexColor("#1d2421"), HexColor("#4f5853"), HexColor("#ddd6c7"), HexColor("#7f857d")
COLOURS = ("#15473c", "#c79a45", "#1f5078", "#a2271d", "#1c6238", "#4f5853")
DASHES: dict[int, list[int]] = {2: [6, 3], 3: [2, 3], 4: [8, 3, 2, 3], 5: [11, 4], 6: [4, 2, 1, 2]}
TEXT_SIZE = 10


def plot_drawing(plot: Plot, *, width: float) -> Drawing:
    """Return the plot as a part of a document, ``width`` points wide."""
    scale = width / plot.size.width
    drawing = Drawing(width, plot.size.height * scale)
    group = Group(transform=(scale, 0, 0, scale, 0, 0))
    for shape in plot.shapes():
        for part in _parts(shape, plot.size.height):
            group.add(part)
    drawing.add(group)
    return drawing


def _colour(style: int) -> Color:
    return HexColor(COLOURS[(style - 1) % len(COLOURS)])


def _parts(shape: Shape, height: float) -> list[Any]:
    points = [(x, height - y) for x, y in shape.points]
    (x, y), *others = points
    flat = [coordinate for point in points for coordinate in point]
    match shape.kind:
        case "text":
            return _text(shape, x, y)
        case "rect":
            right, bottom = others[0]
            colour = _colour(shape.style)
            width, tall = max(right - x, 0.5), max(y - bottom, 0.5)
            return [Rect(x, bottom, width, tall, fillColor=colour, strokeColor=colour, strokeWidth=0.5)]
        case "dot":
            return [Circle(x, y, 2.4, fillColor=_colour(shape.style), strokeColor=None)]
        case "area":
            colour = _colour(shape.style)
            pale = Color(*(1 - (1 - part) * 0.15 for part in colour.rgb()))
            return [Polygon(flat, fillColor=pale, strokeColor=None)]
    if shape.style:
        if len(points) == 1:
            return []
        return [
            PolyLine(
                flat,
                strokeColor=_colour(shape.style),
                strokeWidth=1.8,
                strokeDashArray=DASHES.get(shape.style),
            )
        ]
    return [Line(*flat, strokeColor=AXIS if shape.look == "axis" else GRID, strokeWidth=0.7)]


def _text(shape: Shape, x: float, y: float) -> list[Any]:
    """A text in whatever fonts have its letters, one stretch after another."""
    runs = text_runs(shape.text) or []
    total = sum(stringWidth(run, font, TEXT_SIZE) for font, run in runs)
    x -= {"start": 0.0, "middle": total / 2, "end": total}[shape.anchor]
    parts = []
    for font, run in runs:
        colour = INK if shape.look == "name" else SOFT
        parts.append(String(x, y, run, fontName=font, fontSize=TEXT_SIZE, fillColor=colour))
        x += stringWidth(run, font, TEXT_SIZE)
    return parts
