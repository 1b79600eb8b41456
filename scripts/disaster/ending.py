"""`python -m scripts.disaster.ending HOME`: ends what an exercise has started, however the exercise ended.

It waits until its standard input is closed, which the kernel does for a process that is gone. What belongs to the
exercise is known by a variable in its environment or by where it works, so that a server that made itself independent
is found too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path

VARIABLE = "VACANCY_EXERCISE"
SIGNALS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 10.0))
POLL_SECONDS = 0.05


def processes_of(home: str, *, called: str = "") -> list[int]:
    """The processes that were started for this exercise, other than this one; those with a word in their command."""
    marker, word = f"{VARIABLE}={home}".encode(), called.encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            is_ours = marker in (entry / "environ").read_bytes().split(b"\0") or (
                (entry / "cwd").readlink().is_relative_to(home)
            )
            if is_ours and int(entry.name) != os.getpid() and word in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def end_all(home: str, *, called: str = "") -> None:
    """End them, kindly at first."""
    for number, seconds in SIGNALS:
        for process in processes_of(home, called=called):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)
        deadline = time.monotonic() + seconds
        while processes_of(home, called=called) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def main(home: str) -> None:
    """Wait, end, remove."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_all(home)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
