"""The servers that are measured: embedded ones of their own, kept between runs below `.run/bench`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from config.embedded import services
from config.embedded.processes import death_signal_setter

ROOT = Path(__file__).resolve().parents[1]
RUN_DIR = ROOT / ".run" / "bench"
SETTINGS = "benchmarks.settings"
FOREIGN = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "PAGE_CACHE_URL", "DB_POOL_MIN", "DB_POOL_MAX")
"""What would point the measurement at servers or limits of somebody else."""


@contextlib.contextmanager
def bench_servers(run_dir: Path = RUN_DIR) -> Iterator[dict[str, str]]:
    """Hold the servers and give the environment of whoever uses them; `DATABASE_URL` is that of the template.

    The servers of the environment are never used: hundreds of thousands of made-up bookings belong into no database
    that anybody needs. Raises EmbeddedServerError.
    """
    for name in FOREIGN:
        os.environ.pop(name, None)
    run_dir.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with services(run_dir) as session:
        yield {
            **os.environ,
            "DATABASE_URL": session.urls.database_url,
            "REDIS_URL": session.urls.redis_url,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DEBUG": "false",
            "LOG_LEVEL": "ERROR",
            "PYTHONUNBUFFERED": "1",
        }


def with_database(environment: dict[str, str], name: str) -> dict[str, str]:
    """The environment with another database of the same server."""
    server, _slash, _name = environment["DATABASE_URL"].rpartition("/")
    return environment | {"DATABASE_URL": f"{server}/{name}"}


def run_module(module: str, *arguments: str, environment: dict[str, str]) -> Any:
    """Run a module of ours in a process of its own; what it prints on its last line, as JSON.

    What it says on stderr is shown. Raises BenchmarkError.
    """
    command: Sequence[str] = (sys.executable, "-m", module, *arguments)
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=death_signal_setter(signal.SIGKILL),
    )
    lines = result.stdout.strip().splitlines()
    if result.returncode != 0 or not lines:
        raise BenchmarkError(f"{module} {' '.join(arguments)} failed: what it said is above.")
    return json.loads(lines[-1])
