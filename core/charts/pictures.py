"""Plots as PNG, for mails: no mail program shows SVG. The same shapes with the colours of paper, twice the size."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

from .documents import COLOURS
from .plots import Plot, Shape

SCALE = 2
SMOOTHING = 2
PAPER, INK, SOFT, GRID, AXIS = "#fffdf9", "#1d2421", "#4f5853", "#ddd6c7", "#7f857d"
FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
TEXT_SIZE = 11
NAME_HEIGHT = 20
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def plot_png(plot: Plot, *, names: Sequence[str] = ()) -> bytes:
    """Return the plot as a picture of twice its size on paper's colour; the same plot gives the same bytes.

    ``names`` say above the plot what its series are called, a line for each.
    """
    factor = SCALE * SMOOTHING
    head = len(names) * NAME_HEIGHT
    size = (round(plot.size.width * factor), round((plot.size.height + head) * factor))
    picture = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(picture)
    for number, (name, series) in enumerate(zip(names, plot.series, strict=False)):
        middle = (number + 0.5) * NAME_HEIGHT
        bar = Shape("rect", [(4, middle - 4), (28, middle + 4)], "bar", series.style)
        line = Shape("line", [(4, middle), (28, middle)], "line", series.style)
        _draw(draw, bar if series.kind == "bar" else line, factor, 0)
        _draw(draw, Shape("text", [(36, middle + 4)], "name", text=name), factor, 0)
    for shape in plot.shapes():
        _draw(draw, shape, factor, head)
    smaller = picture.resize((size[0] // SMOOTHING, size[1] // SMOOTHING), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    smaller.quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _colour(style: int) -> str:
    return COLOURS[(style - 1) % len(COLOURS)]


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, factor: int, down: float) -> None:
    points = [(x * factor, (y + down) * factor) for x, y in shape.points]
    match shape.kind:
        case "text":
            colour = INK if shape.look == "name" else SOFT
            text = "".join(letter if letter.isprintable() else " " for letter in shape.text)
            draw.text(
                points[0], text, fill=colour, font=_font(TEXT_SIZE * factor), anchor=ANCHORS[shape.anchor]
            )
        case "rect":
            (left, top), (right, bottom) = points
            ends = (left, top, max(right, left + 1), max(bottom, top + 1))
            draw.rectangle(ends, fill=_colour(shape.style))
        case "dot":
            (x, y), radius = points[0], 2.4 * factor
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(shape.style))
        case "area":
            colour = _colour(shape.style)
            pale = tuple(round(255 - (255 - int(colour[at : at + 2], 16)) * 0.15) for at in (1, 3, 5))
            draw.polygon(points, fill=pale)
        case "line" if shape.style:
            draw.line(points, fill=_colour(shape.style), width=round(1.8 * factor), joint="curve")
        case "line":
            draw.line(points, fill=AXIS if shape.look == "axis" else GRID, width=max(factor // 2, 1))
