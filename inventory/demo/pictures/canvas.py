"""A drawing surface in units of its own (1600 wide), twice as fine as the picture that comes out."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterable, Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

UNITS_WIDE = 1600
SUPERSAMPLING = 2
GRAIN_TILE_PIXELS = 512
GRAIN_STRENGTH = 0.03
GRAIN_MIDDLE = 128
GLOW_STEP_PIXELS = 4
# What Pillow's radial gradient has reached in the middle of an edge; 255 comes only in the corners.
DISC_RIM = 180
WEBP_QUALITY = 74


def colour(code: str) -> Colour:
    """#rrggbb as numbers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with a share (0 to 1) of `other` in it."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def darker(one: Colour, share: float) -> Colour:
    """Towards the night."""
    return mix(one, (8, 12, 20), share)


def lighter(one: Colour, share: float) -> Colour:
    """Towards a warm white."""
    return mix(one, (255, 250, 238), share)


@lru_cache(maxsize=8)
def _falloff(sharpness: float) -> Image.Image:
    """A round mask, white in the middle and black at the rim."""
    disc = Image.radial_gradient("L")
    return disc.point([round(255 * max(0.0, 1 - value / DISC_RIM) ** sharpness) for value in range(256)])


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    """The same noise for every picture, around middle grey, one tile."""
    size = GRAIN_TILE_PIXELS
    noise = Image.frombytes("L", (size, size), random.Random("grain").randbytes(size * size))  # noqa: S311 - decoration
    return noise.point([round(GRAIN_MIDDLE + (v - 128) * GRAIN_STRENGTH) for v in range(256)])


class Canvas:
    """Shapes by units; `height` follows from the proportions of the picture asked for."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.height = UNITS_WIDE * height / width
        self.scale = width * SUPERSAMPLING / UNITS_WIDE
        self.image = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING))
        self.solid = ImageDraw.Draw(self.image)
        self.glazed = ImageDraw.Draw(self.image, "RGBA")

    def _brush(self, fill: Colour, alpha: float) -> tuple[ImageDraw.ImageDraw, tuple[int, ...]]:
        """What paints with this colour; covering paint is several times faster than a glaze."""
        return (self.solid, fill) if alpha >= 1 else (self.glazed, (*fill, round(255 * alpha)))

    def _points(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _box(self, x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
        k = self.scale
        return round(x * k), round(y * k), round((x + width) * k), round((y + height) * k)

    def shape(self, points: Sequence[Point], fill: Colour, alpha: float = 1) -> None:
        """A filled outline."""
        draw, ink = self._brush(fill, alpha)
        draw.polygon(self._points(points), fill=ink)

    def rect(self, x: float, y: float, width: float, height: float, fill: Colour, alpha: float = 1) -> None:
        left, top, right, bottom = self._box(x, y, width, height)
        if right > left and bottom > top:
            draw, ink = self._brush(fill, alpha)
            draw.rectangle((left, top, right - 1, bottom - 1), fill=ink)

    def rounded(
        self, x: float, y: float, width: float, height: float, radius: float, fill: Colour, alpha: float = 1
    ) -> None:
        left, top, right, bottom = self._box(x, y, width, height)
        if right > left and bottom > top:
            rim = min(radius * self.scale, (right - left) / 2, (bottom - top) / 2)
            draw, ink = self._brush(fill, alpha)
            draw.rounded_rectangle((left, top, right, bottom), rim, fill=ink)

    def oval(self, x: float, y: float, across: float, down: float, fill: Colour, alpha: float = 1) -> None:
        """An ellipse around (x, y) with the radii `across` and `down`."""
        k = self.scale
        box = ((x - across) * k, (y - down) * k, (x + across) * k, (y + down) * k)
        draw, ink = self._brush(fill, alpha)
        draw.ellipse(box, fill=ink)

    def line(self, points: Sequence[Point], fill: Colour, width: float, alpha: float = 1) -> None:
        draw, ink = self._brush(fill, alpha)
        draw.line(self._points(points), fill=ink, width=max(1, round(width * self.scale)), joint="curve")

    def arch(self, x: float, y: float, width: float, height: float, fill: Colour, alpha: float = 1) -> None:
        """A window or a gate with a round top; `y` is its highest point."""
        radius = width / 2
        top = [
            (
                x + radius - radius * math.cos(step * math.pi / 16),
                y + radius - radius * math.sin(step * math.pi / 16),
            )
            for step in range(17)
        ]
        self.shape([(x, y + height), *top, (x + width, y + height)], fill, alpha)

    def gradient(self, x: float, y: float, width: float, height: float, stops: Sequence[Colour]) -> None:
        """Colours from top to bottom at even distances."""
        left, top, right, bottom = self._box(x, y, width, height)
        if right <= left or bottom <= top:
            return
        tall = bottom - top
        column = Image.new("RGB", (1, tall))
        shades = []
        for row in range(tall):
            place = row / max(1, tall - 1) * (len(stops) - 1)
            index = min(int(place), len(stops) - 2)
            shades.append(mix(stops[index], stops[index + 1], place - index))
        column.putdata(shades)
        self.image.paste(column.resize((right - left, tall), Image.Resampling.NEAREST), (left, top))

    def haze(self, y: float, height: float, fill: Colour, alpha: float, rising: bool = True) -> None:
        """Mist over the whole width, thickest at the bottom, or at the top if not `rising`."""
        left, top, right, bottom = self._box(0, y, UNITS_WIDE, height)
        mask = Image.linear_gradient("L")
        if not rising:
            mask = mask.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mask = mask.resize((1, bottom - top), Image.Resampling.BILINEAR).point(
            [round(v * alpha) for v in range(256)]
        )
        self.image.paste(
            fill, (left, top), mask.resize((right - left, bottom - top), Image.Resampling.NEAREST)
        )

    def glow(
        self, x: float, y: float, radius: float, fill: Colour, alpha: float, sharpness: float = 2.0
    ) -> None:
        left, top, right, bottom = self._box(x - radius, y - radius, 2 * radius, 2 * radius)
        size = (right - left, bottom - top)
        coarse = (max(1, size[0] // GLOW_STEP_PIXELS), max(1, size[1] // GLOW_STEP_PIXELS))
        mask = (
            _falloff(sharpness)
            .resize(coarse, Image.Resampling.BILINEAR)
            .point([round(v * alpha) for v in range(256)])
        )
        self.image.paste(fill, (left, top), mask.resize(size, Image.Resampling.NEAREST))

    def mirror(
        self, waterline: float, bottom: float, tint: Colour, share: float, squeeze: float = 1.0
    ) -> None:
        """What stands above the waterline, upside down and darkened, down to `bottom`."""
        k = self.scale
        depth = round((bottom - waterline) * k)
        source = round(depth / squeeze)
        line = round(waterline * k)
        above = self.image.crop((0, max(0, line - source), self.image.width, line))
        above = above.resize((self.image.width // 2, max(1, depth // 2)), Image.Resampling.BILINEAR)
        above = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        veil = Image.new("RGB", above.size, tint)
        still = Image.blend(above, veil, share).resize((self.image.width, depth), Image.Resampling.BILINEAR)
        self.image.paste(still, (0, line))

    def webp(self) -> bytes:
        """The finished picture: fine again, with a little grain."""
        picture = self.image.reduce(SUPERSAMPLING)
        tile = _grain()
        grain = Image.new("L", picture.size)
        for x in range(0, picture.width, tile.width):
            for y in range(0, picture.height, tile.height):
                grain.paste(tile, (x, y))
        picture = ImageChops.add(picture, Image.merge("RGB", (grain, grain, grain)), offset=-GRAIN_MIDDLE)
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=WEBP_QUALITY, method=1)
        return out.getvalue()
