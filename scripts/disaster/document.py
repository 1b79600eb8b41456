"""The commands of docs/recovery.md as they stand there: of those blocks that say that the exercise runs them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scripts.disaster.cluster import ROOT
from scripts.disaster.site import ExerciseFailed

DOCUMENT = ROOT / "docs" / "recovery.md"
RUN_BY = "<!-- run by: tests/recovery/test_disaster.py -->"
BLOCK = re.compile(rf"^{re.escape(RUN_BY)}\n```sh\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## +(?P<title>.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The commands below one heading, in their order."""

    title: str
    commands: tuple[str, ...]


def chapters_read() -> dict[str, Chapter]:
    """Every chapter that has commands for the exercise, by its heading."""
    text = DOCUMENT.read_text()
    headings = list(HEADING.finditer(text))
    found = {}
    for number, heading in enumerate(headings):
        end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        commands = [
            command
            for block in BLOCK.finditer(text, heading.end(), end)
            for command in _commands(block["lines"])
        ]
        if commands:
            found[heading["title"]] = Chapter(heading["title"], tuple(commands))
    return found


def chapter(title: str) -> Chapter:
    """One of them. Raises ExerciseFailed when the document has it no more."""
    try:
        return chapters_read()[title]
    except KeyError:
        raise ExerciseFailed(f"{DOCUMENT} has no commands below {title!r}.") from None


def _commands(lines: str) -> list[str]:
    """A command a line; one that ends with a backslash goes on in the next. Comments are for readers."""
    joined = re.sub(r"\\\n\s*", "", lines)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
