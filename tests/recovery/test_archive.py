"""The archive's programs: what is there is never overwritten, and what is nowhere is said to be nowhere."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.concurrency.crowd import ROOT

PROGRAMS = ROOT / "deploy" / "postgres"
SEGMENT = "0000000100000000000000AB"
NOWHERE, BROKEN = 1, 200
GZIP = {"WAL_COMPRESS": "gzip"}
Done = subprocess.CompletedProcess[str]


def put(
    source: Path, name: str, folder: Path, *, before: Callable[[], None] | None = None, **variables: str
) -> Done:
    return subprocess.run(
        [PROGRAMS / "archive-wal", source, name, folder],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", **variables},
        preexec_fn=before,
        check=False,
    )


def fetch(name: str, back: Path, *folders: Path) -> int:
    return subprocess.run(
        [PROGRAMS / "fetch-wal", name, back, *folders], capture_output=True, check=False
    ).returncode


def instead_of(program: str, script: str, place: Path) -> dict[str, str]:
    """The environment in which a program is another; `REAL` in the script is the one it stands for."""
    place.mkdir()
    fake = place / program
    found = subprocess.run(
        ["/bin/sh", "-c", f"command -v {program}"], capture_output=True, text=True, check=True
    )
    fake.write_text(f"#!/bin/sh\n{script.replace('REAL', found.stdout.strip())}\n")
    fake.chmod(0o755)
    return {"PATH": f"{place}:{os.environ['PATH']}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "archive"
    made.mkdir()
    return made


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    made = tmp_path / "segment"
    made.write_bytes(b"log" * 100_000 + bytes(500_000))
    return made


@pytest.mark.parametrize("variables", [{}, GZIP])
def test_a_segment_is_put_away_and_fetched_again(
    segment: Path, folder: Path, tmp_path: Path, variables: dict[str, str]
) -> None:
    done = put(segment, SEGMENT, folder, **variables)
    assert (done.returncode, done.stderr) == (0, "")

    (stored,) = folder.iterdir()
    assert stored.name == (f"{SEGMENT}.gz" if variables else SEGMENT)
    assert stored.stat().st_mode & 0o777 == 0o640
    assert not variables or stored.stat().st_size < segment.stat().st_size / 50
    assert fetch(SEGMENT, tmp_path / "back", folder) == 0
    assert (tmp_path / "back").read_bytes() == segment.read_bytes()


@pytest.mark.parametrize("first", [{}, GZIP])
@pytest.mark.parametrize("second", [{}, GZIP])
def test_the_same_again_is_a_success_and_another_is_refused(
    segment: Path, folder: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    assert put(segment, SEGMENT, folder, **first).returncode == 0
    (stored,) = folder.iterdir()
    before = stored.read_bytes(), stored.stat().st_ino

    assert put(segment, SEGMENT, folder, **second).returncode == 0
    segment.write_bytes(segment.read_bytes()[:-1] + b"x")
    refused = put(segment, SEGMENT, folder, **second)

    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"archive-wal: {stored} is there already and is different; nothing was overwritten\n"
    )
    assert list(folder.iterdir()) == [stored]
    assert (stored.read_bytes(), stored.stat().st_ino) == before


def test_who_was_slower_by_a_moment_overwrites_nothing(segment: Path, folder: Path, tmp_path: Path) -> None:
    """Another archiver takes the name while this one has just finished writing beside it."""
    environment = instead_of("ln", 'printf theirs >"$2"; exec REAL "$@"', tmp_path / "bin")

    refused = put(segment, SEGMENT, folder, **environment)

    assert refused.returncode == 1
    assert "nothing was overwritten" in refused.stderr
    assert [path.name for path in folder.iterdir()] == [SEGMENT]
    assert (folder / SEGMENT).read_text() == "theirs"


def test_where_links_are_unknown_the_file_is_moved(segment: Path, folder: Path, tmp_path: Path) -> None:
    assert put(segment, SEGMENT, folder, **instead_of("ln", "exit 1", tmp_path / "bin")).returncode == 0

    assert [path.name for path in folder.iterdir()] == [SEGMENT]
    assert (folder / SEGMENT).read_bytes() == segment.read_bytes()


@pytest.mark.parametrize("variables", [{}, GZIP])
def test_a_disk_that_takes_no_more_fails_and_leaves_nothing(
    segment: Path, folder: Path, variables: dict[str, str]
) -> None:
    segment.write_bytes(os.urandom(300_000))

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    failed = put(segment, SEGMENT, folder, before=small, **variables)

    assert failed.returncode not in (0, None)
    assert "File too large" in failed.stderr
    assert not list(folder.iterdir())


def test_one_that_is_killed_leaves_no_name(segment: Path, folder: Path, tmp_path: Path) -> None:
    environment = instead_of("ln", "kill -9 $PPID", tmp_path / "bin")

    assert put(segment, SEGMENT, folder, **environment).returncode == -signal.SIGKILL
    assert not (folder / SEGMENT).exists()
    assert put(segment, SEGMENT, folder).returncode == 0
    assert (folder / SEGMENT).read_bytes() == segment.read_bytes()


def test_a_folder_that_is_not_there_is_not_made(segment: Path, tmp_path: Path) -> None:
    refused = put(segment, SEGMENT, tmp_path / "unmounted")

    assert refused.returncode == 1
    assert "is its disk mounted?" in refused.stderr
    assert not (tmp_path / "unmounted").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "backup_manifest",
        f"{SEGMENT}.gz",
        "",
        SEGMENT.lower(),
        SEGMENT[:-1],
        f"{SEGMENT}.x/y",
    ],
)
def test_only_names_of_the_log_are_taken(segment: Path, folder: Path, name: str) -> None:
    assert put(segment, name, folder).returncode == 1
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", ["00000002.history", f"{SEGMENT}.partial", f"{SEGMENT}.00000028.backup"])
def test_what_else_the_server_puts_away_is_taken(segment: Path, folder: Path, name: str) -> None:
    assert put(segment, name, folder).returncode == 0
    assert [path.name for path in folder.iterdir()] == [name]


def test_what_is_nowhere_and_what_cannot_be_read_are_told_apart(
    segment: Path, folder: Path, tmp_path: Path
) -> None:
    """PostgreSQL takes 1 for the end of the log and opens the database; above 125 it gives up."""
    back = tmp_path / "back"
    assert fetch(SEGMENT, back, folder) == NOWHERE
    (folder / f"{SEGMENT}.gz").write_bytes(gzip.compress(segment.read_bytes())[:-30])

    assert fetch(SEGMENT, back, folder) == BROKEN > 125
    assert fetch(SEGMENT, back, tmp_path / "unmounted") == BROKEN


def test_the_whole_segment_is_taken_before_the_part_that_was_received(folder: Path, tmp_path: Path) -> None:
    stream, back = tmp_path / "stream", tmp_path / "back"
    stream.mkdir()
    (stream / f"{SEGMENT}.partial").write_bytes(b"part")

    assert fetch(SEGMENT, back, folder, stream) == 0
    assert back.read_bytes() == b"part"
    (folder / SEGMENT).write_bytes(b"whole")
    assert fetch(SEGMENT, back, stream, folder) == 0
    assert back.read_bytes() == b"whole"
