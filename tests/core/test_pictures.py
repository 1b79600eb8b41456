"""Pictures in AVIF and WebP at the sizes the pages use, made once and kept by browsers for good."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.template import Context, Template
from django.test import Client
from PIL import Image

from core.pictures import PICTURE_WIDTHS, picture_rename, picture_srcset

NAME = "photos/2026/11/lobby-0123456789abcdef.webp"


def ask(address: str, **headers: str) -> tuple[Any, bytes]:
    """The answer, and all of its content; what has been read to its end is closed by Django's client."""
    response: Any = Client().get(address, headers=headers)
    return response, b"".join(response)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    original = tmp_path / NAME
    original.parent.mkdir(parents=True)
    Image.effect_noise((1000, 600), 60).convert("RGB").save(original, "WEBP", quality=90)
    return tmp_path


@pytest.mark.parametrize("image_format", ["avif", "webp"])
def test_a_size_is_made_once_and_kept_for_good(media: Path, image_format: str) -> None:
    address = f"/media/sized/480/{NAME}.{image_format}"

    response, content = ask(address)

    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == (image_format.upper(), (480, 288))
    assert len(content) < (media / NAME).stat().st_size
    assert response["Content-Type"] == f"image/{image_format}"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in response
    assert "Set-Cookie" not in response
    made = (media / "sized/480" / f"{NAME}.{image_format}").stat().st_mtime_ns
    ask(address)
    assert (media / "sized/480" / f"{NAME}.{image_format}").stat().st_mtime_ns == made
    seen, _ = ask(address, **{"If-Modified-Since": response["Last-Modified"]})
    assert seen.status_code == 304


def test_many_who_ask_at_once_get_a_whole_picture(media: Path) -> None:
    start = threading.Barrier(8)
    sizes: list[tuple[int, int]] = []

    def read() -> None:
        start.wait()
        _, content = ask(f"/media/sized/640/{NAME}.webp")
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            sizes.append(picture.size)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sizes == [(640, 384)] * 8
    assert [path.name for path in (media / "sized/640/photos/2026/11").iterdir()] == [
        Path(NAME).name + ".webp"
    ]


@pytest.mark.parametrize(
    "path",
    [
        f"sized/481/{NAME}.webp",
        f"sized/1280/{NAME}.webp",
        f"sized/480/{NAME}.gif",
        f"sized/480/{NAME}",
        "sized/480/photos/2026/11/nothing.webp.avif",
        "sized/480/secret/lobby.webp.avif",
        "sized/480/photos/../photos/2026/11/lobby-0123456789abcdef.webp.webp",
        "sized/480/photos/%2e%2e/%2e%2e/etc/passwd.webp",
    ],
)
def test_nothing_else_is_made(media: Path, path: str) -> None:
    assert ask(f"/media/{path}")[0].status_code == 404
    assert not (media / "sized").exists()


def test_a_broken_original_leaves_nothing_behind(media: Path) -> None:
    (media / NAME).write_bytes(b"RIFF broken")

    assert ask(f"/media/sized/480/{NAME}.avif")[0].status_code == 404
    assert not (media / "sized").exists()


def test_a_name_without_a_digest_is_kept_for_a_day_only(media: Path) -> None:
    (media / "photos/old.webp").write_bytes((media / NAME).read_bytes())

    for path in ("photos/old.webp", "sized/480/photos/old.webp.webp"):
        assert ask(f"/media/{path}")[0]["Cache-Control"] == "public, max-age=86400"
    assert ask(f"/media/{NAME}")[0]["Cache-Control"].endswith("immutable")


def test_behind_a_proxy_only_the_sizes_are_answered(media: Path, settings: Any) -> None:
    settings.SERVE_MEDIA = False

    assert ask(f"/media/{NAME}")[0].status_code == 404
    assert ask(f"/media/sized/240/{NAME}.webp")[0].status_code == 200


def test_the_page_offers_the_sizes_that_are_smaller(media: Path) -> None:
    srcset = picture_srcset(url=f"/media/{NAME}", width=1000, image_format="avif")

    offered = [entry.split(" ") for entry in srcset.split(", ")]
    assert [step for _, step in offered] == [f"{width}w" for width in PICTURE_WIDTHS if width < 1000]
    assert {ask(address)[0].status_code for address, _ in offered} == {200}
    assert (
        picture_srcset(url="https://elsewhere.example/photos/a.webp", width=1000, image_format="avif") == ""
    )


def test_the_markup_names_size_and_alternative() -> None:
    class Photo:
        url, width, height = f"/media/{NAME}", 1600, 1067

    source = '{% include "components/photo.html" with alt=words sizes="50vw" first=first %}'
    lazy = Template(source).render(Context({"photo": Photo(), "words": "A <lobby>"}))
    first = Template(source).render(Context({"photo": Photo(), "words": "A <lobby>", "first": True}))

    for html in (lazy, first):
        assert 'alt="A &lt;lobby&gt;"' in html
        assert 'width="1600"' in html
        assert 'height="1067"' in html
        assert html.count('sizes="50vw"') == 2
        assert html.index('type="image/avif"') < html.index("<img")
    assert 'loading="lazy"' in lazy
    assert "fetchpriority" not in lazy
    assert 'fetchpriority="high"' in first
    assert "lazy" not in first


def test_a_name_has_a_digest_of_its_content() -> None:
    one = picture_rename(ContentFile(b"one", name="Große Lobby!.webp"))
    two = picture_rename(ContentFile(b"two", name="Große Lobby!.webp"))

    assert one.name is not None
    assert one.name.startswith("groe-lobby-")
    assert one.name.endswith(".webp")
    assert one.name != two.name
    assert one.read() == b"one"
