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
WARM_UP_MAX_SECONDS = 60


def guests_simulate(
    site: Site, size: Size, environment: dict[str, str], processors: set[int], *, users: int, seconds: int
) -> Step:
    """So many guests for so long; they come within the first seconds, which do not count. Raises BenchmarkError."""
    warm_up = max(2, min(WARM_UP_MAX_SECONDS, seconds // 5))
    with (
        tempfile.NamedTemporaryFile(prefix="vacancy-load-", suffix=".json") as result,
        tempfile.TemporaryFile() as said,
    ):
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
            _look_after(process, site, warm_up)
            before = run_module("benchmarks.load.hits", environment=environment)
            if not _look_after(process, site, seconds + SPARE_SECONDS):
                raise BenchmarkError(f"The simulated guests did not end {SPARE_SECONDS} s after their time.")
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


def _look_after(process: subprocess.Popen[bytes], site: Site, seconds: float) -> bool:
    """Wait so long, or until the guests have gone; whether they have. Raises BenchmarkError without a site."""
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        site.check()
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _begin(tie: Any, chosen: set[int]) -> None:
    tie()
    run_on(chosen)
