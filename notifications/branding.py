"""The colours of a letter: the house's own where it has chosen one, always with text that can be read on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")
LIGHT, DARK = "#ffffff", "#1d2421"
LUMINANCE_WHERE_BOTH_READ_ALIKE = 0.185
"""White text on a ground of this luminance has the same contrast as our dark ink, about 4.5 : 1."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as style sheets write them."""

    head: str
    head_text: str
    head_soft: str
    line: str
    button: str
    button_text: str


SITE_BRAND = Brand(
    head="#10352d",
    head_text="#f7f2e6",
    head_soft="#c7d3c9",
    line="#f3b84a",
    button="#f3b84a",
    button_text="#241a05",
)


@lru_cache(maxsize=512)
def brand_of(color: str) -> Brand:
    """The colours for a house's own (`#10352d`); the site's where it has none, or none that is a colour."""
    if not HEX_COLOR.match(color):
        return SITE_BRAND
    text = LIGHT if luminance(color) < LUMINANCE_WHERE_BOTH_READ_ALIKE else DARK
    return Brand(head=color, head_text=text, head_soft=text, line=color, button=color, button_text=text)


def luminance(color: str) -> float:
    """The relative luminance of a colour, 0 to 1. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
