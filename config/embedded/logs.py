"""The servers' log files."""

import re
from pathlib import Path
from typing import BinaryIO

LOG_LIMIT_BYTES = 10 * 1024 * 1024
_SERIOUS = re.compile(r"(?:FATAL|PANIC|ERROR|error):\s*(.+)|# (.*(?:[Ff]ailed|[Cc]an't|[Ff]atal).*)")


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, putting a full one aside as `<name>.log.1`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def last_reason(path: Path, *, since: int = 0) -> str:
    """Return the last line after byte `since` in which a server says what is wrong, without its prefix."""
    try:
        lines = path.read_bytes()[since:].decode(errors="replace").splitlines()
    except OSError:
        return "it left no message"
    for line in reversed(lines):
        if match := _SERIOUS.search(line):
            return (match[1] or match[2]).strip().rstrip(".")
    return lines[-1].strip().rstrip(".") if lines else "it left no message"
