"""Hotels in the country: above a bay, and before the mountains."""

from __future__ import annotations

import random
from dataclasses import replace

from .canvas import UNITS_WIDE, Canvas, colour, darker, lighter, mix
from .houses import LAMPS, WALLS, front_draw, front_make, sign_draw
from .light import Light, sky_draw
from .nature import (
    cypress,
    palm,
    parasol,
    peak_draw,
    pine,
    ridge_draw,
    ridge_line,
    sailing_boat,
    water_lines,
)


def coast_draw(canvas: Canvas, light: Light, rng: random.Random, city: random.Random) -> None:
    """A bay: the sea, a village climbing the hill, the hotel on its terrace."""
    horizon, shore = canvas.height * 0.56, canvas.height * 0.84
    sun_x, _ = sky_draw(canvas, light, rng, horizon)
    sea = light.on(light.water)
    far = ridge_line(city, horizon + 6, 120)
    ridge_draw(canvas, far, mix(light.on(colour("#7b8c90")), light.horizon, 0.6))
    canvas.gradient(
        0,
        horizon,
        UNITS_WIDE,
        canvas.height - horizon,
        (mix(sea, light.horizon, 0.55), sea, darker(sea, 0.3)),
    )
    canvas.glow(sun_x, horizon + 30, 260, light.sun, 0.4)
    water_lines(canvas, light, rng, horizon, shore + 60, sun_x)
    for _ in range(3):
        sailing_boat(
            canvas, light, rng.uniform(80, 1500), rng.uniform(horizon + 30, shore - 110), rng.uniform(34, 80)
        )
    right = rng.random() < 0.5
    rock = light.on(colour("#8a8468"))

    def place(x: float) -> float:
        return UNITS_WIDE - x if right else x

    hill = [
        (0.0, 330.0),
        (120, 320),
        (300, 390),
        (470, 480),
        (620, 590),
        (760, 690),
        (900, 770),
        (1020, 830),
        (1160, 900),
    ]
    lift = canvas.height / 1067
    slope = [(place(x), y * lift) for x, y in hill]
    canvas.shape(
        [(place(-20), canvas.height), (place(-20), 330 * lift), *slope, (place(1220), canvas.height)], rock
    )
    canvas.shape(
        [
            (place(-20), canvas.height),
            (place(-20), 400 * lift),
            *[(x, y + 60) for x, y in slope],
            (place(1220), canvas.height),
        ],
        darker(rock, 0.16),
    )
    leaf = light.on(colour("#5d7a4c"))
    for row, (y, reach, size) in enumerate(
        ((430, 260, 0.75), (520, 410, 0.85), (615, 560, 0.95), (715, 640, 1.05))
    ):
        x = -30.0
        while x < reach:
            width = rng.uniform(88, 130) * size
            left = UNITS_WIDE - x - width if right else x
            front = front_make(
                rng,
                left,
                (y + rng.uniform(0, 26)) * lift,
                width,
                rng.randint(2, 3),
                46 * size,
                ("flat", "gable", "flat"),
                depth=0.22 - row * 0.06,
            )
            front_draw(canvas, light, rng, front, ground_floor=False)
            x += width + rng.uniform(0, 12)
        for _ in range(4):
            cypress(canvas, place(rng.uniform(0, reach)), (y + 30) * lift, rng.uniform(70, 120) * size, leaf)
    _terrace(canvas, light, rng, shore, right)


def _terrace(canvas: Canvas, light: Light, rng: random.Random, shore: float, right: bool) -> None:
    """The hotel above the beach, with its arcade, palms and parasols."""
    hotel_width = 560.0
    hotel_x = UNITS_WIDE - 90 - hotel_width if right else 90.0
    wall = rng.choice(WALLS)
    hotel = front_make(rng, hotel_x, shore, hotel_width, 4, 82, ("flat",))
    front_draw(canvas, light, rng, replace(hotel, wall=wall, balconies=True, arched=True))
    sign_draw(canvas, light, hotel_x + hotel_width - 10 if not right else hotel_x - 34, shore - 320, 27)
    stone = light.on(colour("#e3d3b0"))
    canvas.gradient(0, shore, UNITS_WIDE, canvas.height - shore, (lighter(stone, 0.1), darker(stone, 0.28)))
    canvas.rect(0, shore, UNITS_WIDE, 9, lighter(stone, 0.4))
    for post in range(0, UNITS_WIDE, 26):
        canvas.rounded(post, shore + 9, 9, 26, 4, lighter(stone, 0.3))
    canvas.rect(0, shore + 34, UNITS_WIDE, 7, lighter(stone, 0.3))
    leaf = light.on(colour("#4f7f55"))
    for x in (40, 780, 880, 1180, 1540):
        trunk = UNITS_WIDE - x if right else x
        palm(canvas, rng, trunk + rng.uniform(-25, 25), shore + 20, rng.uniform(230, 330), leaf)
    cloth = rng.choice((colour("#cf5b4a"), colour("#2f7d7a"), colour("#e0a13c"), colour("#3f6ea0")))
    for index in range(7):
        spot = 700 + index * 130 + rng.uniform(-20, 20)
        parasol(
            canvas,
            light,
            UNITS_WIDE - spot if right else spot,
            canvas.height - 40 - (index % 2) * 26,
            rng.uniform(84, 104),
            cloth,
        )


def alpine_draw(canvas: Canvas, light: Light, rng: random.Random, city: random.Random) -> None:
    """Peaks with snow, woods, a lake, and a wide wooden house."""
    shore = canvas.height * 0.76
    sky_draw(canvas, light, rng, shore)
    rock = light.on(colour("#6c7788"))
    snow = light.on(colour("#fbfbf8"))
    for count, tall, depth in ((5, 560, 0.5), (6, 400, 0.22)):
        for index in range(count):
            x = (index + city.uniform(0.1, 0.9)) * UNITS_WIDE / count
            height = tall * city.uniform(0.62, 1.0)
            width = height * city.uniform(1.25, 1.7)
            tones = mix(rock, light.horizon, depth), mix(snow, light.horizon, depth * 0.45)
            peak_draw(canvas, city, x, shore + 20, width, height, *tones)
        canvas.haze(shore - tall * 0.6, tall * 0.6 + 20, light.horizon, 0.5)
    hills = ridge_line(rng, shore + 10, 190)
    ridge_draw(canvas, hills, mix(light.on(colour("#4f7a5c")), light.horizon, 0.2))
    canvas.haze(shore - 120, 140, light.horizon, 0.3)
    wood = light.on(colour("#2f5a48"))
    for row, (back, size) in enumerate(((46, 90), (24, 120))):
        x = -20.0
        while x < UNITS_WIDE:
            pine(
                canvas,
                x,
                shore - back + 40,
                size * rng.uniform(0.7, 1.25),
                mix(wood, light.horizon, 0.3 - row * 0.2),
            )
            x += rng.uniform(20, 44)
    _chalet(canvas, light, rng, shore)


def _chalet(canvas: Canvas, light: Light, rng: random.Random, shore: float) -> None:
    meadow = light.on(rng.choice((colour("#8fae6a"), colour("#9bb377"), colour("#eef2f2"))))
    width = rng.uniform(520, 600)
    x = rng.choice((rng.uniform(180, 330), rng.uniform(700, 850)))
    base, floor = shore + 24, 86.0
    plaster, timber = (
        light.on(colour("#f3e8d3")),
        light.on(rng.choice((colour("#9a6238"), colour("#7d4c30"), colour("#b07a48")))),
    )
    canvas.shape(
        [
            (-20, shore + 50),
            (300, shore + 8),
            (800, shore - 6),
            (1300, shore + 12),
            (1620, shore + 40),
            (1620, canvas.height),
            (-20, canvas.height),
        ],
        meadow,
    )
    canvas.glow(x + width / 2, base - 160, 480, LAMPS[0], 0.3 if light.dark else 0.0)
    eaves, peak = base - 3 * floor, base - 3 * floor - width * 0.33
    middle = x + width / 2
    canvas.rect(x, base - floor, width, floor, plaster)
    canvas.shape(
        [(x, base - floor), (x, eaves), (middle, peak), (x + width, eaves), (x + width, base - floor)], timber
    )
    for plank in range(1, int(width / 14)):
        px = x + plank * 14
        top = eaves - (1 - abs(px - middle) / (width / 2)) * (eaves - peak)
        canvas.rect(px, top + 10, 1.6, base - floor - top - 10, darker(timber, 0.3), 0.5)
    roof = light.on(colour("#f6f7f6")) if sum(meadow) > 560 else light.on(colour("#6b4a3a"))
    over = 66
    canvas.shape(
        [
            (x - over, eaves + 40),
            (middle, peak - 34),
            (x + width + over, eaves + 40),
            (x + width + over, eaves + 62),
            (middle, peak - 6),
            (x - over, eaves + 62),
        ],
        roof,
    )
    canvas.line(
        [(x - over, eaves + 62), (middle, peak - 6), (x + width + over, eaves + 62)], darker(timber, 0.45), 7
    )
    for level, count in ((0, 5), (1, 5), (2, 3)):
        y = base - floor * (level + 1) + 20
        for column in range(count):
            spot = middle + (column - (count - 1) / 2) * width / (count + 0.6)
            lit = rng.random() < max(light.lit, 0.25)
            canvas.rect(spot - 26, y - 5, 52, 56, lighter(timber, 0.55))
            canvas.rect(spot - 21, y, 42, 46, rng.choice(LAMPS) if lit else light.on(colour("#5c7884")))
            canvas.rect(spot - 1.5, y, 3, 46, lighter(timber, 0.5))
            canvas.rect(spot - 21, y + 20, 42, 3, lighter(timber, 0.5))
        if level:
            rail = base - floor * level - 14
            canvas.rect(x - 22, rail, width + 44, 8, darker(timber, 0.35))
            canvas.rect(x - 22, rail - 34, width + 44, 6, darker(timber, 0.25))
            for bar in range(int((width + 44) / 15)):
                canvas.rect(x - 22 + bar * 15, rail - 30, 6, 32, darker(timber, 0.15))
            for bloom in range(int((width + 30) / 19)):
                tone = light.on(rng.choice((colour("#cf4a45"), colour("#e4808f"), colour("#5f8a55"))))
                canvas.oval(x - 14 + bloom * 19, rail - 36, 9, 8, tone)
    canvas.arch(middle - 34, base - 74, 68, 74, darker(timber, 0.4))
    canvas.arch(middle - 25, base - 64, 50, 64, LAMPS[0] if light.lit > 0.2 else darker(timber, 0.15))
    sign_draw(canvas, light, x - 54, base - 250, 25)
    wood = light.on(colour("#254b3c"))
    for _ in range(9):
        px = rng.choice((rng.uniform(0, x - 110), rng.uniform(x + width + 110, UNITS_WIDE)))
        pine(canvas, px, shore + rng.uniform(50, 130), rng.uniform(190, 330), wood)
    canvas.shape(
        [
            (-20, canvas.height),
            (-20, canvas.height - 60),
            (500, canvas.height - 96),
            (1620, canvas.height - 40),
            (1620, canvas.height),
        ],
        darker(meadow, 0.12),
    )
    path = light.on(colour("#d9c9a6"))
    canvas.shape(
        [
            (middle - 30, base - 2),
            (middle + 30, base - 2),
            (middle + 190, canvas.height),
            (middle - 60, canvas.height),
        ],
        path,
        0.85,
    )
