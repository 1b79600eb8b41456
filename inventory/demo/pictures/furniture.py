"""What stands in a room: beds, nightstands with their lamps, an armchair or a plant, a rug, a picture."""

from __future__ import annotations

import math
import random

from .canvas import Canvas, Colour, colour, darker, lighter, mix
from .light import Light

LAMP_GLOW = colour("#ffcf7d")
LAMP_WARMTH = colour("#ffe6c4")


def rug_draw(canvas: Canvas, tone: Colour, x: float, width: float, floor: float) -> None:
    """An oval with a border, below the beds."""
    canvas.oval(x + width / 2, floor + 205, width * 0.56, 82, darker(tone, 0.35))
    canvas.oval(x + width / 2, floor + 203, width * 0.54, 76, tone)
    canvas.oval(x + width / 2, floor + 203, width * 0.49, 64, lighter(tone, 0.2))
    canvas.oval(x + width / 2, floor + 203, width * 0.47, 60, tone)


def bed_draw(
    canvas: Canvas, x: float, width: float, floor: float, wood: Colour, linen: Colour, textile: list[Colour]
) -> None:
    """Seen from its foot: headboard, pillows, cover, a throw over the end."""
    head = darker(textile[0], 0.12)
    canvas.rounded(x - 22, floor - 290, width + 44, 330, 38, darker(head, 0.2))
    canvas.rounded(x - 14, floor - 282, width + 28, 320, 32, head)
    for seam in range(1, 5):
        canvas.rect(x + width * seam / 5 - 1.5, floor - 268, 3, 200, darker(head, 0.25))
    canvas.shape(
        [
            (x - 6, floor - 80),
            (x + width + 6, floor - 80),
            (x + width + 52, floor + 120),
            (x - 52, floor + 120),
        ],
        linen,
    )
    pillows = 2 if width > 400 else 1
    for pillow in range(pillows):
        wide = width / pillows - 26
        left = x + 13 + pillow * width / pillows
        canvas.rounded(left + 6, floor - 172, wide - 12, 108, 34, darker(linen, 0.1))
        canvas.rounded(left, floor - 150, wide, 100, 36, darker(linen, 0.17))
        canvas.rounded(left, floor - 155, wide, 98, 36, linen)
        canvas.rounded(left + wide * 0.24, floor - 118, wide * 0.52, 76, 26, textile[1])
        canvas.rounded(left + wide * 0.24, floor - 118, wide * 0.52, 26, 20, lighter(textile[1], 0.18))
    canvas.shape(
        [
            (x - 14, floor - 46),
            (x + width + 14, floor - 46),
            (x + width + 52, floor + 120),
            (x - 52, floor + 120),
        ],
        lighter(linen, 0.3),
    )
    canvas.shape(
        [
            (x - 14, floor - 46),
            (x + width + 14, floor - 46),
            (x + width + 20, floor - 20),
            (x - 20, floor - 20),
        ],
        darker(linen, 0.08),
    )
    throw = textile[2]
    canvas.shape(
        [
            (x - 36, floor + 50),
            (x + width + 36, floor + 50),
            (x + width + 53, floor + 121),
            (x - 53, floor + 121),
        ],
        throw,
    )
    canvas.shape(
        [
            (x - 53, floor + 120),
            (x + width + 53, floor + 120),
            (x + width + 50, floor + 205),
            (x - 50, floor + 205),
        ],
        darker(linen, 0.14),
    )
    canvas.shape(
        [
            (x - 53, floor + 120),
            (x + width + 53, floor + 120),
            (x + width + 52, floor + 172),
            (x - 52, floor + 172),
        ],
        darker(throw, 0.18),
    )
    for stripe in (0.3, 0.7):
        y = floor + 50 + 70 * stripe
        reach = 36 + 17 * stripe
        canvas.rect(x - reach, y, width + 2 * reach, 5, lighter(throw, 0.3))
        canvas.rect(x - 52, floor + 122 + 46 * stripe, width + 104, 4, lighter(throw, 0.12))
    for leg in (x - 38, x + width + 20):
        canvas.rect(leg, floor + 205, 18, 26, darker(wood, 0.4))


def bunk_draw(
    canvas: Canvas, x: float, width: float, floor: float, wood: Colour, linen: Colour, textile: list[Colour]
) -> None:
    """Two beds from the side, a ladder between."""
    wide = width + 220
    left = x - 110
    foot = floor + 150
    for level, tone in ((floor - 330, textile[1]), (floor - 10, textile[2])):
        canvas.rect(left + 14, level + 60, wide - 28, 34, darker(wood, 0.1))
        canvas.rounded(left + 18, level + 4, wide - 36, 62, 20, linen)
        canvas.rounded(left + 190, level - 8, wide - 208, 78, 22, tone)
        canvas.rect(left + 200, level + 12, wide - 230, 6, lighter(tone, 0.25))
        canvas.rounded(left + 30, level - 34, 150, 60, 26, lighter(linen, 0.3))
    canvas.rect(left + 14, floor - 395, wide - 28, 16, wood)
    for post in (left, left + wide - 22):
        canvas.rect(post, floor - 430, 24, foot - floor + 430, darker(wood, 0.2))
    for rail in (left + wide - 170, left + wide - 84):
        canvas.rect(rail, floor - 400, 14, foot - floor + 400, lighter(wood, 0.12))
    for rung in range(6):
        canvas.rect(left + wide - 168, floor - 310 + rung * 76, 96, 13, lighter(wood, 0.2))


def nightstand_draw(
    canvas: Canvas, light: Light, x: float, floor: float, wood: Colour, linen: Colour
) -> None:
    """A drawer on legs, and the lamp that is lit on it."""
    canvas.oval(x, floor + 96, 74, 12, darker(wood, 0.7), 0.3)
    canvas.rounded(x - 54, floor - 36, 108, 118, 8, wood)
    canvas.rounded(x - 60, floor - 44, 120, 14, 5, lighter(wood, 0.22))
    canvas.rounded(x - 44, floor - 18, 88, 40, 4, darker(wood, 0.16))
    canvas.oval(x, floor + 2, 5, 5, colour("#d9b25f"))
    for leg in (x - 46, x + 38):
        canvas.rect(leg, floor + 80, 9, 22, darker(wood, 0.35))
    canvas.rect(x - 3, floor - 130, 6, 88, colour("#b88f45"))
    canvas.oval(x, floor - 48, 24, 7, colour("#b88f45"))
    canvas.glow(x, floor - 170, 300 if light.dark else 190, LAMP_GLOW, 0.6 if light.dark else 0.3)
    shade = [(x - 34, floor - 214), (x + 34, floor - 214), (x + 56, floor - 128), (x - 56, floor - 128)]
    canvas.shape(shade, mix(linen, LAMP_GLOW, 0.75 if light.dark else 0.35))
    canvas.rect(x - 55, floor - 133, 110, 5, darker(LAMP_GLOW, 0.2), 0.8)


def art_draw(
    canvas: Canvas,
    rng: random.Random,
    x: float,
    y: float,
    textile: list[Colour],
    frame: Colour,
    linen: Colour,
) -> None:
    """A framed picture of hills and a sun, nothing that asks for attention."""
    width, height = 250.0, 130.0
    canvas.rect(x - width / 2 - 4, y - height / 2 + 6, width + 16, height + 8, (20, 20, 24), 0.18)
    canvas.rect(x - width / 2 - 10, y - height / 2 - 10, width + 20, height + 20, frame)
    canvas.rect(x - width / 2, y - height / 2, width, height, lighter(linen, 0.3))
    canvas.oval(x + rng.uniform(-70, 70), y - 14, 25, 25, textile[2])
    for layer in range(2):
        crest = y + 12 + layer * 20
        swell, phase = rng.uniform(8, 20), rng.uniform(0, math.tau)
        line = [
            (x - width / 2 + step * width / 24, crest + swell * math.sin(phase + step / 4))
            for step in range(25)
        ]
        canvas.shape(
            [(x - width / 2, y + height / 2), *line, (x + width / 2, y + height / 2)], textile[layer]
        )


def corner_draw(
    canvas: Canvas, rng: random.Random, x: float, floor: float, cloth: Colour, wood: Colour, leaf: Colour
) -> None:
    """An armchair or a plant below the window."""
    canvas.oval(x, floor + 150, 170, 22, darker(wood, 0.7), 0.3)
    if rng.random() < 0.6:
        for leg in (x - 92, x + 78):
            canvas.rect(leg, floor + 104, 14, 48, darker(wood, 0.2))
        canvas.rounded(x - 104, floor - 96, 208, 200, 46, darker(cloth, 0.14))
        canvas.rounded(x - 92, floor - 82, 184, 130, 40, cloth)
        canvas.rounded(x - 96, floor + 30, 192, 58, 26, lighter(cloth, 0.12))
        for arm in (x - 128, x + 80):
            canvas.rounded(arm, floor - 8, 48, 122, 24, darker(cloth, 0.22))
        canvas.rounded(x - 50, floor - 38, 100, 70, 24, lighter(cloth, 0.4))
        return
    for stem in range(11):
        angle = math.pi * (0.1 + 0.8 * stem / 10)
        reach = rng.uniform(150, 230)
        tip = (x + math.cos(angle) * reach, floor - 20 - math.sin(angle) * reach)
        middle = (x + math.cos(angle) * reach * 0.55, floor - 20 - math.sin(angle) * reach * 0.62)
        side = 22
        tone = mix(leaf, lighter(leaf, 0.25), rng.random())
        canvas.shape(
            [(x, floor + 40), (middle[0] - side, middle[1]), tip, (middle[0] + side, middle[1])], tone
        )
        canvas.line([(x, floor + 40), tip], darker(leaf, 0.25), 2)
    canvas.shape(
        [(x - 66, floor + 30), (x + 66, floor + 30), (x + 46, floor + 150), (x - 46, floor + 150)],
        mix(cloth, wood, 0.4),
    )
    canvas.rounded(x - 72, floor + 18, 144, 24, 8, lighter(mix(cloth, wood, 0.4), 0.15))
