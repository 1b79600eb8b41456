"""Pictures of hotels and rooms for the demo, drawn here, so nothing is downloaded and nobody's rights are touched."""

from __future__ import annotations

import random
from collections.abc import Callable

from .canvas import Canvas
from .country import alpine_draw, coast_draw
from .light import LIGHTS, Light
from .rooms import BEDS, STYLES, room_draw
from .town import city_draw, old_town_draw

PLACES: dict[str, Callable[[Canvas, Light, random.Random, random.Random], None]] = {
    "city": city_draw,
    "old_town": old_town_draw,
    "coast": coast_draw,
    "alpine": alpine_draw,
}
PROPERTY_KINDS = tuple(PLACES)
ROOM_BEDS = tuple(BEDS)
ROOM_STYLES = tuple(STYLES)


def property_picture(*, seed: str, city: str, kind: str, width: int = 1600, height: int = 1067) -> bytes:
    """Draw a hotel in its place, as WebP. The same arguments give the same picture.

    Pictures of one `city` share its landmark or ridge. Raises `KeyError` for a `kind` not in `PROPERTY_KINDS`.
    """
    rng = random.Random(f"property {seed}")  # noqa: S311 - decoration
    light = LIGHTS[rng.choice(tuple(LIGHTS))]
    canvas = Canvas(width, height)
    PLACES[kind](canvas, light, rng, random.Random(f"city {city}"))  # noqa: S311 - decoration
    return canvas.webp()


def room_picture(*, seed: str, beds: str, style: str, width: int = 1600, height: int = 1067) -> bytes:
    """Draw a hotel room with these `beds` and a view from its window, as WebP. The same arguments, the same picture.

    Raises `KeyError` for `beds` not in `ROOM_BEDS` or a `style` not in `ROOM_STYLES`.
    """
    rng = random.Random(f"room {seed}")  # noqa: S311 - decoration
    light = LIGHTS[rng.choice(tuple(LIGHTS))]
    canvas = Canvas(width, height)
    room_draw(canvas, light, rng, beds=BEDS[beds], style=STYLES[style])
    return canvas.webp()
