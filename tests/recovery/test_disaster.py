"""The disaster exercise with a modest load: the document's commands, nothing lost, nobody told anything wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.disaster import ending
from scripts.disaster.document import chapters_read
from scripts.disaster.exercise import LOST, SET_UP, exercise_run
from scripts.disaster.load import SERVER_ERROR, UNAVAILABLE
from tests.concurrency.crowd import ROOT
from tests.reliability.servers import wait_until

BOOKINGS = 12
GUESTS = 3
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 180
SITE_SECONDS_MAX = 30.0
"""The exercise itself promises five; a machine that does many other things is given longer."""
KILLED = """
import subprocess, sys, time
command = [sys.executable, "-m", "scripts.disaster.ending", sys.argv[1]]
subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
print("begun", flush=True)
time.sleep(600)
"""
"""An exercise, as far as it concerns this."""


@pytest.mark.slow
def test_the_database_is_destroyed_and_nothing_that_was_acknowledged_is_lost() -> None:
    said: list[str] = []

    report = exercise_run(
        say=said.append, bookings=BOOKINGS, guests=GUESTS, seed=7, pause_seconds=PAUSE_SECONDS
    )

    assert report.problems == [], "\n".join([*report.problems, *said])
    assert report.bookings >= report.acknowledged_before >= 2 * BOOKINGS
    assert report.payments > 0
    assert report.checks["inventory_check"]["differences"] == 0
    assert report.checks["inventory_check"]["nights"] > 0
    assert report.checks["ledger_check"]["problems"] == 0
    assert report.checks["ledger_check"]["folios"] >= report.bookings
    assert {status for status in report.statuses if status >= SERVER_ERROR} <= {UNAVAILABLE}
    assert report.restart_site_seconds < max(SITE_SECONDS_MAX, 10 * report.restart_server_seconds)
    chapters = chapters_read()
    assert tuple(report.commands) == chapters[SET_UP].commands + chapters[LOST].commands


def test_the_document_has_the_steps_that_are_run() -> None:
    steps = chapters_read()[LOST].commands

    in_order = [
        "manage.py backup_base --list",
        "manage.py wal_check --files-only --deep",
        "manage.py backup_restore --to latest",
        "pg_ctl --pgdata",
        "deploy/postgres/receive-wal",
        "manage.py migrate --check",
        "manage.py inventory_check",
        "manage.py ledger_check",
        "manage.py backup_base",
        "manage.py wal_check",
    ]
    found = [next(number for number, step in enumerate(steps) if words in step and number >= at)
             for at, words in enumerate(in_order)]  # fmt: skip
    assert found == sorted(found)


@pytest.mark.slow
def test_an_exercise_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its folder and every process that belongs to it go, those too that made themselves independent."""
    home = tmp_path / "home"
    home.mkdir()
    marked = os.environ | {ending.VARIABLE: str(home)}
    daemon = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 600 & exec sleep 600"], env=marked, start_new_session=True
    )
    assert wait_until(lambda: len(ending.processes_of(str(home))) == 2, seconds=PATIENCE_SECONDS)
    exercise = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with exercise:
        assert exercise.stdout is not None
        assert exercise.stdout.readline() == "begun\n"
        assert daemon.poll() is None
        exercise.kill()

    assert daemon.wait(PATIENCE_SECONDS) != 0
    assert wait_until(
        lambda: not ending.processes_of(str(home)) and not home.exists(), seconds=PATIENCE_SECONDS
    )
