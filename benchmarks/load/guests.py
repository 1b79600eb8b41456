"""The guests of one step: locust, in a process of its own that ends whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.data.sizes import LARGE_CITY, SMALL_CITY, Size
from benchmarks.errors import BenchmarkError
from benchmarks.load.figures import Step, hit_rate_between
from benchmarks.load.site import Site, run_on
from benchmarks.servers import ROOT, run_module
from config.embedded.processes import death_signal_setter
from config.supervisor.claims import HOST

SPARE_SECONDS = 90
"""How much longer than it should a step may take before it is ended."""
WARM_UP_MAX_SECONDS = 20


def guests_simulate(
    site: Site, size: Size, environment: dict[str, str], processors: set[int], *, users: int, seconds: int
) -> Step:
    """So many guests for so long; they come within the first seconds, which do not count. Raises BenchmarkError."""
    warm_up = max(2, min(WARM_UP_MAX_SECONDS, seconds // 6))
    with (
        tempfile.NamedTemporaryFile(prefix="vacancy-load-", suffix=".json") as result,
        tempfile.TemporaryFile() as said,
    ):
        before = run_module("benchmarks.load.hits", environment=environment)
        process = subprocess.Popen(
            _command(site.port, users=users, seconds=seconds + warm_up, warm_up=warm_up),
            cwd=ROOT,
            env={
                **os.environ,
                "LOAD_HOUSES": str(size.properties),
                "LOAD_CITIES": f"{SMALL_CITY},{LARGE_CITY}",
                "LOAD_WARM_UP": str(warm_up),
                "LOAD_RESULT": result.name,
            },
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            preexec_fn=partial(_begin, death_signal_setter(signal.SIGKILL), processors),  # noqa: PLW1509
        )
        try:
            _wait(process, site, seconds + warm_up + SPARE_SECONDS)
        finally:
            process.kill()
            process.wait()
        text = Path(result.name).read_text()
        if process.returncode != 0 or not text:
            said.seek(0)
            raise BenchmarkError(
                f"The guests could not be simulated: {said.read().decode(errors='replace').strip()[-2000:]}"
            )
        after = run_module("benchmarks.load.hits", environment=environment)
    found: Mapping[str, Any] = json.loads(text)
    return Step(users=users, seconds=seconds, result=found, hit_rate=hit_rate_between(before, after))


def _command(port: int, *, users: int, seconds: int, warm_up: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "locust", "-f", str(ROOT / "tests" / "load" / "locustfile.py"), "--headless"),
        *("--host", f"http://{HOST}:{port}", "--users", str(users)),
        *("--spawn-rate", str(max(1, users // warm_up)), "--run-time", f"{seconds}s"),
        *("--stop-timeout", "10", "--only-summary", "--loglevel", "ERROR"),
    )


def _wait(process: subprocess.Popen[bytes], site: Site, seconds: float) -> None:
    """Until the guests have gone. Raises BenchmarkError when they do not go, or when there is no site any more."""
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        site.check()
        if time.monotonic() > deadline:
            raise BenchmarkError(f"The simulated guests did not end after {seconds:.0f} s.")
        time.sleep(0.2)


def _begin(tie: Any, chosen: set[int]) -> None:
    tie()
    run_on(chosen)
