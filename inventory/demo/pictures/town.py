"""Hotels in town: on a boulevard, and among old houses on a canal."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from .canvas import UNITS_WIDE, Canvas, Colour, colour, darker, lighter, mix
from .houses import LAMPS, SHUTTERS, front_draw, front_make, sign_draw
from .light import Light, sky_draw
from .nature import (
    lamp,
    tree,
    water_lines,
)

Landmark = Callable[[Canvas, Light, float, float, Colour], None]


def _spire(canvas: Canvas, light: Light, x: float, base: float, fill: Colour) -> None:
    canvas.rect(x - 36, base - 330, 72, 330, fill)
    canvas.shape([(x - 44, base - 326), (x, base - 560), (x + 44, base - 326)], darker(fill, 0.1))
    canvas.rect(x - 2, base - 590, 4, 40, fill)
    canvas.oval(x, base - 290, 19, 19, LAMPS[0] if light.dark else lighter(fill, 0.5))
    for y in (230, 160):
        canvas.arch(x - 11, base - y, 22, 46, LAMPS[1] if light.dark else darker(fill, 0.25))


def _dome(canvas: Canvas, light: Light, x: float, base: float, fill: Colour) -> None:
    canvas.rect(x - 150, base - 190, 300, 190, fill)
    canvas.rect(x - 92, base - 262, 184, 74, lighter(fill, 0.06))
    canvas.oval(x, base - 262, 92, 112, darker(fill, 0.08))
    canvas.rect(x - 13, base - 412, 26, 46, fill)
    canvas.oval(x, base - 412, 13, 18, fill)
    for column in range(7):
        canvas.arch(
            x - 80 + column * 25, base - 248, 13, 44, LAMPS[column % 4] if light.dark else darker(fill, 0.22)
        )


def _lattice(canvas: Canvas, light: Light, x: float, base: float, fill: Colour) -> None:
    for side in (-1, 1):
        canvas.line(
            [
                (x + side * 120, base),
                (x + side * 58, base - 200),
                (x + side * 22, base - 420),
                (x, base - 620),
            ],
            fill,
            15,
        )
    for y, half in ((120, 88), (200, 62), (330, 38), (430, 24)):
        canvas.rect(x - half, base - y - 8, 2 * half, 11, fill)
    for step in range(7):
        y1, y2 = 120 + step * 50, 170 + step * 50
        h1, h2 = 88 - step * 11, 77 - step * 11
        canvas.line([(x - h1, base - y1), (x + h2, base - y2)], fill, 4)
        canvas.line([(x + h1, base - y1), (x - h2, base - y2)], fill, 4)
    if light.dark:
        canvas.glow(x, base - 620, 60, LAMPS[2], 0.8)


def _wheel(canvas: Canvas, light: Light, x: float, base: float, fill: Colour) -> None:
    middle, radius = base - 250, 190
    for spoke in range(16):
        angle = spoke * math.pi / 8
        rim = (x + radius * math.cos(angle), middle + radius * math.sin(angle))
        canvas.line([(x, middle), rim], fill, 3)
        canvas.rounded(rim[0] - 9, rim[1] - 9, 18, 20, 5, LAMPS[spoke % 4] if light.dark else fill)
    circle = [
        (x + radius * math.cos(t * math.pi / 32), middle + radius * math.sin(t * math.pi / 32))
        for t in range(65)
    ]
    canvas.line(circle, fill, 7)
    canvas.line([(x - 90, base), (x, middle), (x + 90, base)], fill, 11)


LANDMARKS: tuple[Landmark, ...] = (_spire, _dome, _lattice, _wheel)


def _skyline(
    canvas: Canvas, light: Light, rng: random.Random, base: float, tall: float, fill: Colour
) -> None:
    x = -30.0
    while x < UNITS_WIDE:
        width, height = rng.uniform(46, 120), tall * rng.uniform(0.4, 1)
        top = base - height
        canvas.rect(x, top, width, height, fill)
        shape = rng.random()
        if shape < 0.3:
            canvas.shape([(x - 3, top), (x + width / 2, top - width * 0.4), (x + width + 3, top)], fill)
        elif shape < 0.5:
            canvas.rect(x + width * 0.3, top - 22, width * 0.4, 24, fill)
            canvas.rect(x + width * 0.48, top - 60, 3, 40, fill)
        glass = mix(rng.choice(LAMPS), fill, 0.15) if light.lit > 0.2 else lighter(fill, 0.18)
        for row in range(int(height / 26)):
            for column in range(int(width / 20)):
                if rng.random() < 0.25 + light.lit * 0.35:
                    canvas.rect(x + 8 + column * 20, top + 12 + row * 26, 8, 12, glass, 0.85)
        x += width + rng.choice((0, 0, 4, 12))


def city_draw(canvas: Canvas, light: Light, rng: random.Random, city: random.Random) -> None:
    """A boulevard before the skyline; the landmark belongs to the city, so all its hotels share it."""
    ground = canvas.height * 0.86
    sky_draw(canvas, light, rng, ground)
    stone = light.on(colour("#6d7d88"))
    landmark_x = city.choice((city.uniform(180, 560), city.uniform(1040, 1420)))
    city.choice(LANDMARKS)(canvas, light, landmark_x, ground - 190, mix(stone, light.horizon, 0.42))
    _skyline(canvas, light, rng, ground, 420, mix(stone, light.horizon, 0.6))
    canvas.haze(ground - 380, 380, light.horizon, 0.55)
    _skyline(canvas, light, rng, ground, 300, mix(stone, light.horizon, 0.3))
    canvas.haze(ground - 260, 260, light.horizon, 0.35)
    hotel_width = rng.uniform(500, 600)
    hotel_x = rng.uniform(780, 900) if landmark_x < UNITS_WIDE / 2 else rng.uniform(130, 260)
    x = -60.0
    while x < UNITS_WIDE:
        width = rng.uniform(170, 290)
        front = front_make(
            rng, x, ground, width, rng.randint(3, 4), 70, ("mansard", "flat", "gable"), depth=0.16
        )
        front_draw(canvas, light, rng, front)
        x += width
    hotel = front_make(rng, hotel_x, ground, hotel_width, 6, 88, ("mansard",))
    canvas.glow(hotel_x + hotel_width / 2, ground - 300, 620, LAMPS[0], 0.3 if light.dark else 0)
    front_draw(canvas, light, rng, replace(hotel, balconies=True))
    sign_draw(canvas, light, hotel_x - 46, ground - 490, 30)
    _street(canvas, light, rng, ground)


def _street(canvas: Canvas, light: Light, rng: random.Random, ground: float) -> None:
    stone = light.on(colour("#a39c92"))
    canvas.gradient(0, ground, UNITS_WIDE, canvas.height - ground, (stone, darker(stone, 0.45)))
    canvas.rect(0, ground, UNITS_WIDE, 10, lighter(stone, 0.25))
    canvas.rect(0, ground + 34, UNITS_WIDE, 5, darker(stone, 0.3))
    for x in range(0, UNITS_WIDE, 150):
        canvas.rounded(x + rng.uniform(0, 20), ground + 88, 80, 7, 3, lighter(stone, 0.5), 0.6)
    if light.dark:
        for _ in range(26):
            canvas.rounded(
                rng.uniform(0, 1600),
                rng.uniform(ground + 14, canvas.height),
                rng.uniform(30, 120),
                4,
                2,
                LAMPS[0],
                0.16,
            )
    leaf = light.on(rng.choice((colour("#6f8f5a"), colour("#87924e"), colour("#b5813f"))))
    for x in range(90, UNITS_WIDE, 330):
        tree(canvas, rng, x + rng.uniform(-40, 40), ground + 26, rng.uniform(170, 230), leaf)
    for x in range(250, UNITS_WIDE, 330):
        lamp(canvas, light, x, ground + 28, 130)


def old_town_draw(canvas: Canvas, light: Light, rng: random.Random, city: random.Random) -> None:
    """Narrow old houses along a canal, with themselves in the water."""
    quay = canvas.height * 0.74
    sky_draw(canvas, light, rng, quay)
    far = mix(light.on(colour("#77706f")), light.horizon, 0.5)
    city.choice((_spire, _dome))(canvas, light, city.uniform(350, 1250), quay - 60, far)
    _skyline(canvas, light, rng, quay, 320, mix(far, light.horizon, 0.25))
    canvas.haze(quay - 320, 320, light.horizon, 0.4)
    x, number, hotel_at = -50.0, 0, rng.randint(2, 4)
    sign_x = 0.0
    while x < UNITS_WIDE:
        is_hotel = number == hotel_at
        width = 330.0 if is_hotel else rng.uniform(140, 200)
        roofs = ("bell", "step") if is_hotel else ("step", "bell", "gable", "gable", "flat")
        front = front_make(
            rng,
            x,
            quay,
            width,
            4 if is_hotel else rng.randint(3, 4),
            90 if is_hotel else rng.uniform(78, 96),
            roofs,
        )
        front_draw(canvas, light, rng, front)
        if is_hotel:
            sign_x = x
        x += width
        number += 1
    sign_draw(canvas, light, sign_x + 4, quay - 340, 26)
    stone = light.on(colour("#8d8579"))
    canvas.mirror(quay + 26, canvas.height, light.on(light.water), 0.38, squeeze=0.62)
    canvas.rect(0, quay, UNITS_WIDE, 26, stone)
    canvas.rect(0, quay, UNITS_WIDE, 6, lighter(stone, 0.3))
    canvas.rect(0, quay + 26, UNITS_WIDE, 8, darker(stone, 0.6), 0.7)
    for post in range(40, UNITS_WIDE, 210):
        canvas.rounded(post, quay - 12, 11, 18, 4, darker(stone, 0.5))
    for x in range(120, UNITS_WIDE, 360):
        lamp(canvas, light, x, quay + 6, 120)
    leaf = light.on(rng.choice((colour("#7d9457"), colour("#5f8a5c"), colour("#c08a45"))))
    for spot in (rng.uniform(30, 260), rng.uniform(1250, 1560)):
        tree(canvas, rng, spot, quay + 8, rng.uniform(250, 320), leaf)
    water_lines(canvas, light, rng, quay + 36, canvas.height, None)
    boat_x = rng.uniform(250, 1300)
    hull = light.on(rng.choice(SHUTTERS))
    canvas.shape(
        [
            (boat_x - 130, canvas.height - 92),
            (boat_x + 140, canvas.height - 92),
            (boat_x + 105, canvas.height - 52),
            (boat_x - 100, canvas.height - 52),
        ],
        hull,
    )
    canvas.rect(boat_x - 132, canvas.height - 98, 274, 9, lighter(hull, 0.5))
    canvas.rounded(boat_x - 70, canvas.height - 130, 120, 36, 8, light.on(colour("#efe6d2")))
    for pane in range(3):
        canvas.rounded(
            boat_x - 60 + pane * 36,
            canvas.height - 122,
            26,
            18,
            4,
            LAMPS[pane] if light.lit > 0.2 else darker(hull, 0.2),
        )
