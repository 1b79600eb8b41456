"""`python -m benchmarks.scaling`: print the tables of docs/scaling.md, measure anew what they are computed from."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import django
from django.apps import apps

from benchmarks.data.databases import Databases
from benchmarks.data.sizes import SIZES
from benchmarks.errors import BenchmarkError
from benchmarks.scaling.costs import Costs, KindCost, costs_read, costs_write
from benchmarks.scaling.document import DOCUMENT, parts, parts_differ, parts_write
from benchmarks.scaling.sharding import sharding_table
from benchmarks.servers import SETTINGS, bench_servers, run_module, with_database
from config.embedded import EmbeddedServerError

SIZE = "mini"
ROUNDS = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Print, write, check or measure; the exit status is 1 where the document says something else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure on a small site, and keep the costs")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"requests of each kind ({ROUNDS})")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/scaling.md")
    parser.add_argument("--check", action="store_true", help="does docs/scaling.md say what is computed?")
    parser.add_argument(
        "--tables", action="store_true", help="print what a sharded database would ask of every table"
    )
    parser.add_argument("--json", action="store_true", help="print the costs for programs")
    options = parser.parse_args(arguments)
    if options.rounds < 4:
        parser.error("--rounds is a number from 4.")
    try:
        if options.measure:
            costs_write(measured(options.rounds))
        _models_load()
        costs = costs_read()
        if options.write:
            parts_write(costs)
        differing = parts_differ(costs) if options.check else []
    except (BenchmarkError, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.tables:
        print(sharding_table(every=True))
    elif options.json:
        print(json.dumps(asdict(costs)))
    elif not options.check:
        print("\n\n".join(parts(costs).values()))
    for name in differing:
        print(f"{DOCUMENT.name}: part {name} is not what is computed: run with --write.", file=sys.stderr)
    return 1 if differing else 0


def measured(rounds: int) -> Costs:
    """Build a small site on embedded servers of its own, measure, and leave nothing. Raises BenchmarkError."""
    with tempfile.TemporaryDirectory(prefix="vacancy-scaling-") as scratch:
        run_dir = Path(scratch) / "run"
        with bench_servers(run_dir) as environment:
            Databases(run_dir, environment).ensure(SIZES[SIZE])
            found = run_module(
                "benchmarks.scaling.measuring",
                SIZE,
                str(rounds),
                environment=with_database(environment, SIZES[SIZE].database),
            )
    kinds = {key: KindCost(**kind) for key, kind in found.pop("kinds").items()}
    return Costs(kinds=kinds, **found)


def _models_load() -> None:
    """Models are read, and no database: its address may be any."""
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.setdefault(
                name, "postgresql:///none" if name == "DATABASE_URL" else "redis://localhost/0"
            )
        django.setup()


if __name__ == "__main__":
    sys.exit(main())
