"""What a reader types, taken from a shell block, and what can be said of it without running it."""

from __future__ import annotations

import importlib.util
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from django.core.management import get_commands, load_command_class

from .documents import PROMPT, ROOT, Block

ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
SEPARATORS = frozenset({"|", "||", "&&", ";", "&", "|&"})
REDIRECTIONS = frozenset({">", ">>", "<", "2>", "&>", "<<<"})
PLACEHOLDER = re.compile(r"^[A-Z][A-Z_]*$|[<…]")
QUICK_MODULES = frozenset({"benchmarks.scaling"})
"""Modules of ours that print what they know, and so may be run."""
MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One line, continued lines joined, and the output that the document shows below it."""

    block: Block
    text: str
    shown: tuple[str, ...] = ()

    @property
    def steps(self) -> list[Step]:
        """The programs that the line starts, in their order."""
        lexer = shlex.shlex(self.text, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        steps, words, skipping = [], [], False
        for word in lexer:
            if skipping:
                skipping = False
            elif word in REDIRECTIONS:
                skipping = True
            elif word in SEPARATORS:
                steps.append(Step.of(words))
                words = []
            else:
                words.append(word)
        return [*steps, Step.of(words)] if words else steps


@dataclass(frozen=True)
class Step:
    """A program with its arguments, and what it is told by its environment."""

    environment: dict[str, str]
    words: tuple[str, ...]

    @classmethod
    def of(cls, words: list[str]) -> Step:
        """Take the variables before the program from its words."""
        count = 0
        while count < len(words) and ASSIGNMENT.match(words[count]):
            count += 1
        pairs = (word.partition("=") for word in words[:count])
        return cls({name: value for name, _, value in pairs}, tuple(words[count:]))

    @property
    def program(self) -> str:
        """Its name without a folder; empty for variables alone."""
        return PurePosixPath(self.words[0]).name if self.words else ""

    @property
    def management(self) -> tuple[str, ...] | None:
        """What follows `manage.py`, wherever in the line it stands."""
        for number, word in enumerate(self.words):
            if PurePosixPath(word).name == "manage.py":
                return self.words[number + 1 :]
        return None

    @property
    def module(self) -> str | None:
        """What `python -m` names."""
        if not self.program.startswith("python") or "-m" not in self.words[:-1]:
            return None
        return self.words[self.words.index("-m") + 1]

    @property
    def kind(self) -> str:
        """How the harness proves it: `manage`, `module`, `curl`, `make`, `pytest`, or nothing that it knows."""
        starts = self.program == "manage.py" or self.program.startswith("python")
        if self.management is not None and starts:
            return "manage"
        if self.module in QUICK_MODULES and not {"--measure", "--write"} & set(self.words):
            return "module"
        if self.program in {"curl", "make", "pytest"}:
            return self.program
        return ""


def commands_of(block: Block) -> list[Command]:
    """The commands of a shell block. With prompts, what stands between them is output."""
    prompted = any(line.startswith(PROMPT) for line in block.lines)
    found: list[tuple[list[str], list[str]]] = []
    going_on = False
    for line in block.lines:
        begins = (
            line.startswith(PROMPT) if prompted else bool(line.strip()) and not line.strip().startswith("#")
        )
        if going_on:
            found[-1][0].append(line if _is_open(" ".join(found[-1][0])) else line.strip())
        elif begins:
            found.append(([line.removeprefix(PROMPT) if prompted else line], []))
        elif prompted and found:
            found[-1][1].append(line)
        going_on = (going_on or begins) and (line.endswith("\\") or _is_open("\n".join(found[-1][0])))
    return [Command(block, _joined(typed), tuple(filter(None, shown))) for typed, shown in found]


def _joined(lines: list[str]) -> str:
    """Continued lines as one; a text in quotes keeps its lines."""
    text = lines[0]
    for line in lines[1:]:
        text = f"{text[:-1]} {line}" if text.endswith("\\") else f"{text}\n{line}"
    return text


def _is_open(text: str) -> bool:
    """Whether a quotation goes on behind the end."""
    try:
        shlex.split(text, comments=True)
    except ValueError as error:
        return "quotation" in str(error)
    return False


@cache
def options_of(name: str) -> frozenset[str]:
    """The options that a management command takes."""
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    return frozenset(command.create_parser("manage.py", name)._option_string_actions)


def management_problems(arguments: tuple[str, ...] | list[str]) -> list[str]:
    """What is wrong with the arguments of `manage.py`: no such command, or no such option."""
    if not arguments or PLACEHOLDER.search(arguments[0]):
        return []
    name = arguments[0]
    if name not in get_commands():
        return [f"there is no command {name}"]
    named = (word.partition("=")[0] for word in arguments[1:] if re.match(r"--?[A-Za-z]", word))
    return [f"{name} has no option {option}" for option in named if option not in options_of(name)]


@cache
def make_targets() -> frozenset[str]:
    """What the Makefile makes."""
    return frozenset(MAKE_TARGET.findall((ROOT / "Makefile").read_text()))


def problems_of(step: Step) -> list[str]:
    """What is wrong with a step, without running it."""
    if step.management is not None:
        return management_problems(step.management)
    if step.program == "make":
        targets = [word for word in step.words[1:] if "=" not in word and not word.startswith("-")]
        return [f"there is no target {target}" for target in targets if target not in make_targets()]
    if step.program == "pytest":
        paths = [word.partition("::")[0] for word in step.words[1:] if "/" in word]
        return [f"there is no {path}" for path in paths if not (ROOT / path).exists()]
    if step.module is not None:
        return [] if _module_exists(step.module) else [f"there is no module {step.module}"]
    return []


def _module_exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
