"""A document's shell blocks, typed into one shell after another; what each command printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from .commands import Command, commands_of
from .documents import Block, Document
from .running import TIMEOUT_SECONDS, as_typed
from .site import Site

MARK = "@@ended"


@dataclass(frozen=True)
class Typed:
    """A command, the block that it stands in, what it printed, and how it ended."""

    command: Command
    printed: str
    status: int


def session_run(document: Document, *, site: Site) -> list[Typed]:
    """Type everything into one bash, so that variables are carried on. Raises `AssertionError` if it breaks off."""
    commands = [command for block in shell_blocks(document) for command in commands_of(block)]
    dates_of = "\n".join(command.text for command in commands)
    lines = ["set -u"]
    for number, command in enumerate(commands):
        lines += [command.text, f"printf '\\n{MARK} %d %d\\n' {number} $?"]
    typed = as_typed("\n".join(lines), site=site, dates_of=dates_of)
    result = subprocess.run(
        [str(shutil.which("bash")), "-c", typed],
        capture_output=True,
        text=True,
        cwd=site.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(site.folder), "LANG": "C.UTF-8"},
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    parts = re.split(rf"\n?{MARK} (\d+) (\d+)\n", result.stdout)
    assert len(parts) == 3 * len(commands) + 1, f"{result.stderr}\n{result.stdout[-2000:]}"
    return [
        Typed(command, parts[3 * number], int(parts[3 * number + 2]))
        for number, command in enumerate(commands)
    ]


def shell_blocks(document: Document) -> list[Block]:
    """What is typed, in order, but for what is marked as not."""
    return [block for block in document.blocks if block.is_shell and not block.is_marked]
