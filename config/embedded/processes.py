"""Processes: ending with their parent, being found by their working directory, being stopped."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send this process `signal_number` when its parent ends, however the parent ends (Linux only).

    Call it after any change of user: that clears the setting.
    """
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def death_signal_setter(signal_number: int) -> Callable[[], None]:
    """Return a function for `preexec_fn` which ties the child to the parent that starts it."""
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(signal_number)
        if os.getppid() != parent:  # the parent ended before the request reached the kernel
            os._exit(1)

    return tie


def processes_in(directory: Path, names: Collection[str]) -> list[int]:
    """Return the ids of the live processes called one of `names` whose working directory is `directory`.

    Both servers change into their data directory, so this tells a server that works on our data from an unrelated
    process which merely has the process id that an old pid file names. Empty where there is no /proc.
    """
    wanted = directory.resolve()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name = (entry / "comm").read_text().strip()
            if name in names and (entry / "cwd").readlink() == wanted:
                found.append(int(entry.name))
    return found


def end_processes(find: Callable[[], Sequence[int]], *, signals: Sequence[tuple[int, float]]) -> bool:
    """Send each signal in turn to what `find` returns until it returns nothing; True when all have gone.

    `signals` pairs a signal number with the seconds to wait after it; signal 0 only waits.
    """
    for number, seconds in signals:
        for pid in find():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while find():
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        else:
            return True
    return not find()


def stop_child(process: subprocess.Popen[bytes], *, signals: Sequence[tuple[int, float]]) -> None:
    """Send each signal in turn to `process`, waiting the seconds given with it, and SIGKILL when none helped."""
    for number, seconds in (*signals, (signal.SIGKILL, 10.0)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
