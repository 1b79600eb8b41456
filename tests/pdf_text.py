"""What is written in a PDF of ours: enough of the format to read back what reportlab draws, and no more."""

from __future__ import annotations

import base64
import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
FONT_NAMES = re.compile(rb"/(F\d+(?:\+\d+)?) (\d+) 0 R")
LETTERS = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>")
DRAWN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:[^()\\]|\\.)*)\) Tj|(T\*|\bBT\b)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)


def pdf_lines(document: bytes) -> list[str]:
    """The lines of text on all pages, in the order they are drawn in; cells of a table are a line each."""
    objects = {int(number): body for number, body in OBJECT.findall(document)}
    fonts = {
        name.decode(): _letters(objects, int(number))
        for body in objects.values()
        for name, number in FONT_NAMES.findall(body)
    }
    lines = [line for number in _page_contents(objects) for line in _drawn(_stream(objects[number]), fonts)]
    return [line.replace("\xa0", " ").strip() for line in lines if line.strip()]


def _page_contents(objects: dict[int, bytes]) -> list[int]:
    return [
        int(found.group(1))
        for body in objects.values()
        if re.search(rb"/Type /Page\b(?!s)", body) and (found := re.search(rb"/Contents (\d+) 0 R", body))
    ]


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found is not None
    content = found.group(1).strip()
    if b"ASCII85Decode" in body:
        content = base64.a85decode(content.removeprefix(b"<~").removesuffix(b"~>"))
    return zlib.decompress(content) if b"FlateDecode" in body else content


def _letters(objects: dict[int, bytes], number: int) -> dict[int, str]:
    """What each code of a font means, by the table that lets people copy text; Latin-1 without one."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(number, b""))
    if found is None:
        return {code: bytes([code]).decode("cp1252", "replace") for code in range(256)}
    table = _stream(objects[int(found.group(1))])
    return {
        int(code, 16): bytes.fromhex(value.decode()).decode("utf-16-be")
        for code, value in LETTERS.findall(table.partition(b"beginbfchar")[2])
    }


def _drawn(content: bytes, fonts: dict[str, dict[int, str]]) -> list[str]:
    lines = [""]
    letters: dict[int, str] = {}
    for font, text, new_line in DRAWN.findall(content):
        if font:
            letters = fonts[font.decode()]
        elif new_line:
            lines.append("")
        else:
            lines[-1] += "".join(letters.get(code, "?") for code in ESCAPED.sub(_unescaped, text))
    return lines


def _unescaped(found: re.Match[bytes]) -> bytes:
    value = found.group(1)
    if value.isdigit():
        return bytes([int(value, 8)])
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(value, value)
