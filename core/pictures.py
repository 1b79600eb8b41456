"""Pictures at the sizes the pages use, in AVIF and WebP: made when first asked for, and kept.

What was uploaded is `photos/2026/11/lobby-0a1b….webp`; its smaller selves are
`sized/640/photos/2026/11/lobby-0a1b….webp.avif`.
Everything below `sized/` can be deleted at any time. A name carries a digest of its content, so browsers keep what they
have for good.
"""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image

from core.exceptions import NotFound
from core.images import IMAGE_MAX_PIXELS

PICTURE_WIDTHS = (240, 360, 480, 640, 960, 1280)
"""What may be asked for, in pixels: a fixed list, so that nobody can fill the disk by asking."""
PICTURE_FORMATS = {
    "avif": {"quality": 45, "speed": 8, "max_threads": 1},
    "webp": {"quality": 75, "method": 4},
}
PICTURE_FOLDER = "photos/"
SIZED_FOLDER = "sized/"
HASHED = re.compile(r"-[0-9a-f]{16}(_\w{7})?\.\w+(\.(avif|webp))?$")


def picture_rename(picture: ContentFile[bytes]) -> ContentFile[bytes]:
    """The picture under a name with a digest of its content: `Lobby view.webp` becomes `lobby-view-0a1b….webp`."""
    picture.seek(0)
    digest = sha256(picture.read()).hexdigest()[:16]
    picture.seek(0)
    name = PurePosixPath(picture.name or "picture.webp")
    picture.name = f"{slugify(name.stem)[:40] or 'picture'}-{digest}{name.suffix}"
    return picture


def picture_is_immutable(name: str) -> bool:
    """Whether what stands under a name can never become another picture."""
    return HASHED.search(name) is not None


def picture_srcset(*, url: str, width: int, image_format: str) -> str:
    """The value of `srcset` for a picture of `width` pixels; empty for one that has no smaller selves."""
    prefix = f"{settings.MEDIA_URL}{PICTURE_FOLDER}"
    if not url.startswith(prefix):
        return ""
    path = url.removeprefix(settings.MEDIA_URL)
    return ", ".join(
        f"{settings.MEDIA_URL}{SIZED_FOLDER}{step}/{path}.{image_format} {step}w"
        for step in PICTURE_WIDTHS
        if step < width
    )


def picture_sized(*, name: str) -> Path:
    """The file of `sized/WIDTH/photos/….FORMAT`; made now if this is the first time it is asked for.

    Two who ask at once both make it and the file is replaced in one step, so nobody reads half of one. Raises
    `NotFound` for other widths and formats, without an original, and for an original that is not larger.
    """
    matched = re.fullmatch(r"sized/(\d{1,4})/(photos/[\w./-]+)\.(avif|webp)", name, re.ASCII)
    if matched is None or int(matched[1]) not in PICTURE_WIDTHS or ".." in name:
        raise NotFound
    root = Path(settings.MEDIA_ROOT)
    target = root / name
    if not target.is_file():
        _picture_write(root / matched[2], target, width=int(matched[1]), image_format=matched[3])
    return target


def _picture_write(original: Path, target: Path, *, width: int, image_format: str) -> None:
    try:
        with Image.open(original) as source:
            if source.width <= width or source.width * source.height > IMAGE_MAX_PIXELS:
                raise NotFound
            source.draft("RGB", (width, width))
            picture = source.convert("RGBA" if "A" in source.getbands() else "RGB")
    except OSError as error:
        raise NotFound from error
    height = max(1, round(picture.height * width / picture.width))
    picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            picture.save(file, format=image_format.upper(), **PICTURE_FORMATS[image_format])
        Path(partial).chmod(0o644)
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
