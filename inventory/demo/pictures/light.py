"""The hour of a picture: its sky, and what its light does to every colour."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .canvas import UNITS_WIDE, Canvas, Colour, Point, colour, mix


@dataclass(frozen=True)
class Light:
    """`ambient` is multiplied into colours by `strength`; `lit` is the share of windows with a lamp on."""

    name: str
    sky: tuple[Colour, ...]
    ambient: Colour
    strength: float
    lit: float
    sun: Colour
    sun_height: float
    water: Colour
    cloud: Colour
    cloud_alpha: float

    @property
    def horizon(self) -> Colour:
        return self.sky[-1]

    @property
    def dark(self) -> bool:
        return self.lit > 0.5

    def on(self, plain: Colour, depth: float = 0) -> Colour:
        """The colour under this light; `depth` (0 to 1) is how far it has faded into the air."""
        shaded = (
            plain[0] * self.ambient[0] // 255,
            plain[1] * self.ambient[1] // 255,
            plain[2] * self.ambient[2] // 255,
        )
        return mix(mix(plain, shaded, self.strength), self.horizon, depth)


def _sky(*codes: str) -> tuple[Colour, ...]:
    return tuple(colour(code) for code in codes)


LIGHTS = {
    light.name: light
    for light in (
        Light(
            "dawn",
            _sky("#6d7fb3", "#a99cc4", "#ecb9b4", "#fbdfbd"),
            colour("#f0cfd0"),
            0.75,
            0.25,
            colour("#fff1cf"),
            0.86,
            colour("#7f8fb0"),
            colour("#fbd3cd"),
            0.55,
        ),
        Light(
            "day",
            _sky("#4f97c8", "#86bfdd", "#c3e0e6", "#f3eedb"),
            colour("#fffaf0"),
            0.6,
            0.06,
            colour("#fffbe6"),
            0.3,
            colour("#4d94b0"),
            colour("#ffffff"),
            0.85,
        ),
        Light(
            "golden",
            _sky("#5f8fb0", "#a8bdb6", "#f0d09a", "#f7ad67"),
            colour("#ffd9a8"),
            0.85,
            0.3,
            colour("#fff0c2"),
            0.74,
            colour("#7d98a0"),
            colour("#ffe2b8"),
            0.7,
        ),
        Light(
            "dusk",
            _sky("#202c5a", "#54477f", "#b45f7e", "#f3a069"),
            colour("#a887b8"),
            0.85,
            0.68,
            colour("#ffd29a"),
            0.93,
            colour("#4a4a78"),
            colour("#e58a86"),
            0.5,
        ),
        Light(
            "blue",
            _sky("#101f45", "#1f3f6e", "#4a739a", "#a9b7b8"),
            colour("#7f95c4"),
            0.9,
            0.75,
            colour("#f6f0d8"),
            0.2,
            colour("#27456f"),
            colour("#8fa6c4"),
            0.35,
        ),
        Light(
            "night",
            _sky("#071a1c", "#0d302e", "#1f5147", "#5f7c59"),
            colour("#86a29d"),
            0.88,
            0.7,
            colour("#fbecc3"),
            0.2,
            colour("#0f3430"),
            colour("#5d8a7d"),
            0.25,
        ),
    )
}


def sky_draw(canvas: Canvas, light: Light, rng: random.Random, horizon: float) -> Point:
    """Sky down to `horizon`, with sun or moon, stars and clouds. Returns where the sun stands."""
    canvas.gradient(0, 0, UNITS_WIDE, horizon + 2, light.sky)
    canvas.rect(0, horizon, UNITS_WIDE, canvas.height - horizon, light.horizon)
    x = rng.uniform(0.12, 0.88) * UNITS_WIDE
    y = horizon * light.sun_height
    is_moon = light.name in {"blue", "night"}
    if is_moon:
        _stars(canvas, rng, horizon)
    canvas.glow(x, y, 330, light.sun, 0.35 if is_moon else 0.7, 2.4)
    radius = 34 if is_moon else 52
    canvas.oval(x, y, radius, radius, light.sun, 0.98)
    if is_moon:
        for dx, dy, r in ((-10, -6, 7), (9, 8, 9), (6, -13, 4)):
            canvas.oval(x + dx, y + dy, r, r, colour("#e6d6a4"), 0.55)
    for _ in range(rng.randint(3, 6)):
        _cloud(canvas, light, rng, horizon)
    return x, y


def _stars(canvas: Canvas, rng: random.Random, horizon: float) -> None:
    for _ in range(110):
        x, y = rng.uniform(0, UNITS_WIDE), rng.uniform(0, horizon * 0.75)
        size = rng.choice((0.8, 0.8, 1.1, 1.7))
        canvas.oval(x, y, size, size, (250, 244, 226), rng.uniform(0.25, 0.9) * (1 - y / horizon * 0.7))


def _cloud(canvas: Canvas, light: Light, rng: random.Random, horizon: float) -> None:
    """A flat bank of cloud: bars with round ends, one on the other."""
    x, y = rng.uniform(-100, UNITS_WIDE), rng.uniform(0.08, 0.62) * horizon
    width = rng.uniform(180, 420)
    alpha = light.cloud_alpha * rng.uniform(0.35, 0.8)
    tone = mix(light.cloud, light.horizon, rng.uniform(0, 0.3))
    for row in range(rng.randint(2, 4)):
        length = width * (1 - 0.2 * row) * rng.uniform(0.75, 1.05)
        canvas.rounded(
            x + rng.uniform(-40, 60), y - row * 15, length, 22, 11, tone, alpha * (0.9 - row * 0.12)
        )
