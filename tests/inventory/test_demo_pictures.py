"""The drawn pictures of the demo: real WebP files of the size asked for, small, and the same for the same seed."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from inventory.demo.pictures import PROPERTY_KINDS, ROOM_BEDS, ROOM_STYLES, property_picture, room_picture

MAX_BYTES = 120_000


def _opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", PROPERTY_KINDS)
def test_property_picture_is_a_small_webp_of_full_size(kind: str) -> None:
    content = property_picture(seed="miradouro", city="Lisbon", kind=kind)

    picture = _opened(content)
    assert (picture.format, picture.size) == ("WEBP", (1600, 1067))
    assert len(content) <= MAX_BYTES


@pytest.mark.parametrize("beds", ROOM_BEDS)
@pytest.mark.parametrize("style", ROOM_STYLES)
def test_room_picture_is_drawn_for_every_bed_and_style(beds: str, style: str) -> None:
    picture = _opened(room_picture(seed="12", beds=beds, style=style, width=480, height=320))

    assert (picture.format, picture.size) == ("WEBP", (480, 320))


def test_the_seed_decides_the_picture() -> None:
    one = property_picture(seed="a", city="Vienna", kind="city", width=320, height=213)

    assert property_picture(seed="a", city="Vienna", kind="city", width=320, height=213) == one
    assert property_picture(seed="b", city="Vienna", kind="city", width=320, height=213) != one


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(KeyError):
        property_picture(seed="a", city="Vienna", kind="moon")
    with pytest.raises(KeyError):
        room_picture(seed="a", beds="hammock", style="classic")
