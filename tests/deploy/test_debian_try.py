"""The bare Debian path is really gone: install.sh, the units' command lines, pages, a job by the clock, the end.

In namespaces where this machine allows them, else in a directory that stands for the root (scripts.debian_try).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.deploy.asked import ROOT
from tests.deploy.test_units import LASTING, TIMES


@pytest.mark.slow
def test_the_bare_path_is_gone_to_its_end() -> None:
    # Servers of its own, and nothing of the tests' settings.
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    said = subprocess.run(
        [sys.executable, "-m", "scripts.debian_try"],
        cwd=ROOT,
        env={name: os.environ[name] for name in names if name in os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    report = json.loads(said.stdout)
    print(f"in a {report['root']}: {report['seconds']}")

    assert report["page_title"].endswith("Vacancy")
    assert report["job"]
    assert len(report["programs"]) == len(LASTING) + 1, "a second web process"
    assert set(LASTING) - {"vacancy-web@8000.service"} <= set(report["programs"])
    if report["root"] == "namespace":
        told = report["told"]
        assert told[0] == "daemon-reload"
        assert any(set(TIMES) <= set(line.split()) for line in told)
        restarts = [line for line in told if line.startswith("restart vacancy-web@")]
        assert restarts == ["restart vacancy-web@8000.service", "restart vacancy-web@8001.service"]
