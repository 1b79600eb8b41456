"""Which web server, with how many processes and threads: every candidate in front of the same site, in turns.

    python -m benchmarks.web_servers --gunicorn /tmp/gunicorn/lib/python3.11/site-packages

The site's settings and servers come from the environment (`DJANGO_SETTINGS_MODULE`, `DATABASE_URL`, `REDIS_URL`), and
it needs the demo. Rounds go through all candidates in turn, so that a machine that becomes slower does so for all of
them; what counts are the ratios to the first candidate. No round begins that would not be over in time. gunicorn is no
dependency: name the folder it was installed into with `--gunicorn` to have it measured.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from config.supervisor.programs import WEB_BACKPRESSURE, WEB_PROCESSES, WEB_THREADS, web_command

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 15
TIMEOUT_SECONDS = 30
COLD_SECONDS = 3.0
"""For each address before the first round: a database read from a cold disk would be the first candidate's burden."""
WARM_SECONDS = 0.5
TODAY = datetime.now(tz=UTC).date()
STAY = f"arrival={TODAY + timedelta(days=30)}&departure={TODAY + timedelta(days=33)}&adults=2"
PATHS = ("/", f"/search/?where=Lisbon&{STAY}", f"/hotels/city-hotel-lisbon/?{STAY}")
GRANIAN = ((1, 8), (2, 2), (2, 8), (2, 16), (4, 4))
"""Processes and threads that are tried besides those that are used."""
GUNICORN = ((2, WEB_THREADS), (2, 8), (4, 4))


@dataclass(frozen=True)
class Candidate:
    """A server with its settings."""

    name: str
    command: tuple[str, ...]
    python_path: str = ""


@dataclass
class Measured:
    """What a candidate did for one address: rates per second of each round, seconds of every answer."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    def row(self, first: Measured) -> dict[str, float | int]:
        """The figures, with the ratio of the rate to the first candidate's in the same rounds."""
        ratios = [ours / theirs for ours, theirs in zip(self.rates, first.rates, strict=True) if theirs]
        cuts = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return {
            "per_second": round(statistics.median(self.rates), 1),
            "ratio": round(statistics.median(ratios), 2) if ratios else 0.0,
            "p50_ms": round(cuts[49] * 1000, 1),
            "p95_ms": round(cuts[94] * 1000, 1),
            "errors": self.errors,
        }


def candidates(*, port: int, gunicorn: str) -> list[Candidate]:
    """What `make run` uses first, then what else it might be."""
    host = "127.0.0.1"
    used = f"granian {WEB_PROCESSES} x {WEB_THREADS} (as it is)"
    found = [Candidate(used, web_command(host=host, port=port))]
    for processes, threads in GRANIAN:
        if (processes, threads) != (WEB_PROCESSES, WEB_THREADS):
            command = web_command(host=host, port=port, processes=processes, threads=threads)
            found.append(Candidate(f"granian {processes} x {threads}", command))
    tight = web_command(host=host, port=port, backpressure=WEB_THREADS)
    found.append(Candidate(f"granian, backpressure {WEB_THREADS} (not {WEB_BACKPRESSURE})", tight))
    if gunicorn:
        for processes, threads in GUNICORN:
            command = (
                *(sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--worker-class", "gthread"),
                *("--workers", str(processes), "--threads", str(threads), "--log-level", "warning"),
                "config.wsgi:application",
            )
            found.append(Candidate(f"gunicorn gthread {processes} x {threads}", command, gunicorn))
    return found


@contextmanager
def serving(candidate: Candidate, *, port: int, ready_path: str) -> Iterator[None]:
    """Run a candidate that answers, and end it afterwards. Raises `RuntimeError` for one that does not start."""
    path = os.pathsep.join(filter(None, (candidate.python_path, os.environ.get("PYTHONPATH", ""))))
    server = subprocess.Popen(candidate.command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port, ready_path):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{candidate.name} does not start")
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def load(*, port: int, path: str, connections: int, seconds: float, into: Measured) -> None:
    """Ask on so many connections, each again as soon as it has its answer."""
    end = time.perf_counter() + seconds
    lock = threading.Lock()
    answered = 0

    def ask() -> None:
        nonlocal answered
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        own: list[float] = []
        errors = 0
        while time.perf_counter() < end:
            begun = time.perf_counter()
            try:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip, br, zstd"})
                response = connection.getresponse()
                response.read()
                errors += response.status >= 400
            except (OSError, HTTPException):
                errors += 1
                connection.close()
            own.append(time.perf_counter() - begun)
        connection.close()
        with lock:
            answered += len(own) - errors
            into.seconds += own
            into.errors += errors

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    into.rates.append(answered / seconds)


def main() -> int:
    """Measure, and print a table for each address, or with `--json` the figures for a program."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--path", action="append", help="an address; may be repeated; else home, results and a house"
    )
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each address in each round")
    parser.add_argument("--minutes", type=float, default=5.5, help="how long all of it may take")
    parser.add_argument("--only", default="", help="candidates whose name contains this, besides the first")
    parser.add_argument("--gunicorn", default="", help="the folder that gunicorn was installed into")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    paths = options.path or PATHS
    port = _free_port()
    found = candidates(port=port, gunicorn=options.gunicorn)
    found = [found[0], *(candidate for candidate in found[1:] if options.only in candidate.name)]
    measured = {(candidate.name, path): Measured() for candidate in found for path in paths}
    begun = time.monotonic()
    rounds = 0
    try:
        with serving(found[0], port=port, ready_path="/livez"):
            for path in paths:
                load(port=port, path=path, connections=4, seconds=COLD_SECONDS, into=Measured())
        while rounds == 0 or (time.monotonic() - begun) * (rounds + 1) / rounds < options.minutes * 60:
            for candidate in found:
                with serving(candidate, port=port, ready_path="/livez"):
                    for path in paths:
                        load(port=port, path=path, connections=4, seconds=WARM_SECONDS, into=Measured())
                        into = measured[candidate.name, path]
                        load(
                            port=port,
                            path=path,
                            connections=options.connections,
                            seconds=options.seconds,
                            into=into,
                        )
            rounds += 1
            print(f"round {rounds}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    rows: list[dict[str, Any]] = [
        {"server": name, "path": path} | figures.row(measured[found[0].name, path])
        for (name, path), figures in measured.items()
    ]
    print(json.dumps(rows, indent=2) if options.json else tables(rows, rounds=rounds))
    return 0


def tables(rows: list[dict[str, Any]], *, rounds: int) -> str:
    """A table for each address, the fastest first."""
    lines = []
    for path in dict.fromkeys(row["path"] for row in rows):
        lines += [f"`{path}`, medians of {rounds} rounds:", ""]
        lines += ["| server | a second | ratio | p50 ms | p95 ms | errors |", "|---|---|---|---|---|---|"]
        for row in sorted((row for row in rows if row["path"] == path), key=lambda row: -float(row["ratio"])):
            lines.append(
                "| {server} | {per_second} | {ratio} | {p50_ms} | {p95_ms} | {errors} |".format(**row)
            )
        lines.append("")
    return "\n".join(lines)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
