"""The disk is full, the process is killed, the programs are old: nothing half-made counts, and nothing old is lost."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from core.backups.catalog import Backup, Level, backups_list
from core.backups.creating import backup_create
from core.backups.errors import BackupBusy, BackupError
from core.backups.locking import backups_busy
from core.backups.verifying import backup_check
from core.models import BackupOutcome, BackupRun
from tests.concurrency.crowd import ROOT

from .commands import command, environment, programs_folder, start
from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WAIT_SECONDS = 400
SLOW = """
[ "$1" = --version ] && exec $REAL --version
$REAL "$@" | head -c 20000
exec sleep 900
"""


def names(roots: Roots) -> list[str]:
    return sorted(path.name for path in roots.backups.iterdir() if not path.name.startswith("."))


def test_full_disk(house: Any, backup: Backup, roots: Roots) -> None:
    """Of 64 KiB a file: the command fails, its own part is gone, and nothing was removed to make room."""
    backup_create(kind="daily", media=False)
    before = names(roots)
    line = f"ulimit -f 128; exec {shlex.join(command('backup_create', '--kind', 'daily'))}"

    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=ROOT,
        env=environment(roots, BACKUP_KEEP_DAILY="1"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"The disk of {roots.backups} is full" in done.stderr
    assert "backup_alert" in done.stdout + done.stderr
    assert names(roots) == before
    assert all(one.is_verified for one in backups_list())
    failed = BackupRun.objects.latest("pk")
    assert failed.outcome == BackupOutcome.FAILED
    assert "full" in failed.message


def test_full_disk_in_the_middle_of_the_files(house: Any, backup: Backup, roots: Roots) -> None:
    (roots.media / "film.bin").write_bytes(bytes(3 << 20))
    before, limit = names(roots), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, limit[1]))
    try:
        with pytest.raises(BackupError, match="is full"):
            backup_create()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)

    assert names(roots) == before


def test_killed_half_way(house: Any, backup: Backup, roots: Roots, tmp_path: Path) -> None:
    """While it works nobody else may; when it is killed, what it left is no backup, and the next one removes it."""
    programs = programs_folder(tmp_path / "bin", SLOW)
    child = start(roots, "backup_create", "--kind", "daily", PG_BIN=str(programs))
    try:
        partial = _partial(roots, child)
        with pytest.raises(BackupBusy, match=r"a backup \(daily\) is being made, process"):
            backup_create()
        assert "daily" in backups_busy()
        os.kill(child.pid, signal.SIGKILL)
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stderr is not None
        child.stderr.close()

    assert partial.is_dir()
    assert [one.name for one in backups_list()] == [backup.name]
    assert backups_busy() == ""
    assert BackupRun.objects.get(kind="daily").outcome == BackupOutcome.RUNNING

    made = backup_create(media=False)

    assert not partial.exists()
    assert [one.name for one in backups_list()] == [made.name, backup.name]
    assert backup_check(backup, level=Level.HASH).level is not None
    assert BackupRun.objects.get(kind="daily").outcome == BackupOutcome.INTERRUPTED


def _partial(roots: Roots, child: subprocess.Popen[str]) -> Path:
    """The folder that a child writes into, when it is half-way through the dump."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for path in roots.backups.glob("*.partial/database.dump"):
            if path.stat().st_size >= 20_000:
                return path.parent
        assert child.poll() is None
        time.sleep(0.1)
    raise AssertionError("the child never began to dump")


def test_older_program_is_refused_before_anything_is_made(
    house: Any, roots: Roots, tmp_path: Path, settings: Any
) -> None:
    settings.PG_BIN = str(programs_folder(tmp_path / "bin", 'echo "pg_dump (PostgreSQL) 9.6.24"'))

    with pytest.raises(
        BackupError, match=r"pg_dump is version 9\.6, older than \d+\.\d+, which it would have"
    ):
        backup_create()

    assert names(roots) == []


def test_no_program_at_all(house: Any, roots: Roots, tmp_path: Path, settings: Any) -> None:
    settings.PG_BIN = str(tmp_path)
    with pytest.raises(BackupError, match="pg_dump was not found in PG_BIN"):
        backup_create()
    assert names(roots) == []


def test_dump_that_fails_half_way_says_why(house: Any, roots: Roots, tmp_path: Path, settings: Any) -> None:
    script = SLOW.replace("exec sleep 900", 'echo "pg_dump: error: server closed the connection" >&2; exit 1')
    settings.PG_BIN = str(programs_folder(tmp_path / "bin", script))

    with pytest.raises(BackupError, match="pg_dump failed: pg_dump: error: server closed the connection"):
        backup_create()

    assert names(roots) == []
    assert BackupRun.objects.get().outcome == BackupOutcome.FAILED


def test_dump_that_is_short_is_never_a_verified_backup(
    house: Any, roots: Roots, tmp_path: Path, settings: Any
) -> None:
    """It ends well and is not whole: its hash is right, but it cannot be read to its end, and nothing is removed."""
    script = SLOW.replace("exec sleep 900", "exit 0")
    good = backup_create(kind="daily")
    settings.PG_BIN = str(programs_folder(tmp_path / "bin", script))
    settings.BACKUP_KEEP = {"daily": 0}

    with pytest.raises(BackupError, match="cannot be read to its end"):
        backup_create(kind="daily")

    newest, oldest = backups_list()
    assert not newest.is_verified
    assert newest.problem
    assert (oldest.name, oldest.is_verified) == (good.name, True)


def test_folder_that_cannot_be_written(house: Any, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "file").write_text("")
    settings.BACKUP_ROOT = str(tmp_path / "file" / "backups")
    with pytest.raises(BackupError, match="cannot be made: Not a directory"):
        backup_create()


def test_no_room_is_said_before_beginning(
    house: Any, backup: Backup, roots: Roots, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    free = shutil.disk_usage(roots.backups)._replace(free=1_000)
    monkeypatch.setattr("core.backups.creating.shutil.disk_usage", lambda path: free)
    with pytest.raises(BackupError, match="There is no room"):
        backup_create()
    assert [one.name for one in backups_list()] == [backup.name]
