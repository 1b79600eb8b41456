"""A results page as it opens, with all that comes with it and nothing kept from before: under 150 KB over the wire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection

from core.pictures import picture_rename
from inventory.demo.pictures import PROPERTY_KINDS, property_picture
from inventory.models import PropertyPhoto
from tests.concurrency.server import web_server
from tests.factories.inventory import hotel

from .conftest import DESK, PHONE
from .world import World

MOST_BYTES = 150_000
HOUSES = 12


def houses_with_pictures() -> None:
    """A full page of houses, each with a drawing of 1,600 pixels as the demo has them."""
    pictures = [
        property_picture(seed=kind, city="Lisbon", kind=kind, width=1600, height=1067)
        for kind in PROPERTY_KINDS[:3]
    ]
    for number in range(HOUSES):
        house = hotel(nights=40, city="Faro", country="PT", name=f"Casa {number}", slug=f"casa-{number}")
        PropertyPhoto.objects.create(
            property=house.property,
            image=picture_rename(ContentFile(pictures[number % 3], name=f"casa-{number}.webp")),
            alt=f"Casa {number} (drawing)",
        )


def weight(browser: Any, address: str, *, size: dict[str, int], pixels: int) -> tuple[int, dict[str, int]]:
    """Bytes over the wire in all, and by path, of a page opened for the first time."""
    context = browser.new_context(viewport=size, device_scale_factor=pixels)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    paths: dict[str, str] = {}
    bytes_of: dict[str, int] = {}
    network.on(
        "Network.responseReceived", lambda told: paths.update({told["requestId"]: told["response"]["url"]})
    )
    network.on(
        "Network.loadingFinished",
        lambda told: bytes_of.update({paths[told["requestId"]]: int(told["encodedDataLength"])}),
    )
    page.goto(address, wait_until="networkidle")
    assert page.locator("article.result").count() == HOUSES
    context.close()
    return sum(bytes_of.values()), bytes_of


def test_a_results_page_weighs_less_than_150_kb(world: World, browser: Any, tmp_path: Path) -> None:
    houses_with_pictures()
    with web_server(database=connection.settings_dict["NAME"], log=tmp_path / "server.log") as port:
        address = f"http://127.0.0.1:{port}/search/?where=Faro&{world.query}"
        for size, pixels in ((DESK, 2), (PHONE, 3)):
            total, parts = weight(browser, address, size=size, pixels=pixels)

            heaviest = sorted(parts.items(), key=lambda part: -part[1])[:8]
            assert total < MOST_BYTES, (total, size, heaviest)
            assert any(".avif" in path for path in parts)
            assert not [path for path in parts if "/media/photos/" in path], "an original was loaded"
