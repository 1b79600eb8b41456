"""`make bench`: how long everything takes with a chain's data, beside the floors, the naive way, and fewer rows."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data.databases import Databases
from benchmarks.data.sizes import SIZES
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Run
from benchmarks.machine import load_line
from benchmarks.promises import broken_promises, document_read, promises_read
from benchmarks.report import as_json, document_write, floors_line, measured_part, table
from benchmarks.servers import RUN_DIR, bench_servers, run_module, with_database
from config.embedded import EmbeddedServerError

ROUNDS = 50
QUICK_ROUNDS = 4
TURNS = 2
"""Both sizes are measured so often in turn, so that what else the machine does meets both."""
PAIRS = {"full": ("tenth", "full"), "tenfold": ("full", "tenfold"), "quick": ("tiny", "mini")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit status is 0 when everything that is promised holds, and 1 otherwise."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the servers are let go
    try:
        broken = _measure(options)
    except (BenchmarkError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    for sentence in broken:
        print(f"BROKEN  {sentence}", file=sys.stderr)
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="little data, few rounds, and nothing is written"
    )
    parser.add_argument(
        "--tenfold", action="store_true", help="compare with ten million bookings (needs 30 GB)"
    )
    parser.add_argument("--build-only", action="store_true", help="make the data, and measure nothing")
    parser.add_argument("--rebuild", action="store_true", help="make the data anew")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    parser.add_argument("--json", action="store_true", help="print the figures for programs")
    parser.add_argument("--rounds", type=int, default=None, help=f"rounds of each kind (default: {ROUNDS})")
    parser.add_argument("--run-dir", type=Path, default=None, help="where servers and data are kept")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds is a number from 1.")
    return options


def _measure(options: argparse.Namespace) -> list[str]:
    """Measure, tell and write. What is broken."""
    promises = promises_read(document_read())
    if options.quick:
        with tempfile.TemporaryDirectory(prefix="vacancy-bench-") as scratch:
            run_dir = options.run_dir or Path(scratch) / "run"
            return _told(
                options, _runs(options, run_dir, PAIRS["quick"], options.rounds or QUICK_ROUNDS, turns=1)
            )
    pair = PAIRS["tenfold" if options.tenfold else "full"]
    busy = load_line()
    runs = _runs(options, options.run_dir or RUN_DIR, pair, options.rounds or ROUNDS, turns=TURNS)
    if runs is None:
        return []
    small, run, build = runs
    _told(options, runs)
    if not options.no_write:
        document_write("bench", measured_part(run, small=small, build=build, busy=busy))
    return broken_promises(promises, run, small=small)


def _runs(
    options: argparse.Namespace, run_dir: Path, pair: tuple[str, str], rounds: int, *, turns: int
) -> tuple[Run, Run, str] | None:
    """The runs with little and much data, and a sentence about the building; None if only building was wanted."""
    build = ""
    with bench_servers(run_dir) as environment:
        databases = Databases(run_dir, environment)
        for name in pair:
            seconds = databases.ensure(SIZES[name], rebuild=options.rebuild)
            if seconds is not None:
                print(f"{SIZES[name].bookings:,} bookings: {seconds:.0f} s", file=sys.stderr, flush=True)
                build = f"Building {SIZES[name].bookings:,} bookings took {seconds:.0f} s."
        if options.build_only:
            return None
        parts: dict[str, list[dict[str, object]]] = {name: [] for name in pair}
        for _turn in range(turns):
            for name in pair:
                print(f"Measuring with {SIZES[name].bookings:,} bookings ...", file=sys.stderr, flush=True)
                found = run_module(
                    "benchmarks.measuring",
                    name,
                    str(max(1, rounds // turns)),
                    environment=with_database(environment, SIZES[name].database),
                )
                parts[name].append(found)
    small, large = (Run.merged(parts[name]) for name in pair)
    return small, large, build


def _told(options: argparse.Namespace, runs: tuple[Run, Run, str] | None) -> list[str]:
    """Print the figures; nothing is broken by that."""
    if runs is not None:
        small, run, _build = runs
        print(
            json.dumps(as_json(run)) if options.json else f"{floors_line(run)}\n\n{table(run, small=small)}"
        )
    return []


if __name__ == "__main__":
    sys.exit(main())
