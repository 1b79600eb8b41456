"""Processor time and memory of this process and of a PostgreSQL server on this machine, from /proc."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from benchmarks.errors import BenchmarkError

PROC = Path("/proc")
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time, in this process and in PostgreSQL."""

    web: float
    database: float


def postmaster_id() -> int:
    """The process that PostgreSQL's others are children of. Raises BenchmarkError where it is not on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    parent = _parent(backend)
    if parent is None or "postgres" not in _name(backend):
        raise BenchmarkError(
            "PostgreSQL's processes cannot be seen from here: measure with embedded servers."
        )
    return parent


def used_by(work: Callable[[], object], *, postmaster: int) -> Used:
    """What this process and all of PostgreSQL's use for something. Looking takes time too, and is not counted."""
    before = _sessions(postmaster)
    web = time.process_time()
    work()
    web = time.process_time() - web
    after = _sessions(postmaster)
    # One that ends while it is looked at has nothing any more: that must not be taken off what the others used.
    spent = sum(max(0, now - before.get(process, 0)) for process, now in after.items())
    return Used(web, spent / NANOSECONDS)


def _sessions(postmaster: int) -> dict[int, int]:
    """Nanoseconds that each of PostgreSQL's processes has used; one that ends takes its own with it."""
    return {process: _nanoseconds(process) for process in _children(postmaster)}


def session_used(process: int) -> float:
    """Seconds that this process and one session of PostgreSQL have used so far."""
    return time.process_time() + _nanoseconds(process) / NANOSECONDS


def own_megabytes() -> float:
    """Memory of this process that no other shares fully: its proportional set size."""
    return _megabytes("self", "Pss") or 0.0


def connection_megabytes(postmaster: int) -> float:
    """Memory of its own that a session of PostgreSQL keeps, in the mean of those that are open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        found = [_megabytes(str(row[0]), "Private_Dirty") for row in cursor.fetchall()]
    readable = [megabytes for megabytes in found if megabytes]
    if not readable:
        raise BenchmarkError(
            "The memory of PostgreSQL's processes cannot be read: measure as root or its user."
        )
    return sum(readable) / len(readable)


def _children(parent: int) -> list[int]:
    return [
        int(folder.name)
        for folder in PROC.iterdir()
        if folder.name.isdigit() and _parent(int(folder.name)) == parent
    ]


def _parent(process: int) -> int | None:
    try:
        status = (PROC / str(process) / "status").read_text()
    except OSError:
        return None
    found = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
    return int(found[1]) if found else None


def _name(process: int) -> str:
    try:
        return (PROC / str(process) / "comm").read_text()
    except OSError:
        return ""


def _nanoseconds(process: int) -> int:
    """Time on a processor; in steps of a hundredth of a second where the kernel does not count finer."""
    folder = PROC / str(process)
    try:
        finely = folder / "schedstat"
        if finely.exists():
            return int(finely.read_text().split()[0])
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) * NANOSECONDS // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0  # it has ended meanwhile


def _megabytes(process: str, name: str) -> float | None:
    try:
        text = (PROC / process / "smaps_rollup").read_text()
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else None
