"""Starting the units' command lines as systemd would, as far as that goes without it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

from .roots import TryError, environment_here
from .units import Unit, environment_read

BESIDE = ("PATH", "LANG", "LC_ALL")
# $1: space-separated directories that may be written. Everything else is read-only for what follows, and /tmp its own.
CONFINED = (
    "set -e; mount --make-rprivate /; for path in $1; do mount --bind $path $path; done; "
    'if [ "$2" = own ]; then mount -t tmpfs -o mode=1777 none /tmp; else mount --bind /tmp /tmp; fi; '
    "mount -o remount,bind,ro /; shift 2; "
    'exec setpriv --reuid vacancy --regid vacancy --init-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"'
)


class Program:
    """A unit's process."""

    def __init__(self, unit: Unit, *, logs: Path, confined: bool) -> None:
        self.unit = unit
        self.confined = confined
        self.log = logs / f"{unit.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait for what its unit waits for (ExecStartPost). Raises TryError."""
        with self.log.open("wb") as output:
            self.process = self._popen(self.unit.command(), output)
        after = self.unit.command("ExecStartPost")
        if after:
            with self.log.open("ab") as output:
                code = self._popen(after, output).wait()
            if code != 0:
                raise TryError(f"{self.unit.name} did not become ready: {self.said()}")

    def check(self) -> None:
        """Raise TryError when it has ended by itself."""
        if self.process is not None and self.process.poll() is not None:
            raise TryError(f"{self.unit.name} ended with {self.process.returncode}: {self.said()}")

    def stop(self) -> float:
        """Ask it to stop as its unit says; the seconds that took. Raises TryError when it had to be killed."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(getattr(signal, self.unit.one("KillSignal", default="SIGTERM")))
        try:
            self.process.wait(timeout=float(self.unit.one("TimeoutStopSec", default="90")))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise TryError(f"{self.unit.name} did not stop in time: {self.said()}") from None
        return time.monotonic() - started

    def said(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace").strip()[-1500:]

    def _popen(self, command: tuple[str, ...], output: IO[bytes]) -> subprocess.Popen[bytes]:
        if self.confined:
            writable = " ".join(path for line in self.unit.all("ReadWritePaths") for path in line.split())
            temporary = "shared" if _environment_in_tmp() else "own"
            command = ("unshare", "--mount", "sh", "-c", CONFINED, "sh", writable, temporary, *command)
        return subprocess.Popen(
            command,
            cwd=self.unit.one("WorkingDirectory"),
            env=unit_environment(self.unit),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            umask=int(self.unit.one("UMask", default="0022"), 8),
            start_new_session=True,
        )


def unit_environment(unit: Unit) -> dict[str, str]:
    """Nothing of ours: what a service has, its unit's variables and its file's."""
    found = {name: os.environ[name] for name in BESIDE if name in os.environ}
    for line in unit.all("Environment"):
        found |= environment_read("\n".join(line.split()))
    for path in unit.all("EnvironmentFile"):
        found |= environment_read(Path(path).read_text())
    return found


def _environment_in_tmp() -> bool:
    """Whether the environment that the units' programs run in lies below /tmp, which must then be seen."""
    return environment_here().is_relative_to("/tmp")  # noqa: S108
