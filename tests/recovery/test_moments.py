"""To any moment: what is restored is exactly what was committed by then, with four writers at work."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.backups.errors import BackupDamaged, RestoreRefused
from core.backups.wal.reach import reach_for
from core.backups.wal.restoring import point_restore
from tests.recovery.conftest import History, restored_rows

MOMENTS = 20
SEED = 20270301
pytestmark = pytest.mark.slow


def test_what_is_restored_is_what_was_committed_by_then(of_history: History, tmp_path: Path) -> None:
    moments = of_history.moments(MOMENTS, seed=SEED)
    used = set()
    for moment in moments:
        folder = tmp_path / "restored"
        used.add(point_restore(target=moment, into=folder).reach.base.name)

        rows, totals = restored_rows(of_history.site, folder)

        assert rows == of_history.rows_by(moment), moment
        highest = {writer: max((n for w, n in rows if w == writer), default=0) for writer in totals}
        assert totals == highest, moment
        shutil.rmtree(folder)
    assert used == {base.name for base in of_history.bases}


def test_latest_is_everything(of_history: History, tmp_path: Path) -> None:
    folder = tmp_path / "restored"

    point_restore(target=None, into=folder)

    assert restored_rows(of_history.site, folder)[0] == set(of_history.rows)


def test_a_moment_before_the_oldest_base_backup_is_refused(of_history: History, tmp_path: Path) -> None:
    base = of_history.bases[0]

    with pytest.raises(RestoreRefused, match="before the end of the oldest base backup") as refused:
        point_restore(target=base.ended_at - timedelta(microseconds=1), into=tmp_path / "restored")

    assert base.ended_at.isoformat(" ") in str(refused.value)
    assert max(of_history.commits).isoformat(" ") in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_moment_beyond_the_last_change_is_refused(of_history: History, tmp_path: Path) -> None:
    last = max(of_history.commits)

    for moment in (last, last + timedelta(seconds=1), datetime(2100, 1, 1, tzinfo=UTC)):
        with pytest.raises(RestoreRefused, match="beyond the last change") as refused:
            point_restore(target=moment, into=tmp_path / "restored")
        assert last.isoformat(" ") in str(refused.value)
        assert not list(tmp_path.iterdir())
    assert reach_for(last - timedelta(microseconds=1)).latest == last


def test_a_folder_that_holds_something_is_left_alone(of_history: History, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("data")

    with pytest.raises(RestoreRefused, match="not empty"):
        point_restore(target=None, into=tmp_path)

    assert (tmp_path / "precious").read_text() == "data"


def test_a_damaged_base_backup_is_refused_and_nothing_is_left(of_history: History, tmp_path: Path) -> None:
    base = of_history.bases[-1]
    victim = max(
        (path for path in (base.data / "base").rglob("*") if path.is_file()),
        key=lambda path: path.stat().st_size,
    )
    content = victim.read_bytes()
    victim.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    try:
        with pytest.raises(BackupDamaged, match=victim.name):
            point_restore(target=None, into=tmp_path / "restored")
    finally:
        victim.write_bytes(content)

    assert not list(tmp_path.iterdir())
