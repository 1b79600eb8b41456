"""What a measurement was made on, and of which code."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.servers import ROOT


def machine_line() -> str:
    """Processors, memory and interpreter in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def commit_line() -> str:
    """The commit that is measured, and whether files differ from it; a copy without history has none."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return "not known"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return f"{commit} with changes" if changed else commit


def today_line() -> str:
    """The day in UTC."""
    return f"{datetime.now(tz=UTC):%Y-%m-%d}"


def load_line() -> str:
    """How busy the machine was: figures of a busy one are worth little."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git(*arguments: str) -> str:
    try:
        result = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
        )
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""
