"""Every line of the threat model names tests, and these exist and are run."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "threat-model.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)*)`")
LINES_AT_LEAST = 40


def lines() -> list[list[str]]:
    """The cells of every line of every table, without the heads."""
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [row for row in cells if row[0] != "threat"]


@cache
def known_tests(path: Path) -> frozenset[str]:
    """The names of the tests of a file, those in classes with their class."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return frozenset(name for name in found if name.split("::")[-1].startswith("test"))


def skipped_in(path: Path) -> bool:
    """Whether a file takes itself out of the run."""
    return "pytest.skip(" in path.read_text().split("def test", 1)[0]


@pytest.mark.parametrize("line", lines(), ids=lambda line: line[0][:60])
def test_the_line_names_tests_that_exist_and_are_run(line: list[str]) -> None:
    assert len(line) == 4, "threat, who, what prevents it, test"
    assert all(line), "no cell is empty"
    named = NAMED.findall(line[3])
    assert named, "a threat without a test"
    assert NAMED.sub("", line[3]).strip(" ,") == "", "tests alone, each in backquotes"
    for one in named:
        file, _separator, name = one.partition("::")
        path = ROOT / file
        assert path.is_file(), f"{file} does not exist"
        assert path.name.startswith("test_"), "pytest collects test_*.py"
        assert not skipped_in(path)
        known = known_tests(path)
        assert known, f"{file} has no tests"
        assert not name or name in known, f"{one} does not exist"


def test_the_model_is_whole() -> None:
    assert len(lines()) >= LINES_AT_LEAST
    threats = [line[0] for line in lines()]
    assert len(set(threats)) == len(threats)
