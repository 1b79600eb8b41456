import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from core import images
from core.images import ImageTooLarge, ImageUnreadable, image_reencode, image_validate


def upload(
    size: tuple[int, int], *, image_format: str = "JPEG", mode: str = "RGB", **options: object
) -> ContentFile:
    buffer = io.BytesIO()
    Image.effect_noise(size, 120).convert(mode).save(buffer, image_format, **options)
    return ContentFile(buffer.getvalue(), name="lobby view.jpeg")


def test_a_picture_is_made_smaller_in_pixels_and_bytes() -> None:
    result = image_reencode(upload((1600, 1000)), max_edge=800, max_bytes=60_000)

    with Image.open(result) as picture:
        assert picture.format == "WEBP"
        assert max(picture.size) <= 800
        assert picture.width / picture.height == pytest.approx(1.6, abs=0.02)
    assert result.size <= 60_000
    assert result.name == "lobby view.webp"


def test_a_small_picture_keeps_its_size() -> None:
    with Image.open(image_reencode(upload((300, 200)))) as picture:
        assert picture.size == (300, 200)


def test_metadata_goes_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Secret Camera"

    result = image_reencode(upload((400, 200), exif=exif), image_format="JPEG")

    with Image.open(result) as picture:
        assert picture.size == (200, 400)
        assert dict(picture.getexif()) == {}
    assert b"Secret Camera" not in result.read()


def test_transparency_becomes_white_in_a_jpeg() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(buffer, "PNG")

    with Image.open(image_reencode(ContentFile(buffer.getvalue()), image_format="JPEG")) as picture:
        assert picture.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n broken", b"%PDF-1.7"])
def test_what_is_not_a_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        image_reencode(ContentFile(content))
    with pytest.raises(ValidationError) as caught:
        image_validate(ContentFile(content))
    assert caught.value.code == "image_unreadable"


def test_a_truncated_picture_is_refused() -> None:
    whole = upload((400, 300)).read()

    with pytest.raises(ImageUnreadable):
        image_reencode(ContentFile(whole[: len(whole) // 2]))


def test_too_many_pixels_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "IMAGE_MAX_PIXELS", 100 * 100)

    image_reencode(upload((100, 100)))
    with pytest.raises(ImageTooLarge) as caught:
        image_reencode(upload((101, 100)))
    assert caught.value.data == {"max_pixels": 10_000}


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "IMAGE_MAX_UPLOAD_BYTES", 1_000)

    with pytest.raises(ImageTooLarge):
        image_reencode(upload((300, 300)))


def test_the_validator_leaves_the_file_where_it_was() -> None:
    file = upload((50, 50))
    file.seek(7)

    image_validate(file)

    assert file.tell() == 7
