"""What grows and stands around houses: ridges, trees, lamps, boats, parasols."""

from __future__ import annotations

import itertools
import math
import random

from .canvas import UNITS_WIDE, Canvas, Colour, Point, colour, darker, lighter, mix
from .light import Light

Ridge = list[Point]


def ridge_line(rng: random.Random, base: float, height: float) -> Ridge:
    """A skyline of hills, by halving stretches again and again."""
    points = [rng.uniform(0.2, 0.7), rng.uniform(0.6, 1.0), rng.uniform(0.2, 0.6), rng.uniform(0.5, 1.0), 0.4]
    swing = 0.32
    for _ in range(6):
        halved = []
        for left, right in itertools.pairwise(points):
            halved += [left, (left + right) / 2 + rng.uniform(-swing, swing)]
        points = [*halved, points[-1]]
        swing *= 0.36
    step = (UNITS_WIDE + 40) / (len(points) - 1)
    return [(-20 + index * step, base - height * max(0.05, value)) for index, value in enumerate(points)]


def ridge_draw(canvas: Canvas, line: Ridge, fill: Colour) -> None:
    """Everything below the line of hills."""
    canvas.shape([(-20, canvas.height), *line, (UNITS_WIDE + 20, canvas.height)], fill)


def peak_draw(
    canvas: Canvas,
    rng: random.Random,
    x: float,
    base: float,
    width: float,
    height: float,
    rock: Colour,
    snow: Colour,
) -> None:
    """A mountain: one side in the light, one in the shade, snow with a ragged hem on both."""
    top = base - height
    crest = [
        (x + rng.uniform(-0.05, 0.07) * width * (1 - step / 8) * min(step, 1), top + height * step / 7.5)
        for step in range(8)
    ]
    left = [
        (x - width / 2 * (step / 6) * rng.uniform(0.92, 1.04), top + height * step / 6)
        for step in range(1, 7)
    ]
    right = [
        (x + width / 2 * (step / 6) * rng.uniform(0.92, 1.04), top + height * step / 6)
        for step in range(1, 7)
    ]
    canvas.shape([(x, top), *left, (x, base), *reversed(crest)], lighter(rock, 0.1))
    canvas.shape([(x, top), *right, (x, base), *reversed(crest)], darker(rock, 0.24))
    hem = height * rng.uniform(0.34, 0.46)
    for side, flank, tone in ((-1, left, snow), (1, right, mix(snow, rock, 0.42))):
        edge_x = x + side * abs(flank[1][0] - x) * hem / (height / 3)
        teeth = []
        for tooth in range(9):
            share = tooth / 8
            drop = rng.uniform(0.05, 0.2) if tooth % 2 else rng.uniform(-0.22, -0.04)
            teeth.append((edge_x + (x - edge_x) * share, top + hem * (1 + drop * (0.4 + share))))
        canvas.shape([(x, top), flank[0], (edge_x, top + hem), *teeth, crest[3], crest[2], crest[1]], tone)


def pine(canvas: Canvas, x: float, base: float, height: float, fill: Colour) -> None:
    """Four tiers, the right half in shade."""
    width = height * 0.36
    canvas.rect(x - height * 0.02, base - height * 0.12, height * 0.04, height * 0.12, darker(fill, 0.4))
    for tier in range(4):
        top = base - height + tier * height * 0.2
        bottom = top + height * 0.36
        half = width / 2 * (0.4 + tier * 0.2)
        canvas.shape([(x, top), (x + half, bottom), (x, bottom - height * 0.03), (x - half, bottom)], fill)
        canvas.shape([(x, top), (x + half, bottom), (x, bottom - height * 0.03)], darker(fill, 0.22))


def cypress(canvas: Canvas, x: float, base: float, height: float, fill: Colour) -> None:
    """A flame of dark leaves."""
    points = []
    for step in range(21):
        t = step / 20
        points.append((x - height * 0.11 * math.sin(math.pi * t**0.7), base - height * (1 - t)))
    canvas.shape([*points, *[(2 * x - px, py) for px, py in reversed(points)]], fill)
    canvas.shape(
        [
            *[(x + (x - px) * 0.15, py) for px, py in points],
            *[(2 * x - px, py) for px, py in reversed(points)],
        ],
        darker(fill, 0.25),
    )


def tree(canvas: Canvas, rng: random.Random, x: float, base: float, height: float, fill: Colour) -> None:
    """A round crown of several tones over a trunk."""
    canvas.shape(
        [
            (x - height * 0.03, base),
            (x - height * 0.015, base - height * 0.5),
            (x + height * 0.015, base - height * 0.5),
            (x + height * 0.03, base),
        ],
        darker(mix(fill, colour("#5a4032"), 0.6), 0.3),
    )
    blobs = [(0.0, 0.66, 0.24)]
    for step in range(8):
        angle = step * math.pi / 4 + rng.uniform(-0.25, 0.25)
        blobs.append((0.17 * math.cos(angle), 0.66 + 0.19 * math.sin(angle), rng.uniform(0.11, 0.16)))
    for tone, shift, size in (
        (darker(fill, 0.25), 0.03, 1.0),
        (fill, 0.0, 0.96),
        (lighter(fill, 0.16), -0.05, 0.62),
    ):
        for dx, up, reach in blobs:
            r = height * reach * size
            canvas.oval(x + height * (dx + shift), base - height * (up - shift), r, r, tone)


def palm(canvas: Canvas, rng: random.Random, x: float, base: float, height: float, fill: Colour) -> None:
    """A leaning trunk with a crown of fronds."""
    lean = rng.uniform(-0.16, 0.16) * height
    trunk = [(x + lean * (t / 10) ** 2, base - height * t / 10) for t in range(11)]
    canvas.line(trunk, darker(mix(fill, colour("#7a5a3c"), 0.7), 0.15), height * 0.035)
    top_x, top_y = trunk[-1]
    for frond in range(11):
        angle = math.pi * (-0.12 + frond * 1.24 / 10)
        reach = height * rng.uniform(0.34, 0.46)
        upper, lower = [], []
        for step in range(9):
            t = step / 8
            px = top_x + math.cos(angle) * reach * t
            py = top_y - math.sin(angle) * reach * t * 0.7 + reach * 0.55 * t * t
            half = reach * 0.075 * math.sin(math.pi * min(1, t + 0.12))
            upper.append((px, py - half))
            lower.append((px, py + half))
        canvas.shape([*upper, *reversed(lower)], mix(fill, darker(fill, 0.3), rng.random()))
    canvas.oval(top_x, top_y, height * 0.03, height * 0.03, darker(fill, 0.35))


def lamp(canvas: Canvas, light: Light, x: float, base: float, height: float) -> None:
    """A street lamp, with its glow when it is lit."""
    iron = darker(light.on(colour("#2a3230")), 0.2)
    canvas.rect(x - 2, base - height, 4, height, iron)
    canvas.rect(x - 7, base - 8, 14, 8, iron)
    canvas.rounded(x - 9, base - height - 26, 18, 26, 5, iron)
    canvas.rounded(
        x - 6, base - height - 22, 12, 19, 3, colour("#ffe2a0") if light.lit > 0.2 else colour("#d9e4e2")
    )
    if light.lit > 0.2:
        canvas.glow(x, base - height - 12, 90, colour("#ffd27a"), 0.45 if light.dark else 0.25)


def sailing_boat(canvas: Canvas, light: Light, x: float, y: float, size: float) -> None:
    """A hull, a mainsail and a jib, from the side."""
    hull = light.on(colour("#2c3a3c"))
    canvas.shape(
        [
            (x - size * 0.6, y),
            (x + size * 0.7, y),
            (x + size * 0.45, y + size * 0.2),
            (x - size * 0.42, y + size * 0.2),
        ],
        hull,
    )
    canvas.rect(x - 1, y - size * 1.25, 2.5, size * 1.25, hull)
    sail = light.on(colour("#f7f0de"))
    bow = [(x + 4, y - size * 1.2)] + [
        (x + 4 + size * 0.62 * math.sin(t * math.pi / 16), y - size * 1.2 + size * 1.12 * t / 8)
        for t in range(1, 9)
    ]
    canvas.shape([*bow, (x + 4, y - size * 0.08)], sail)
    canvas.shape(
        [(x - 4, y - size * 1.05), (x - 4, y - size * 0.08), (x - size * 0.5, y - size * 0.08)],
        darker(sail, 0.14),
    )


def parasol(canvas: Canvas, light: Light, x: float, base: float, size: float, fill: Colour) -> None:
    """A striped parasol with a scalloped rim."""
    canvas.rect(x - 1.5, base - size, 3, size, light.on(colour("#6b5a48")))
    half = size * 0.62
    peak, rim = base - size * 1.12, base - size * 0.74
    for part in range(6):
        left, right = x - half + part * half / 3, x - half + (part + 1) * half / 3
        tone = light.on(fill if part % 2 else colour("#fbf5e6"))
        canvas.shape([(x, peak), (left, rim), ((left + right) / 2, rim + size * 0.05), (right, rim)], tone)


def water_lines(
    canvas: Canvas, light: Light, rng: random.Random, top: float, bottom: float, sun_x: float | None
) -> None:
    """Strokes of light on water; with `sun_x` they gather into a lane under the sun."""
    shine = light.sun if light.lit < 0.6 else colour("#ffd58a")
    for _ in range(90):
        depth = rng.random() ** 1.4
        y = top + 4 + (bottom - top - 8) * depth
        in_lane = sun_x is not None and rng.random() < 0.6
        x = rng.gauss(sun_x or 0, 40 + 90 * depth) if in_lane else rng.uniform(0, UNITS_WIDE)
        length = rng.uniform(14, 60) * (0.5 + depth)
        canvas.rounded(
            x - length / 2, y, length, 2 + 1.6 * depth, 2, shine, rng.uniform(0.12, 0.5 if in_lane else 0.22)
        )
