"""Fonts for text in any script, with nothing but what is installed.

reportlab brings Vera, which is embedded and covers western Europe. Files of `RECEIPT_FONTS` and the usual fonts of the
system are embedded where they are needed, piece by piece. Chinese, Japanese and Korean fall back to the standard fonts
that every PDF viewer has. Text that none of them can show readably (a script that needs shaping, such as Arabic or
Devanagari) is not drawn at all: `drawn` gives the alternative.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import structlog
from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "Vera", "VeraBd"

SYSTEM_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
)

NEEDS_SHAPING = (
    (0x0600, 0x08FF),  # Arabic, Syriac, Thaana, N'Ko
    (0x0900, 0x0DFF),  # the scripts of India and Sri Lanka
    (0x0F00, 0x109F),  # Tibetan, Burmese
    (0x1780, 0x18AF),  # Khmer, Mongolian
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFF),
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Face:
    """A registered font and what it has glyphs for."""

    name: str
    has: Callable[[str], bool]


def drawn(text: str, *, alternative: str = "", is_bold: bool = False) -> str:
    """The text as reportlab's markup, every stretch in a font that has it; ``alternative`` if no font does.

    Letters that lack only their accents lose them. Escaped: nothing in a name is markup.
    """
    runs = text_runs(text, alternative=alternative, is_bold=is_bold)
    return "".join(f'<font name="{name}">{escape(run)}</font>' for name, run in runs)


def text_runs(text: str, *, alternative: str = "", is_bold: bool = False) -> list[tuple[str, str]]:
    """The text as `drawn` sets it: a font and what is set in it, one after another; empty if nothing can be."""
    _embedded(is_bold=False), _embedded(is_bold=True)  # styles name them even where there is nothing to draw
    for candidate in (unicodedata.normalize("NFC", text), _plain(text), alternative):
        runs = _runs(candidate, is_bold=is_bold)
        if runs is not None:
            return runs
    return []


def _plain(text: str) -> str:
    """The text without accents and with compatibility forms resolved."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )


def _runs(text: str, *, is_bold: bool) -> list[tuple[str, str]] | None:
    """The text cut where the font changes, in the order of drawing; None if a letter is in no font."""
    text = _left_to_right(text)
    faces = [_face_for(letter, text, is_bold=is_bold) for letter in text]
    if None in faces:
        return None
    letters = zip(faces, text, strict=True)
    return [
        (name, "".join(letter for _face, letter in run))
        for name, run in groupby(letters, lambda pair: pair[0])
    ]


def _face_for(letter: str, text: str, *, is_bold: bool) -> str | None:
    if any(first <= ord(letter) <= last for first, last in NEEDS_SHAPING):
        return None
    for face in _embedded(is_bold=is_bold):
        if face.has(letter):
            return face.name
    return _asian_font(letter, text)


def _left_to_right(text: str) -> str:
    """Hebrew in the order of drawing: from its last letter to its first, words too."""
    if not any(unicodedata.bidirectional(letter) == "R" for letter in text):
        return text
    runs = [
        (is_hebrew, "".join(run))
        for is_hebrew, run in groupby(
            text, lambda letter: unicodedata.bidirectional(letter) not in ("L", "EN")
        )
    ]
    return "".join(run[::-1] if is_hebrew else run for is_hebrew, run in reversed(runs))


@lru_cache(maxsize=2)
def _embedded(*, is_bold: bool) -> tuple[Face, ...]:
    """The fonts that are put into the document, the best first."""
    first = [(BOLD, "VeraBd.ttf")] if is_bold else []
    files = [*first, (REGULAR, "Vera.ttf"), *_system_files()]
    return tuple(face for face in (_face(name, file) for name, file in files) if face is not None)


def _system_files() -> Iterator[tuple[str, str]]:
    for path in (*settings.RECEIPT_FONTS, *SYSTEM_FONTS):
        if Path(path).is_file():
            yield f"system-{Path(path).stem}", path


def _face(name: str, file: str) -> Face | None:
    try:
        font = TTFont(name, file)
    except (TTFError, OSError) as error:
        logger.warning("receipt_font_unusable", file=file, error=str(error))
        return None
    pdfmetrics.registerFont(font)
    glyphs = font.face.charToGlyph
    return Face(name, lambda letter: ord(letter) in glyphs)


def _asian_font(letter: str, text: str) -> str | None:
    """The standard font for a Chinese, Japanese or Korean letter; the text around it tells which language it is."""
    if not _is_asian(letter):
        return None
    if any("\uac00" <= other <= "\ud7a3" for other in text):
        return _standard("HYGothic-Medium")
    if any("\u3040" <= other <= "\u30ff" for other in text):
        return _standard("HeiseiKakuGo-W5")
    return _standard("STSong-Light")


def _is_asian(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(("CJK ", "HIRAGANA", "KATAKANA", "HANGUL SYLLABLE", "FULLWIDTH", "IDEOGRAPHIC"))


@lru_cache(maxsize=8)
def _standard(name: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name
