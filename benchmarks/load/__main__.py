"""`make load`: guests of a real day against the production server, until it is known how many it serves well."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.data.databases import Databases
from benchmarks.data.sizes import SIZES, Size
from benchmarks.errors import BenchmarkError
from benchmarks.load.figures import Step, load_part
from benchmarks.load.guests import guests_simulate
from benchmarks.load.site import processors, run_on, site_running
from benchmarks.machine import commit_line, load_line, machine_line, today_line
from benchmarks.report import document_write
from benchmarks.servers import ROOT, RUN_DIR, bench_servers, run_module
from config.embedded import EmbeddedServerError

USERS = 150
STEP_USERS = 150
FEWEST_USERS = 15
DURATION_SECONDS = 300
STEPS_MAX = 6
DATABASE = "bench_load"
PROOF_SECONDS = 2 * 900
PROOFS = {"inventory_check": ("nights", "differences"), "ledger_check": ("folios", "problems")}
"""The commands that prove everything afterwards: what they count, and what must not be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the site; the exit status is 0 when the first step kept to all targets and no night was sold twice."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that everything is stopped
    try:
        broken = _load(options)
    except (BenchmarkError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    for sentence in broken:
        print(f"BROKEN  {sentence}", file=sys.stderr)
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--users", type=int, default=USERS, help="guests at once in the first step")
    parser.add_argument("--duration", type=int, default=DURATION_SECONDS, help="seconds of the first step")
    parser.add_argument("--steps", type=int, default=STEPS_MAX, help="at most so many steps in all")
    parser.add_argument("--size", choices=sorted(SIZES), default="full", help="how much data there is")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    parser.add_argument("--json", action="store_true", help="print the figures for programs")
    parser.add_argument("--run-dir", type=Path, default=RUN_DIR, help="where servers and data are kept")
    options = parser.parse_args(arguments)
    if min(options.users, options.duration, options.steps) < 1:
        parser.error("--users, --duration and --steps are numbers from 1.")
    return options


def _load(options: argparse.Namespace) -> list[str]:
    """Load, check, tell and write. What is broken."""
    size, busy = SIZES[options.size], load_line()
    site_processors, load_processors = processors()
    run_on(site_processors)
    with bench_servers(options.run_dir) as environment:
        databases = Databases(options.run_dir, environment)
        databases.ensure(size)
        copy = databases.copy(size, DATABASE)
        try:
            run_module("benchmarks.load.settling", environment=copy)
            os.sync()  # the copy is on the disk before anybody waits for it
            steps = _steps(options, size, copy, load_processors)
            proofs = [_proof(copy, command, *words) for command, words in PROOFS.items()]
        finally:
            databases.forget(DATABASE)
    header = (
        f"Measured on {today_line()}, commit {commit_line()}, on {machine_line()}; load before: {busy}. "
        f"{size.bookings:,} bookings. {_who_runs_where(site_processors, load_processors)}"
    )
    text = load_part(steps, proofs=[sentence for sentence, _holds in proofs], header=header)
    print(json.dumps([_as_json(step) for step in steps]) if options.json else text)
    if not options.no_write:
        document_write("load", text)
    return [*steps[0].broken(with_hits=True), *(sentence for sentence, holds in proofs if not holds)]


def _who_runs_where(site: set[int], load: set[int]) -> str:
    if site == load:
        return "The guests were simulated on the same processors as the site."
    return (
        f"The site and its database had {len(site)} processors, the simulated guests the other {len(load)}."
    )


def _steps(
    options: argparse.Namespace, size: Size, environment: dict[str, str], load_processors: set[int]
) -> list[Step]:
    """The first step, then shorter ones: ever more guests until a limit breaks, or ever fewer until all hold."""
    steps: list[Step] = []
    with site_running(environment, options.run_dir) as site:

        def step(users: int, seconds: int) -> bool:
            print(f"{users} guests for {seconds} s ...", file=sys.stderr, flush=True)
            steps.append(
                guests_simulate(site, size, environment, load_processors, users=users, seconds=seconds)
            )
            print(steps[-1].line(), file=sys.stderr, flush=True)
            return not steps[-1].broken(with_hits=False)

        guests_simulate(site, size, environment, load_processors, users=min(20, options.users), seconds=10)
        users, is_held = options.users, step(options.users, options.duration)
        is_growing = is_held
        while len(steps) < options.steps and is_held == is_growing and users > FEWEST_USERS:
            users = users + STEP_USERS if is_growing else users * 2 // 3
            is_held = step(users, max(10, options.duration // 5))
    return steps


def _proof(environment: dict[str, str], command: str, many: str, wrong: str) -> tuple[str, bool]:
    """What a check says about everything there is, and whether it is all right. Raises BenchmarkError."""
    print(f"{command} ...", file=sys.stderr, flush=True)
    try:
        result = subprocess.run(
            [sys.executable, "manage.py", command, "--json"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROOF_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"{command} did not end after {PROOF_SECONDS} s.") from None
    lines = result.stdout.strip().splitlines()
    try:
        report = json.loads(lines[-1])
        number, different = int(report[many]), len(report[wrong])
    except (ValueError, LookupError):
        raise BenchmarkError(f"{command} failed: {result.stderr.strip()[-1000:]}") from None
    if different:
        return f"`{command}` found {different:,} {wrong} in {number:,} {many}.", False
    return f"`{command}` found all {number:,} {many} exact.", result.returncode == 0


def _as_json(step: Step) -> dict[str, Any]:
    return {"users": step.users, "seconds": step.seconds, "hit_rate": step.hit_rate, **step.result}


if __name__ == "__main__":
    sys.exit(main())
