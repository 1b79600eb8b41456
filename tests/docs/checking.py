"""What is wrong with a document, as sentences that name the line."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.core.management import get_commands

from .commands import Step, commands_of, management_problems, problems_of
from .documents import MARK_LIKE, NOT_RUN, ROOT, RUN_BY, Block, Document

PATH = re.compile(r"^[\w.-]+(/[\w.@-]+)+/?(::\w+)?$")
PATH_ENDINGS = (
    ".py",
    ".md",
    ".toml",
    ".ini",
    ".yml",
    ".yaml",
    ".conf",
    ".json",
    ".sh",
    ".txt",
    ".html",
    ".css",
    ".service",
    ".timer",
)
NOT_OURS = frozenset(
    {".git", ".venv", ".run", "node_modules", "staticfiles", "locale", ".mypy_cache", ".ruff_cache"}
)
MADE_LATER = (".run", ".venv", "staticfiles", "performance-reports", "test-results")
KNOWN_KINDS = frozenset({"manage", "module", "curl", "make", "pytest"})
BARE_COMMAND = re.compile(r"^[a-z]+(_[a-z]+)+ --[a-z].*$")
"""A command by its own name, with an option: `backup_create --kind manual`."""
SETTING = re.compile(r"^(?P<name>[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)(=.*)?$")
CODE_ENDINGS = frozenset({".py", ".sh", ".yml", ".yaml", ".conf", ".ini", ".env", ".service", ".html", ""})
COMMAND_SPAN = re.compile(r"(?:^|[\s/])manage\.py\s+(?P<rest>[a-z].*)$")


def blocks_unproved(document: Document, *, run_whole: bool) -> Iterator[str]:
    """Blocks that are neither run nor marked, marks that say nothing, and commands that cannot be right."""
    for block in document.blocks:
        yield from _marks_broken(block)
        if not block.is_shell:
            continue
        for command in commands_of(block):
            try:
                steps = command.steps
            except ValueError as error:
                yield f"{block.where}: {command.text}: {error}"
                continue
            yield from (
                f"{block.where}: {command.text}: {wrong}" for step in steps for wrong in problems_of(step)
            )
            if not (block.is_marked or run_whole) and (unknown := _unknown(steps)):
                yield (
                    f"{block.where}: {command.text}: nothing here runs {unknown}; "
                    "say why above the block: <!-- not run: the reason -->"
                )


def marks_astray(document: Document) -> Iterator[str]:
    """Comments that were meant as marks and stand above no block, or are misspelt."""
    lines = document.text.splitlines()
    openings = {block.line for block in document.blocks}
    for number, line in enumerate(lines, start=1):
        if MARK_LIKE.search(line) and "`<!--" not in line:
            well_formed = NOT_RUN.match(line) or RUN_BY.match(line)
            if not well_formed or number + 1 not in openings:
                yield f"{document.path}:{number}: this mark stands above no block, or is misspelt: {line.strip()}"


def spans_wrong(document: Document) -> Iterator[str]:
    """Commands and files named in sentences that are not there."""
    for line, span in document.spans:
        if found := COMMAND_SPAN.search(span):
            words = re.split(r"\s+", found["rest"].split("#")[0].strip(" .,;:()"))
            yield from (f"{document.path}:{line}: `{span}`: {wrong}" for wrong in management_problems(words))
        elif BARE_COMMAND.match(span) and span.split()[0] in get_commands():
            yield from (
                f"{document.path}:{line}: `{span}`: {wrong}" for wrong in management_problems(span.split())
            )
        elif PATH.match(span) and not _path_exists(span):
            yield f"{document.path}:{line}: there is no {span}"
        elif (found := SETTING.match(span)) and found["name"] not in _code():
            yield f"{document.path}:{line}: nothing reads {found['name']}"


def links_broken(document: Document, others: dict[str, Document]) -> Iterator[str]:
    """Links to documents, files or headings that are not there; what is on other machines is not asked."""
    for line, target in document.links:
        if re.match(r"^[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document.path).parent.joinpath(name).resolve()
        if name and not path.exists():
            yield f"{document.path}:{line}: the link leads nowhere: {target}"
            continue
        inside = name and path.is_relative_to(ROOT)
        other = others.get(str(path.relative_to(ROOT))) if inside else None if name else document
        if anchor and other is not None and anchor not in other.anchors:
            yield f"{document.path}:{line}: {other.path} has no heading #{anchor}"


def indented_blocks(document: Document) -> Iterator[str]:
    """Code by indentation has no language and no mark: what is typed stands in a fence."""
    lines = document.prose.splitlines()
    for number, (above, line) in enumerate(zip(["", *lines], lines, strict=False), start=1):
        if not above.strip() and re.match(r"^    \S", line) and not _in_list(lines, number - 1):
            yield f"{document.path}:{number}: put this into a fence: {line.strip()}"


def python_wrong(document: Document) -> Iterator[str]:
    """Python that does not compile, or that imports from us what is not there."""
    for block in document.blocks:
        if block.language not in {"python", "py"}:
            continue
        try:
            tree = ast.parse(block.text)
        except SyntaxError as error:
            yield f"{block.where}: {error.msg}"
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and (ROOT / node.module.split(".")[0]).is_dir()
            ):
                module = importlib.import_module(node.module)
                missing = [one.name for one in node.names if not hasattr(module, one.name)]
                yield from (f"{block.where}: {node.module} has no {name}" for name in missing)


def _marks_broken(block: Block) -> Iterator[str]:
    """A test that is said to run a block must be there and know its commands."""
    for path in block.run_by:
        if not (ROOT / path).exists():
            yield f"{block.where}: there is no {path}, which is said to run this"
            continue
        text = _source(ROOT / path)
        for command in commands_of(block):
            named = (step.management for step in command.steps)
            yield from (
                f"{block.where}: {path} does not know {arguments[0]}"
                for arguments in named
                if arguments and arguments[0] not in text
            )


def _source(path: Path) -> str:
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return "\n".join(file.read_text() for file in files)


def _unknown(steps: list[Step]) -> str:
    """The first program of a line that the harness does not run; a variable alone is part of nothing."""
    kinds = [step.kind for step in steps]
    if len(steps) == 1 and kinds[0] in KNOWN_KINDS:
        return ""
    return next((step.program or step.words[0] for step in steps if step.words), "this")


@cache
def _code() -> str:
    """Everything that could read a variable of the environment, or define a constant."""
    kept = (path for path in ROOT.rglob("*") if path.suffix in CODE_ENDINGS and path.is_file())
    ours = (path for path in kept if path.relative_to(ROOT).parts[0] not in NOT_OURS)
    return "\n".join(path.read_text(errors="replace") for path in ours)


def _path_exists(span: str) -> bool:
    path, _, name = span.partition("::")
    first = path.split("/")[0]
    if first in MADE_LATER or not (ROOT / first).is_dir():
        return not (path.endswith(PATH_ENDINGS) and first in {"docs", "tests", "deploy", "scripts"})
    found = ROOT / path
    return found.exists() and (not name or name in found.read_text())


def _in_list(lines: list[str], number: int) -> bool:
    """Whether an indented line goes on with an item of a list."""
    for line in reversed(lines[:number]):
        if line.strip() and not line.startswith(" "):
            return bool(re.match(r"([-*+]|\d+[.)])\s", line))
    return False
