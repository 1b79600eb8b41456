"""Many processes that do one thing at the same moment, and what each of them says of it.

A crowd runs as a program of its own, `python -m tests.concurrency.crowd WORK`, with its orders as JSON on its standard
input: it prepares once, forks, lets all members go at one instant, and prints the reports as a JSON list, that of the
preparation first. The process of the test run is never forked.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 0.3
CROWD_SECONDS = 400
"""A crowd ends by itself long before; this only ends one that hangs."""
PATIENT_LOCKS_SECONDS = 120
"""What is told to come again after three seconds is tested in `test_waiting`."""
MEMBERS = 16


def crowd_run(work: str, *, orders: dict[str, Any], database: str) -> list[dict[str, Any]]:
    """Run a crowd of `work` (`module:function`) to its end and return its members' reports."""
    environment = os.environ | {
        "DATABASE_URL": database_url(database),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.crowd", work],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        timeout=CROWD_SECONDS,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    reports: list[dict[str, Any]] = json.loads(finished.stdout)
    return reports


def database_url(name: str) -> str:
    """The address of another database of the server that the tests use."""
    address = urlsplit(os.environ["DATABASE_URL"])
    folder, _, _name = address.path.rpartition("/")
    return urlunsplit(address._replace(path=f"{folder}/{name}"))


def main(work: str) -> None:
    """Prepare, fork, wait, print."""
    module_name, _, function_name = work.partition(":")
    module = importlib.import_module(module_name)
    orders = json.load(sys.stdin)
    reports = [module.prepare(orders)]
    members = orders.get("members", MEMBERS)
    start_at = time.time() + READY_SECONDS
    readers = []
    for number in range(members):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as out:
                json.dump(_report(module, function_name, orders, number, start_at), out)
            os._exit(0)
        os.close(writer)
        readers.append(reader)
    for reader in readers:
        with os.fdopen(reader) as told:
            reports.append(json.loads(told.read()))
    for _ in readers:
        os.wait()
    json.dump(reports, sys.stdout)


def _report(
    module: Any, function_name: str, orders: dict[str, Any], number: int, start_at: float
) -> dict[str, Any]:
    try:
        time.sleep(max(0.0, start_at - time.time()))
        report: dict[str, Any] = getattr(module, function_name)(orders, number)
    except BaseException:  # noqa: BLE001 - whatever it was, the test is told
        return {"failed": traceback.format_exc()}
    return report


if __name__ == "__main__":
    main(sys.argv[1])
