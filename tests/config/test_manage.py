"""The command line itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import manage

ROOT = Path(__file__).resolve().parents[2]


def test_a_command_ends_quietly_when_its_reader_has_enough() -> None:
    command = f"set -o pipefail; {sys.executable} manage.py help | true"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")


def test_what_is_measured_is_measured_without_development_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage.importlib.util, "find_spec", lambda name: name)

    assert manage.without_development_tools(["manage.py", "perf_check", "--json"])
    assert not manage.without_development_tools(["manage.py", "runserver"])
    assert not manage.without_development_tools(["manage.py"])
