"""Façades: walls, windows, roofs, doors, the sign of the hotel."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .canvas import Canvas, Colour, Point, colour, darker, lighter, mix
from .light import Light

WALLS = tuple(
    colour(code)
    for code in (
        "#e8c9a0",
        "#d98f6c",
        "#f1e3c8",
        "#c9d3c0",
        "#e3b6a0",
        "#b9c7cf",
        "#f0d58c",
        "#d7a58f",
        "#efe9da",
        "#a9b79d",
    )
)
ROOFS = tuple(colour(code) for code in ("#b4573a", "#8f4a37", "#5d6970", "#4c5a5f", "#a5643f", "#6f5a52"))
SHUTTERS = tuple(colour(code) for code in ("#3f6b5c", "#2f5572", "#7c3f35", "#5c6b4a", "#33474a"))
LAMPS = tuple(colour(code) for code in ("#ffd98a", "#fbc563", "#ffe7b0", "#f4ae55"))
GLASS = colour("#5f7f8c")
SIGN_STROKES: dict[str, tuple[tuple[Point, ...], ...]] = {
    "H": (((0, 0), (0, 12)), ((8, 0), (8, 12)), ((0, 6), (8, 6))),
    "O": (((4, 0), (1, 2), (0, 6), (1, 10), (4, 12), (7, 10), (8, 6), (7, 2), (4, 0)),),
    "T": (((0, 0), (8, 0)), ((4, 0), (4, 12))),
    "E": (((8, 0), (0, 0), (0, 12), (8, 12)), ((0, 6), (6, 6))),
    "L": (((0, 0), (0, 12), (8, 12)),),
}


@dataclass(frozen=True)
class Front:
    """How one façade is built. Heights and widths in units; `depth` is how far it has faded into the air."""

    x: float
    base: float
    width: float
    floors: int
    floor_height: float
    bays: int
    roof: str
    wall: Colour
    tile: Colour
    shutter: Colour | None
    arched: bool
    balconies: bool
    depth: float = 0

    @property
    def top(self) -> float:
        return self.base - self.floors * self.floor_height


def front_make(
    rng: random.Random,
    x: float,
    base: float,
    width: float,
    floors: int,
    floor_height: float,
    roofs: tuple[str, ...],
    depth: float = 0,
) -> Front:
    """A façade with walls, tiles, shutters and balconies by chance."""
    return Front(
        x=x,
        base=base,
        width=width,
        floors=floors,
        floor_height=floor_height,
        bays=max(2, round(width / 58)),
        roof=rng.choice(roofs),
        wall=rng.choice(WALLS),
        tile=rng.choice(ROOFS),
        shutter=rng.choice((*SHUTTERS, None)),
        arched=rng.random() < 0.25,
        balconies=rng.random() < 0.4,
        depth=depth,
    )


def front_draw(
    canvas: Canvas, light: Light, rng: random.Random, front: Front, ground_floor: bool = True
) -> None:
    """Roof, wall and windows; the ground floor has shops unless told otherwise."""
    wall = light.on(front.wall, front.depth)
    _roof(canvas, light, front)
    canvas.gradient(
        front.x, front.top, front.width, front.base - front.top, (lighter(wall, 0.08), darker(wall, 0.08))
    )
    canvas.rect(
        front.x + front.width * 0.93,
        front.top,
        front.width * 0.07,
        front.base - front.top,
        darker(wall, 0.3),
        0.3,
    )
    trim = lighter(wall, 0.35)
    canvas.rect(front.x - 4, front.top - 5, front.width + 8, 9, trim)
    canvas.rect(front.x, front.top + 4, front.width, 7, darker(wall, 0.45), 0.35)
    bay = front.width / front.bays
    for floor in range(front.floors):
        is_ground = floor == front.floors - 1
        y = front.top + floor * front.floor_height
        if is_ground and ground_floor:
            _shop(canvas, light, rng, front, y)
            continue
        for column in range(front.bays):
            x = front.x + bay * (column + 0.5)
            _window(canvas, light, rng, front, x, y + front.floor_height * 0.2, bay)
        if floor:
            canvas.rect(front.x, y - 1, front.width, 3, trim, 0.7)


def _window(
    canvas: Canvas, light: Light, rng: random.Random, front: Front, x: float, y: float, bay: float
) -> None:
    width, height = min(bay * 0.46, 38), front.floor_height * 0.6
    wall = light.on(front.wall, front.depth)
    left = x - width / 2
    is_lit = rng.random() < light.lit
    glass = rng.choice(LAMPS) if is_lit else mix(light.on(GLASS, front.depth), light.sky[1], 0.35)
    if is_lit and not light.dark:
        glass = mix(glass, wall, 0.25)
    draw = canvas.arch if front.arched else canvas.rect
    draw(left - 4, y - 4, width + 8, height + 6, lighter(wall, 0.4))
    draw(left, y, width, height, darker(glass, 0.0 if is_lit else 0.25))
    if is_lit:
        canvas.rect(left, y + height * 0.62, width, height * 0.38, darker(glass, 0.22), 0.45)
        if rng.random() < 0.5:
            drape = lighter(glass, 0.45)
            canvas.shape([(left, y + 3), (left + width * 0.34, y + 3), (left, y + height)], drape, 0.75)
            canvas.shape(
                [(left + width, y + 3), (left + width * 0.66, y + 3), (left + width, y + height)], drape, 0.75
            )
    else:
        canvas.shape(
            [
                (left, y + height * 0.75),
                (left + width, y + height * 0.2),
                (left + width, y + height * 0.45),
                (left, y + height),
            ],
            light.sky[0],
            0.3,
        )
    frame = lighter(wall, 0.6) if not light.dark else darker(wall, 0.35)
    canvas.rect(x - 1.2, y, 2.4, height, frame, 0.9)
    canvas.rect(left, y + height * 0.36, width, 2.2, frame, 0.9)
    _window_dress(canvas, light, rng, front, left, y, width, height)


def _window_dress(
    canvas: Canvas,
    light: Light,
    rng: random.Random,
    front: Front,
    left: float,
    y: float,
    width: float,
    height: float,
) -> None:
    """Shutters, sill, and a balcony or flowers."""
    wall = light.on(front.wall, front.depth)
    if front.shutter:
        tone = light.on(front.shutter, front.depth)
        for side in (left - width * 0.36 - 4, left + width + 4):
            canvas.rect(side, y, width * 0.36, height, tone)
            for slat in range(5):
                canvas.rect(
                    side + 1.5, y + height * (0.08 + slat * 0.18), width * 0.36 - 3, 2, darker(tone, 0.3)
                )
    canvas.rect(left - 7, y + height + 1, width + 14, 5, lighter(wall, 0.5))
    if front.balconies:
        iron = darker(light.on(colour("#2f3836"), front.depth), 0.15)
        canvas.rect(left - 10, y + height + 4, width + 20, 4, iron)
        canvas.rect(left - 10, y + height - 17, width + 20, 2, iron)
        for bar in range(9):
            canvas.rect(left - 10 + bar * (width + 18.5) / 8, y + height - 17, 1.6, 22, iron)
    elif rng.random() < 0.3:
        for bloom in range(5):
            tone = light.on(
                rng.choice((colour("#d5574e"), colour("#e58aa0"), colour("#5f8a55"))), front.depth
            )
            canvas.oval(left + bloom * width / 4, y + height - 1, 5, 5, tone)


def _shop(canvas: Canvas, light: Light, rng: random.Random, front: Front, y: float) -> None:
    """The ground floor: large panes, awnings, a door."""
    wall = light.on(front.wall, front.depth)
    canvas.rect(front.x, y, front.width, front.base - y, darker(wall, 0.22))
    canvas.rect(front.x, y - 3, front.width, 7, lighter(wall, 0.4))
    count = max(2, front.bays // 2)
    bay = front.width / count
    door = rng.randrange(count)
    stripe = front.shutter or rng.choice(SHUTTERS)
    for column in range(count):
        left, width = front.x + bay * column + bay * 0.14, bay * 0.72
        top, height = y + (front.base - y) * 0.24, (front.base - y) * 0.76
        glow = rng.choice(LAMPS) if light.lit > 0.2 else mix(light.on(GLASS, front.depth), light.horizon, 0.2)
        if column == door:
            canvas.arch(left + width * 0.2, top - 4, width * 0.6, height + 4, lighter(wall, 0.4))
            canvas.arch(
                left + width * 0.26, top + 2, width * 0.48, height - 2, darker(light.on(stripe), 0.25)
            )
            canvas.arch(left + width * 0.33, top + 10, width * 0.34, height * 0.45, glow)
        else:
            canvas.rect(left - 3, top - 3, width + 6, height - 8, darker(wall, 0.5))
            canvas.gradient(left, top, width, height - 14, (glow, darker(glow, 0.18)))
            canvas.rect(left + width / 2 - 1.5, top, 3, height - 14, darker(wall, 0.5))
        for part in range(8):
            tone = light.on(stripe if part % 2 else colour("#fbf5e6"), front.depth)
            x1, x2 = left - 6 + part * (width + 12) / 8, left - 6 + (part + 1) * (width + 12) / 8
            if column != door:
                canvas.shape(
                    [(x1 + 4, top - 12), (x2 + 4 - 8 / 8, top - 12), (x2, top + 13), (x1, top + 13)], tone
                )


def _roof(canvas: Canvas, light: Light, front: Front) -> None:
    tile = light.on(front.tile, front.depth)
    shade = darker(tile, 0.25)
    x, width, top = front.x, front.width, front.top
    middle = x + width / 2
    if front.roof == "gable":
        peak = top - width * 0.44
        canvas.shape([(x - 10, top), (middle, peak), (x + width + 10, top)], tile)
        canvas.shape([(middle, peak), (x + width + 10, top), (middle, top)], shade, 0.5)
    elif front.roof == "step":
        wall = light.on(front.wall, front.depth)
        for step in range(5):
            canvas.rect(x + width * 0.1 * step, top - 22 * (step + 1), width * (1 - 0.2 * step), 24, wall)
            canvas.rect(
                x + width * 0.1 * step - 3,
                top - 22 * (step + 1) - 3,
                width * (1 - 0.2 * step) + 6,
                5,
                lighter(wall, 0.45),
            )
        canvas.arch(middle - 12, top - 62, 24, 40, LAMPS[0] if light.dark else darker(wall, 0.5))
    elif front.roof == "bell":
        wall = light.on(front.wall, front.depth)
        half = width / 2
        curve = [
            (0.0, 1.0),
            (0.1, 0.93),
            (0.2, 0.8),
            (0.3, 0.66),
            (0.45, 0.6),
            (0.62, 0.5),
            (0.78, 0.34),
            (0.9, 0.16),
            (1.0, 0.0),
        ]
        rise = width * 0.62
        left = [(middle - half * reach, top - rise * up) for up, reach in curve]
        right = [(middle + half * reach, top - rise * up) for up, reach in reversed(curve)]
        canvas.shape([*left, *right], wall)
        canvas.line(left, lighter(wall, 0.45), 5)
        canvas.line(right, lighter(wall, 0.45), 5)
        canvas.oval(middle, top - rise * 0.42, 13, 13, LAMPS[1] if light.dark else darker(wall, 0.5))
    elif front.roof == "mansard":
        rise = min(90.0, width * 0.3)
        canvas.shape(
            [
                (x - 6, top),
                (x + width * 0.06, top - rise),
                (x + width * 0.94, top - rise),
                (x + width + 6, top),
            ],
            tile,
        )
        canvas.rect(x + width * 0.06, top - rise - 5, width * 0.88, 6, shade)
        for column in range(max(2, front.bays // 2)):
            spot = x + width * (column + 0.5) / max(2, front.bays // 2)
            canvas.arch(spot - 17, top - rise * 0.84, 34, rise * 0.8, lighter(tile, 0.25))
            canvas.arch(
                spot - 11,
                top - rise * 0.72,
                22,
                rise * 0.62,
                LAMPS[column % 4] if light.lit > 0.25 else darker(tile, 0.5),
            )
    else:
        canvas.rect(x - 6, top - 16, width + 12, 18, light.on(lighter(front.wall, 0.2), front.depth))
        canvas.rect(x + width * 0.7, top - 46, 26, 32, shade)
    if front.roof in {"gable", "mansard"}:
        stack = top - (width * 0.23 + 44 if front.roof == "gable" else min(90.0, width * 0.3) + 34)
        canvas.rect(x + width * 0.74, stack, 22, 48, light.on(colour("#8a6a58"), front.depth))
        canvas.rect(x + width * 0.74 - 3, stack - 4, 28, 7, shade)


def sign_draw(canvas: Canvas, light: Light, x: float, y: float, size: float) -> None:
    """HOTEL, one letter under the other, in lamps."""
    width, height = size * 1.5, size * 7.6
    canvas.glow(x + width / 2, y + height / 2, height * 0.9, colour("#ffc861"), 0.5 if light.dark else 0.12)
    canvas.rounded(x - 3, y - 3, width + 6, height + 6, 8, light.on(colour("#c79a45")))
    canvas.rounded(x, y, width, height, 6, colour("#0c2621"))
    for index, letter in enumerate("HOTEL"):
        for stroke in SIGN_STROKES[letter]:
            points = [
                (x + width / 2 + (px - 4) * size / 12, y + size * (0.45 + index * 1.4) + py * size / 12)
                for px, py in stroke
            ]
            canvas.line(points, colour("#ffdf95"), max(2.2, size / 9))
