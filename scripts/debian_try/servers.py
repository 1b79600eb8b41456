"""`python -m scripts.debian_try.servers DIRECTORY`: hold throw-away PostgreSQL and Valkey until told to stop."""

import signal
import sys
import threading
from pathlib import Path

from config.embedded import services

READY = "ready"


def main() -> int:
    """Write the addresses into DIRECTORY/ready once they answer."""
    place = Path(sys.argv[1])
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_ignored: stopping.set())
    with services(place / "run", profile="throw-away") as session:
        (place / READY).write_text("\n".join(session.urls))
        stopping.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
