"""A backup is whole, private, named, verified, and made by one process at a time."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from core.backups.catalog import Level, backup_newest, backups_list
from core.backups.creating import backup_create
from core.backups.errors import BackupBusy
from core.backups.locking import backups_lock
from core.backups.state import backups_state
from core.models import BackupOutcome, BackupRun

from .conftest import MADE_AT, Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_backup_holds_database_and_files(house: Any, roots: Roots) -> None:
    backup = backup_create(kind="daily", at=MADE_AT)

    assert backup.name == "2025-03-02T02-00-00Z-daily"
    assert backup.manifest is not None
    assert sorted(backup.manifest.files) == ["database.dump", "media.tar", "private.tar"]
    assert backup.manifest.files["media.tar"].entries == 2
    assert backup.manifest.files["private.tar"].entries == 1
    assert backup.manifest.tables["public.bookings_booking"].rows == 2
    assert backup.manifest.tables["public.bookings_booking"].digest
    assert "0001_initial" in backup.manifest.migrations["core"]
    assert backup.manifest.server_version // 10_000 >= 14
    assert backup.level is Level.DECODE
    assert backup_newest(verified=True) == backup
    assert not list(roots.backups.glob("*.partial"))


def test_files_are_for_their_owner_only(house: Any, roots: Roots) -> None:
    backup = backup_create(media=False)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in backup.folder.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(backup.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(roots.backups.stat().st_mode) == 0o700


def test_two_in_one_second_have_two_names(house: Any, roots: Roots) -> None:
    first = backup_create(kind="manual", media=False, at=MADE_AT)
    second = backup_create(kind="manual", media=False, at=MADE_AT)

    assert second.name == f"{first.name}-2"
    assert [backup.name for backup in backups_list()] == [second.name, first.name]


def test_second_process_is_refused_with_who_is_first(house: Any, roots: Roots) -> None:
    with backups_lock("a backup (daily) is being made"), pytest.raises(BackupBusy, match=r"daily.*process"):
        backup_create(kind="manual")

    assert backups_list() == []
    assert backup_create(kind="manual", media=False).is_verified


def test_run_is_written_down(house: Any, roots: Roots) -> None:
    backup = backup_create(kind="weekly")

    run = BackupRun.objects.get()
    assert (run.action, run.kind, run.name, run.outcome) == (
        "create",
        "weekly",
        backup.name,
        BackupOutcome.DONE,
    )
    assert run.size_bytes == backup.size
    assert run.seconds is not None


def test_files_alone_and_database_alone(house: Any, roots: Roots) -> None:
    files = backup_create(database=False)
    database = backup_create(media=False)

    assert files.manifest is not None
    assert database.manifest is not None
    assert sorted(files.manifest.files) == ["media.tar", "private.tar"]
    assert list(database.manifest.files) == ["database.dump"]
    assert backup_newest() == database


def test_state_is_green_after_a_backup(house: Any, roots: Roots) -> None:
    assert [problem.code for problem in backups_state().problems] == ["none"]

    backup = backup_create()

    state = backups_state()
    assert state.ok
    assert state.newest_verified is not None
    assert state.newest_verified.name == backup.name
    assert state.age_hours is not None
    assert state.age_hours < 1


def test_backups_inside_the_media_folder_are_not_backed_up(
    house: Any, roots: Roots, settings: Any, tmp_path: Path
) -> None:
    settings.BACKUP_ROOT = str(roots.media / "backups")
    backup_create(database=False)

    again = backup_create(database=False)

    assert again.manifest is not None
    assert again.manifest.files["media.tar"].entries == 2
