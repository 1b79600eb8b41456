"""Markdown documents taken apart: fenced blocks with their marks, code in sentences, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHELLS = frozenset({"console", "sh", "bash", "shell", "shell-session"})
PROMPT = "$ "
TYPED = re.compile(
    r"\$ |(\.venv/bin/|\./)?(manage\.py|python|curl|make|sudo|docker|kubectl|systemctl|psql|pg_\w+) "
)
"""What a block without a language begins with where it is one to be typed."""
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+)\s*(?P<language>[\w+-]*)")
NOT_RUN = re.compile(r"^\s*<!-- not run: (?P<reason>\S.*\S) -->\s*$")
RUN_BY = re.compile(r"^\s*<!-- run by: (?P<tests>\S.*\S) -->\s*$")
MARK_LIKE = re.compile(r"<!--\s*(not[ _-]?run|run[ _-]?by)", re.IGNORECASE)
CODE_SPAN = re.compile(r"(`+)(.+?)\1(?!`)", re.DOTALL)
LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<target>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"^(#{1,6})\s+(?P<title>.+?)\s*#*\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its lines, and what the comment above it says."""

    path: str
    line: int
    language: str
    lines: tuple[str, ...]
    not_run: str | None = None
    run_by: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The place, as an editor opens it."""
        return f"{self.path}:{self.line}"

    @property
    def text(self) -> str:
        """What it holds."""
        return "\n".join(self.lines)

    @property
    def is_shell(self) -> bool:
        """Whether a reader would type it into a terminal."""
        return self.language in SHELLS or (not self.language and any(map(TYPED.match, self.lines)))

    @property
    def is_marked(self) -> bool:
        """Whether the comment above says why it is not run here."""
        return self.not_run is not None or bool(self.run_by)


@dataclass(frozen=True)
class Document:
    """A document, by its path from the root of the project."""

    path: str
    text: str
    blocks: tuple[Block, ...] = field(default=())
    prose: str = ""
    """The text without its blocks and comments; lines keep their numbers."""

    @classmethod
    def parsed(cls, path: str, text: str) -> Document:
        """Take a document apart."""
        blocks, prose = _split(path, text)
        return cls(path, text, tuple(blocks), prose)

    @cached_property
    def spans(self) -> list[tuple[int, str]]:
        """Code in sentences, with its line."""
        return [
            (self.prose.count("\n", 0, found.start()) + 1, " ".join(found[2].split()))
            for found in CODE_SPAN.finditer(self.prose)
        ]

    @cached_property
    def links(self) -> list[tuple[int, str]]:
        """Where links lead to, with their line; code that looks like a link is none."""
        plain = CODE_SPAN.sub(lambda found: re.sub(r"[^\n]", "`", found[0]), self.prose)
        return [(plain.count("\n", 0, found.start()) + 1, found["target"]) for found in LINK.finditer(plain)]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What a link may name behind `#`, as the usual hosts make it of headings."""
        found: list[str] = []
        for line in self.prose.splitlines():
            if heading := HEADING.match(line):
                slug = slug_of(heading["title"])
                again = sum(
                    1 for other in found if other == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", other)
                )
                found.append(f"{slug}-{again}" if again else slug)
        return frozenset(found) | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", self.prose))


def slug_of(title: str) -> str:
    """The anchor of a heading."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def documents() -> list[Document]:
    """Every document of the project."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")]
    return [Document.parsed(str(path.relative_to(ROOT)), path.read_text()) for path in sorted(paths)]


def _split(path: str, text: str) -> tuple[list[Block], str]:
    """The blocks, and the rest with their lines emptied."""
    blocks: list[Block] = []
    rest: list[str] = []
    above = ""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        opened = FENCE.match(line)
        if opened is None:
            rest.append(line)
            above = line
            continue
        inside = []
        rest.append("")
        for _number, inner in lines:
            rest.append("")
            if inner.strip().startswith(opened["fence"]) and not inner.strip().strip(opened["fence"][0]):
                break
            inside.append(inner.removeprefix(opened["indent"]))
        not_run, run_by = NOT_RUN.match(above), RUN_BY.match(above)
        blocks.append(
            Block(
                path,
                number,
                opened["language"].lower(),
                tuple(inside),
                not_run["reason"] if not_run else None,
                tuple(run_by["tests"].split()) if run_by else (),
            )
        )
        above = ""
    prose = re.sub(
        r"<!--.*?-->", lambda found: re.sub(r"[^\n]", "", found[0]), "\n".join(rest), flags=re.DOTALL
    )
    return blocks, prose
