"""docs/runbook.md, read: an entry for each alert, which the page /admin/system/runbook/ shows and the lines link to.

An entry is a heading, whose anchor is what the alert and the line name, and four parts, each begun by its word in bold:
**Alert**, **Means**, **Look** and **Mend**. Commands stand in fenced blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

PATH = "docs/runbook.md"
PARTS = ("Alert", "Means", "Look", "Mend")
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
PART = re.compile(r"^\*\*(\w+)\.\*\*[ \n]", re.MULTILINE)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^<!--.*?-->\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or commands."""

    text: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What to do about one alert. ``alerts`` are the names of the rules that lead here."""

    anchor: str
    title: str
    alerts: tuple[str, ...]
    means: tuple[Block, ...]
    look: tuple[Block, ...]
    mend: tuple[Block, ...]


def runbook_entries() -> list[Entry]:
    """Every entry, in the order of the document; none where the documents were not installed with the code."""
    path = Path(settings.BASE_DIR) / PATH
    return _entries(path.read_text(encoding="utf-8")) if path.is_file() else []


@cache
def _entries(text: str) -> list[Entry]:
    pieces = HEADING.split(text)[1:]
    return [_entry(title, body) for title, body in zip(pieces[::2], pieces[1::2], strict=True)]


def _entry(title: str, body: str) -> Entry:
    pieces = PART.split(COMMENT.sub("", body))[1:]
    parts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    if tuple(parts) != PARTS:
        raise ValueError(
            f"the entry “{title}” has the parts {', '.join(parts)} instead of {', '.join(PARTS)}"
        )
    return Entry(
        anchor=slugify(title),
        title=title,
        alerts=tuple(re.findall(r"`(\w+)`", parts["Alert"])),
        means=_blocks(parts["Means"]),
        look=_blocks(parts["Look"]),
        mend=_blocks(parts["Mend"]),
    )


def _blocks(text: str) -> tuple[Block, ...]:
    found: list[Block] = []
    end = 0
    for fence in FENCE.finditer(text):
        found += _paragraphs(text[end : fence.start()])
        found.append(Block(fence.group(2).rstrip("\n"), is_code=True))
        end = fence.end()
    return tuple(found + _paragraphs(text[end:]))


def _paragraphs(text: str) -> list[Block]:
    plain = (" ".join(part.split()) for part in text.split("\n\n"))
    return [Block(part.replace("`", ""), is_code=False) for part in plain if part]
