"""A supervisor in a process of its own: what it says, what it has started, how it ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from config.supervisor.claims import HOST

from .harness import PROJECT_ROOT, wait_until

PATIENCE_SECONDS = 180


class Group:
    """A running supervisor, what it printed, and what it started."""

    def __init__(self, run_dir: Path, *, port: int, scenario: str, own_cache: bool = False) -> None:
        """With `own_cache` the group runs the embedded Valkey; else nothing but its programs."""
        given = {"DATABASE_URL": "postgresql://given/", "DEBUG": "false"}
        given["REDIS_URL"] = "" if own_cache else "redis://given/"
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.embedded.group", run_dir, str(port), scenario],
            env=os.environ | given,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())

    def said(self, text: str) -> bool:
        """Wait until a line containing `text` was printed."""
        return wait_until(lambda: any(text in line for line in self.lines), seconds=PATIENCE_SECONDS)

    def get(self, path: str = "/") -> str:
        """Ask the web program; it answers with its process id."""
        with urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=PATIENCE_SECONDS) as answer:
            return answer.read().decode()

    def members(self) -> list[int]:
        """Return the process ids of what the supervisor started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def all_members(self) -> list[int]:
        """Wait until all three programs run and return their process ids."""
        assert wait_until(lambda: len(self.members()) == 3)
        return self.members()

    def end(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return status


def alive(pids: list[int]) -> list[int]:
    """Return those of the processes that still run."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found.append(pid)
    return found
