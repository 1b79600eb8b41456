"""Rooms from inside: a window with its view, beds, lamps, and what else makes one want to stay."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from .canvas import UNITS_WIDE, Canvas, Colour, colour, darker, lighter, mix
from .furniture import (
    LAMP_WARMTH,
    art_draw,
    bed_draw,
    bunk_draw,
    corner_draw,
    nightstand_draw,
    rug_draw,
)
from .houses import LAMPS
from .light import Light
from .nature import pine


@dataclass(frozen=True)
class Style:
    """The colours and the manner of a room; `view` is what the window looks at."""

    wall: tuple[Colour, ...]
    panel: str
    floor: Colour
    wood: Colour
    linen: Colour
    textile: tuple[Colour, ...]
    view: str
    beams: bool = False


def _tones(*codes: str) -> tuple[Colour, ...]:
    return tuple(colour(code) for code in codes)


STYLES = {
    "classic": Style(
        _tones("#3f5f57", "#6b4a4f", "#52657d", "#8a7f63"),
        "wainscot",
        colour("#9a6b45"),
        colour("#6b4328"),
        colour("#f7f1e4"),
        _tones("#b5673f", "#7c8f6a", "#c79a45"),
        "roofs",
    ),
    "modern": Style(
        _tones("#d8d2c6", "#c9cfc9", "#d9c7b8"),
        "slats",
        colour("#b99a78"),
        colour("#8a6a4c"),
        colour("#fbf8f1"),
        _tones("#2f5d57", "#b8674a", "#3f4f63"),
        "roofs",
    ),
    "coastal": Style(
        _tones("#e9e2d0", "#c8dbdc", "#f0e6d4"),
        "boards",
        colour("#cdb38f"),
        colour("#e9dcc2"),
        colour("#ffffff"),
        _tones("#3f7f95", "#d98a5c", "#5fa39a"),
        "sea",
    ),
    "alpine": Style(
        _tones("#b98a5c", "#a8784c", "#c49a6c"),
        "timber",
        colour("#8a5c38"),
        colour("#6b4326"),
        colour("#f6f0e3"),
        _tones("#a83f35", "#3f6b52", "#4a5f7d"),
        "peaks",
        beams=True,
    ),
    "garret": Style(
        _tones("#e6d6bf", "#d7b9a5", "#c9cdb4"),
        "plain",
        colour("#a3764d"),
        colour("#7a5234"),
        colour("#f9f3e6"),
        _tones("#8c5a6b", "#5f7f6b", "#c08a3e"),
        "roofs",
        beams=True,
    ),
}
# Width of each bed in units, from left to right; a negative one is a bunk.
BEDS: dict[str, tuple[float, ...]] = {
    "single": (350,),
    "double": (560,),
    "king": (680,),
    "twin": (310, 310),
    "triple": (450, 270),
    "bunk": (-420,),
}


def room_draw(
    canvas: Canvas, light: Light, rng: random.Random, beds: tuple[float, ...], style: Style
) -> None:
    """Everything stands on `floor`; the window is on one side, the beds take the other."""
    floor = canvas.height * 0.73

    def indoors(plain: Colour) -> Colour:
        if not light.dark:
            return mix(plain, light.on(plain), 0.35)
        return darker((plain[0], plain[1] * LAMP_WARMTH[1] // 255, plain[2] * LAMP_WARMTH[2] // 255), 0.2)

    wall = indoors(rng.choice(style.wall))
    _wall(canvas, style, wall, floor)
    _floor(canvas, indoors(style.floor), floor)
    mirrored = rng.random() < 0.5

    def place(x: float, width: float = 0) -> float:
        return UNITS_WIDE - x - width if mirrored else x

    textile = [indoors(tone) for tone in rng.sample(style.textile, len(style.textile))]
    wood, linen = indoors(style.wood), indoors(style.linen)
    _window(canvas, light, rng, style, place(110, 400), floor, lighter(wood, 0.5), textile[1])
    if style.beams:
        _beams(canvas, darker(wood, 0.15))
    _beds(canvas, light, rng, beds, floor, place, (wood, linen, textile))
    corner_draw(canvas, rng, place(250), floor, textile[2], wood, indoors(colour("#4f7a55")))
    if light.dark:
        canvas.haze(0, canvas.height * 0.35, darker(wall, 0.6), 0.35, rising=False)


def _beds(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    beds: tuple[float, ...],
    floor: float,
    place: Callable[[float, float], float],
    tones: tuple[Colour, Colour, list[Colour]],
) -> None:
    """The beds in a row, each below its picture, with a nightstand on either side and a rug before them."""
    wood, linen, textile = tones
    gap = 150.0
    total = sum(abs(width) for width in beds) + gap * (len(beds) - 1)
    start = 1075 - total / 2
    rug_draw(canvas, mix(textile[1], linen, 0.35), place(start - 90, total + 180), total + 180, floor)
    spots = set()
    for width in beds:
        left = place(start, abs(width))
        if width < 0:
            bunk_draw(canvas, left, -width, floor, wood, linen, textile)
        else:
            art_draw(canvas, rng, left + width / 2, floor - 440, textile, lighter(wood, 0.3), linen)
            bed_draw(canvas, left, width, floor, wood, linen, textile)
            spots |= {start - gap / 2, start + width + gap / 2}
        start += abs(width) + gap
    for spot in sorted(spots):
        nightstand_draw(canvas, light, place(spot, 0), floor, wood, linen)


def _wall(canvas: Canvas, style: Style, wall: Colour, floor: float) -> None:
    canvas.gradient(0, 0, UNITS_WIDE, floor, (darker(wall, 0.1), wall, lighter(wall, 0.06)))
    if style.panel == "wainscot":
        top = floor - 260
        canvas.rect(0, top, UNITS_WIDE, 260, lighter(wall, 0.12))
        canvas.rect(0, top, UNITS_WIDE, 9, lighter(wall, 0.28))
        for x in range(30, UNITS_WIDE, 200):
            canvas.rect(x, top + 40, 150, 170, darker(wall, 0.06))
            canvas.rect(x + 5, top + 45, 140, 160, lighter(wall, 0.14))
    elif style.panel == "slats":
        for x in range(0, UNITS_WIDE, 26):
            canvas.rect(x, floor - 470, 15, 470, mix(wall, style.wood, 0.55))
    elif style.panel in {"timber", "boards"}:
        step = 62 if style.panel == "timber" else 46
        for index, y in enumerate(range(0, int(floor), step)):
            canvas.rect(0, y, UNITS_WIDE, step, darker(wall, 0.05) if index % 2 else wall, 0.6)
            canvas.rect(0, y + step - 2, UNITS_WIDE, 2, darker(wall, 0.22))
    canvas.rect(0, floor - 20, UNITS_WIDE, 20, lighter(wall, 0.35))


def _floor(canvas: Canvas, tone: Colour, floor: float) -> None:
    canvas.gradient(
        0, floor, UNITS_WIDE, canvas.height - floor, (darker(tone, 0.2), tone, lighter(tone, 0.06))
    )
    for plank in range(-14, 32):
        far, near = 200 + plank * 70, 800 + (plank * 70 - 600) * 1.9
        canvas.line([(far, floor), (near, canvas.height)], darker(tone, 0.3), 1.6, 0.55)
    canvas.rect(0, floor, UNITS_WIDE, 12, darker(tone, 0.5), 0.35)


def _beams(canvas: Canvas, tone: Colour) -> None:
    canvas.rect(0, 0, UNITS_WIDE, 34, tone)
    for x in (90, 470, 850, 1230, 1570):
        canvas.shape([(x - 30, 0), (x + 30, 0), (x + 22, 92), (x - 22, 92)], darker(tone, 0.12))
        canvas.shape([(x + 8, 0), (x + 30, 0), (x + 22, 92), (x + 6, 92)], darker(tone, 0.3))


def _view(
    canvas: Canvas, light: Light, rng: random.Random, style: Style, box: tuple[float, float, float, float]
) -> None:
    x, y, width, height = box
    canvas.gradient(x, y, width, height, light.sky)
    sun = x + width * rng.uniform(0.25, 0.75)
    sun_y = y + height * (0.22 if light.dark else 0.4)
    canvas.oval(sun, sun_y, 30, 30, light.sun)
    base = y + height
    if style.view == "sea":
        sea = light.on(light.water)
        canvas.gradient(
            x, base - height * 0.34, width, height * 0.34, (mix(sea, light.horizon, 0.4), darker(sea, 0.15))
        )
        for _ in range(22):
            length = rng.uniform(10, 40)
            canvas.rounded(
                rng.uniform(x, x + width - length),
                rng.uniform(base - height * 0.32, base),
                length,
                3,
                2,
                light.sun,
                0.35,
            )
    elif style.view == "peaks":
        rock, snow = light.on(colour("#74808f")), light.on(colour("#fbfbf8"))
        for middle, top in ((0.25, 0.42), (0.72, 0.3), (0.5, 0.55)):
            peak = x + width * middle
            crown = y + height * top
            half = width * 0.34
            canvas.shape(
                [(peak, crown), (min(peak + half, x + width), base), (max(peak - half, x), base)],
                mix(rock, light.horizon, 0.7 - top),
            )
            canvas.shape(
                [
                    (peak, crown),
                    (peak + half * 0.3, crown + (base - crown) * 0.3),
                    (peak + half * 0.08, crown + (base - crown) * 0.24),
                    (peak - half * 0.1, crown + (base - crown) * 0.34),
                    (peak - half * 0.3, crown + (base - crown) * 0.3),
                ],
                snow,
            )
        for tree in range(9):
            pine(
                canvas,
                x + 24 + tree * (width - 48) / 8,
                base + 12,
                rng.uniform(90, 150),
                light.on(colour("#2f5a48")),
            )
    else:
        for row, depth in enumerate((0.5, 0.25)):
            spot = x
            while spot < x + width - 8:
                wide = min(rng.uniform(50, 100), x + width - spot)
                top = base - height * (0.42 - row * 0.16) * rng.uniform(0.75, 1.1)
                brick = mix(light.on(colour("#a8705a")), light.horizon, depth)
                canvas.rect(spot, top, wide, base - top, brick)
                canvas.shape(
                    [(spot, top), (spot + wide / 2, top - wide * 0.4), (spot + wide, top)], darker(brick, 0.2)
                )
                for pane in range(int(wide / 26)):
                    tone = rng.choice(LAMPS) if rng.random() < max(0.2, light.lit) else darker(brick, 0.3)
                    canvas.rect(spot + 9 + pane * 26, top + 18, 11, 17, tone)
                spot += wide


def _window(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    style: Style,
    x: float,
    floor: float,
    frame: Colour,
    drape: Colour,
) -> None:
    width, top = 400.0, 130.0
    height = floor - top - 140
    canvas.rect(x - 18, top - 18, width + 36, height + 36, darker(frame, 0.1))
    _view(canvas, light, rng, style, (x, top, width, height))
    for bar in (0.0, 0.5, 1.0):
        canvas.rect(x + width * bar - 6, top, 12, height, frame)
    canvas.rect(x, top + height * 0.3, width, 9, frame)
    canvas.rect(x - 34, top + height + 10, width + 68, 20, frame)
    canvas.rect(x - 34, top + height + 28, width + 68, 8, darker(frame, 0.35), 0.6)
    canvas.rounded(x - 110, top - 62, width + 220, 12, 6, darker(drape, 0.55))
    for side, outer in ((-1, x - 96), (1, x + width + 96)):
        inner = outer - side * 150
        for fold in range(6):
            share, nextshare = fold / 6, (fold + 1) / 6
            tone = (drape, darker(drape, 0.16), lighter(drape, 0.1))[fold % 3]
            upper = (outer + (inner - outer) * share, outer + (inner - outer) * nextshare)
            tied = outer + side * 14
            knot = (tied - side * 52 * share, tied - side * 52 * nextshare)
            hem = (outer - side * 92 * share, outer - side * 92 * nextshare)
            bend = top + height * 0.72
            canvas.shape(
                [
                    (upper[0], top - 52),
                    (upper[1], top - 52),
                    (knot[1], bend),
                    (hem[1], floor - 24),
                    (hem[0], floor - 24),
                    (knot[0], bend),
                ],
                tone,
            )
        canvas.rounded(outer - (0 if side < 0 else 46), top + height * 0.7, 52, 18, 8, darker(drape, 0.4))
    if not light.dark:
        shine = [
            (x + 30, floor),
            (x + width - 10, floor),
            (x + width + 260, canvas.height),
            (x + 190, canvas.height),
        ]
        canvas.shape(shine, light.sun, 0.16)
