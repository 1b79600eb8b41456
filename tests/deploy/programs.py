"""The command lines of production, as the supervisor has them, and how a file's are compared with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from config.supervisor.programs import site_programs

# What is each place's own: where it listens, how much it takes on, where beat's file is.
OWN = {"--host", "--port", "--workers", "--blocking-threads", "--schedule", "--uds", "--autoscale"}
NAMES = {
    "web": "web",
    "outbox": "dispatcher",
    "email": "worker-email",
    "process": "worker-processing",
    "schedule": "worker-scheduled",
    "beat": "beat",
}


def production_programs() -> dict[str, tuple[str, ...]]:
    """Each program's canonical command line, by the name that files of deployment give it."""
    programs = site_programs(run_dir=Path("/run"), host="127.0.0.1", port=8000)
    return {NAMES[program.name]: canonical(program.command) for program in programs}


def canonical(command: Iterable[str]) -> tuple[str, ...]:
    """A command line without what is each place's own; the interpreter is `python`, whatever its path."""
    words = list(command)
    assert PurePosixPath(words[0]).name.startswith("python"), words
    found = ["python"]
    skipping = False
    for word in words[1:]:
        if skipping:
            skipping = False
        elif word in OWN:
            found.append(word if word not in {"--host", "--port", "--uds"} else "--listening")
            skipping = True
        else:
            found.append(word)
    return tuple(dict.fromkeys(found) if "--listening" in found else found)


def option(command: Sequence[str], name: str) -> str:
    """The value of an option."""
    return command[list(command).index(name) + 1]
