"""Uploaded pictures: decoded, capped and written anew, so that nothing of the uploaded bytes is ever served."""

from __future__ import annotations

import io
import warnings
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.exceptions import ValidationFailed

IMAGE_MAX_EDGE_PIXELS = 2400
IMAGE_MAX_PIXELS = 50_000_000
IMAGE_MAX_UPLOAD_BYTES = 15 * 1024 * 1024
IMAGE_MAX_BYTES = 1024 * 1024
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY_STEPS = (85, 75, 65, 50, 35)


class ImageTooLarge(ValidationFailed):
    """More bytes or pixels than we take."""

    code = "image_too_large"
    message = _("This picture is too large.")


class ImageUnreadable(ValidationFailed):
    """Not a picture, or one in a format we do not take."""

    code = "image_unreadable"
    message = _("This file is not a picture we can read. Please use JPEG, PNG, WebP or GIF.")


def image_reencode(
    file: File[bytes] | IO[bytes],
    max_edge: int = IMAGE_MAX_EDGE_PIXELS,
    max_bytes: int = IMAGE_MAX_BYTES,
    image_format: str = "WEBP",
) -> ContentFile[bytes]:
    """The picture, upright, at most `max_edge` pixels long and `max_bytes` bytes large, without any metadata.

    `image_format` is WEBP or JPEG (transparency becomes white). Of an animation the first frame is kept. The name of
    the result has the extension that fits and the stem of the upload. Raises `ImageTooLarge`, `ImageUnreadable`.
    """
    picture = _image_open(file)
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS)
    picture = _image_flatten(picture) if image_format == "JPEG" else _image_plain(picture)
    stem = (getattr(file, "name", None) or "picture").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    suffix = {"WEBP": "webp", "JPEG": "jpg"}[image_format]
    while True:
        for quality in QUALITY_STEPS:
            content = _image_encode(picture, image_format=image_format, quality=quality)
            if len(content) <= max_bytes:
                return ContentFile(content, name=f"{stem}.{suffix}")
        if min(picture.size) < 64:
            raise ImageTooLarge(data={"max_bytes": max_bytes})
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def image_validate(file: File[bytes]) -> None:
    """Model and form validator for uploads. Raises `ValidationError`."""
    position = file.tell()
    try:
        _image_open(file)
    except (ImageTooLarge, ImageUnreadable) as error:
        raise ValidationError(str(error), code=error.code) from error
    finally:
        file.seek(position)


def _image_open(file: File[bytes] | IO[bytes]) -> Image.Image:
    """The decoded picture. The size is checked before anything is decoded, against decompression bombs."""
    file.seek(0)
    data = file.read(IMAGE_MAX_UPLOAD_BYTES + 1)
    if len(data) > IMAGE_MAX_UPLOAD_BYTES:
        raise ImageTooLarge(data={"max_bytes": IMAGE_MAX_UPLOAD_BYTES})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=IMAGE_FORMATS)
        if picture.width * picture.height > IMAGE_MAX_PIXELS:
            raise ImageTooLarge(data={"max_pixels": IMAGE_MAX_PIXELS})
        picture.load()
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(data={"max_pixels": IMAGE_MAX_PIXELS}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ImageUnreadable from error
    return picture


def _image_plain(picture: Image.Image) -> Image.Image:
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if has_alpha else "RGB")


def _image_flatten(picture: Image.Image) -> Image.Image:
    plain = _image_plain(picture)
    if plain.mode == "RGB":
        return plain
    ground = Image.new("RGB", plain.size, "white")
    ground.paste(plain, mask=plain.getchannel("A"))
    return ground


def _image_encode(picture: Image.Image, *, image_format: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    options: dict[str, Any] = {"quality": quality}
    if image_format == "JPEG":
        options |= {"optimize": True, "progressive": True}
    picture.info.clear()
    picture.save(buffer, format=image_format, **options)
    return buffer.getvalue()
