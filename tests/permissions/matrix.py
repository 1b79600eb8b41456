"""The written matrix: a file for each part of the site, a line for each address and verb, a letter for each persona."""

from __future__ import annotations

from pathlib import Path

from .asking import LETTERS
from .people import PERSONAS

FOLDER = Path(__file__).with_name("matrix")
HEADING = "\n".join(
    [
        "# Who gets what from each address when nothing is sent. Written by a command: see CONTRIBUTING.",
        f"# The letters are, in this order: {', '.join(PERSONAS)}.",
        *(f"#   {letter}  {meaning}" for letter, meaning in LETTERS.items()),
    ]
)
Key = tuple[str, str]
Cells = dict[str, str]
Matrix = dict[Key, Cells]


def matrix_read(part: str) -> Matrix:
    """What is written of one part. Nothing where nothing is written."""
    file = FOLDER / f"{part}.txt"
    found: Matrix = {}
    for text in file.read_text().splitlines() if file.exists() else ():
        if text and not text.startswith("#"):
            name, verb, letters = text.split()
            assert (name, verb) not in found, f"{name} {verb} is listed twice"
            found[name, verb] = dict(zip(PERSONAS, letters, strict=True))
    return found


def matrix_whole() -> Matrix:
    """All that is written."""
    found: Matrix = {}
    for file in sorted(FOLDER.glob("*.txt")):
        found |= matrix_read(file.stem)
    return found


def matrix_write(part: str, found: Matrix) -> None:
    """Write one part anew."""
    FOLDER.mkdir(exist_ok=True)
    lines = [line(key, cells) for key, cells in found.items()]
    (FOLDER / f"{part}.txt").write_text("\n".join([HEADING, "", *lines, ""]))


def line(key: Key, cells: Cells) -> str:
    """One line of a file."""
    name, verb = key
    return f"{name:<60} {verb:<6} {''.join(cells.values())}"
