"""A large export is sent while it is written: memory does not grow with its rows, compressed or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.compression import CODINGS

ROOT = Path(__file__).resolve().parents[3]
MOST_KILOBYTES = 3_500
"""How much more memory an answer of 12 to 40 megabytes may take than one of four."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the most memory so")
def test_memory_does_not_grow_with_the_rows() -> None:
    command = [sys.executable, "-m", "tests.core.tabular.streams"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["identity"]["sent"] > 12_000_000
    assert all(10_000 < told[coding]["sent"] < 1_000_000 for coding in CODINGS), told
    assert all(told[accept]["grown"] < MOST_KILOBYTES for accept in ("identity", *CODINGS)), told
    assert told["as a list"]["grown"] > 5 * MOST_KILOBYTES, told
