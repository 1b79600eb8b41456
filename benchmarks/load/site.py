"""The site under load: the web server with the command of `make run`, and the dispatcher that sends its mails."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from benchmarks.errors import BenchmarkError
from benchmarks.servers import ROOT
from config.embedded.processes import death_signal_setter, stop_child
from config.supervisor.claims import HOST
from config.supervisor.programs import site_programs

START_SECONDS = 120.0
STOP_SIGNALS = ((signal.SIGTERM, 8.0),)
SITE_PROCESSORS = 2
PROXIES = "1"


@dataclass(frozen=True)
class Site:
    """What is loaded: where it answers, and what it consists of."""

    port: int
    log: Path
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def check(self) -> None:
        """Raises BenchmarkError when a part of it has ended."""
        for name, process in self.programs.items():
            if process.poll() is not None:
                raise BenchmarkError(
                    f"The site's {name} ended under load (status {process.returncode}): see {self.log}."
                )


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def processors() -> tuple[set[int], set[int]]:
    """Those of the site and those of the load: two, and the others; with no more than two both share them."""
    if not hasattr(os, "sched_getaffinity"):
        everyone = set(range(os.cpu_count() or 1))
        return everyone, everyone
    everyone = os.sched_getaffinity(0)
    site = set(sorted(everyone)[:SITE_PROCESSORS])
    return site, everyone - site or everyone


def run_on(chosen: set[int]) -> None:
    """Keep this process and what it starts from now on to these processors."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, chosen)


@contextlib.contextmanager
def site_running(environment: Mapping[str, str], run_dir: Path) -> Iterator[Site]:
    """Run web and dispatcher until the block ends. Raises BenchmarkError.

    `NUM_PROXIES=1`: the load names each guest's address as a proxy would, and every rate limit stays as it is.
    """
    site = Site(free_port(), run_dir / "load-site.log")
    web = site_programs(run_dir=run_dir, host=HOST, port=site.port)[0]
    settings = {
        **environment,
        "NUM_PROXIES": PROXIES,
        "PORT": str(site.port),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    dispatcher = (sys.executable, "manage.py", "dispatch_outbox", "--watch")
    with site.log.open("wb") as log:
        try:
            site.programs["web server"] = _start(web.command, settings, log)
            site.programs["dispatcher"] = _start(dispatcher, settings, log)
            _wait_until_it_answers(site)
            yield site
        finally:
            for process in reversed(site.programs.values()):
                stop_child(process, signals=STOP_SIGNALS)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # what it has left behind


def _start(command: Sequence[str], environment: Mapping[str, str], log: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=death_signal_setter(signal.SIGTERM),  # noqa: PLW1509 - one thread
    )


def _wait_until_it_answers(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        site.check()
        connection = http.client.HTTPConnection(HOST, site.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise BenchmarkError(f"The site does not answer after {START_SECONDS:.0f} s: see {site.log}.")
