"""One terminal for several programs: whole lines, each with the name of who wrote it."""

import os
import sys
import threading
from typing import BinaryIO

NAME_WIDTH = 8
COLOURS = {
    "web": "36",
    "outbox": "34",
    "email": "33",
    "process": "33",
    "schedule": "33",
    "beat": "35",
    "vacancy": "32",
}


class Output:
    """Prints lines from several threads without mixing them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def line(self, name: str, text: str) -> None:
        """Print one line of the program `name`."""
        prefix = f"{name:<{NAME_WIDTH}}|"
        if self._coloured:
            prefix = f"\x1b[{COLOURS.get(name, '37')}m{prefix}\x1b[0m"
        self.plain(f"{prefix} {text}")

    def plain(self, text: str) -> None:
        """Print text as it is. A terminal that has gone away must not keep the group from being stopped."""
        with self._lock:
            try:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()
            except OSError:
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - stays open to the end

    def follow(self, name: str, stream: BinaryIO) -> threading.Thread:
        """Print what comes out of `stream` until it ends, in a thread of its own."""

        def read() -> None:
            with stream:
                for raw in stream:
                    if text := raw.decode(errors="replace").rstrip():
                        self.line(name, text)

        thread = threading.Thread(target=read, name=f"output of {name}", daemon=True)
        thread.start()
        return thread
