"""`backup_restore --to`: what is typed, what is refused, and when base backups are made by themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.backups.errors import BackupError, RestoreRefused
from core.backups.wal import scheduling
from core.backups.wal.command import moment_parse, start_commands
from tests.recovery.conftest import History


def restore(*words: str) -> str:
    out = StringIO()
    call_command("backup_restore", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("latest", None),
        ("2027-03-01 14:05:09+01:00", datetime(2027, 3, 1, 13, 5, 9, tzinfo=UTC)),
        ("2027-03-01T14:05:09.123456Z", datetime(2027, 3, 1, 14, 5, 9, 123456, tzinfo=UTC)),
        ("2027-03-01 14:05", datetime(2027, 3, 1, 14, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text: str, moment: datetime | None) -> None:
    assert moment_parse(text) == moment


@pytest.mark.parametrize("text", ["yesterday", "2027-02-30 10:00", "", "14:05"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(RestoreRefused, match="is no moment"):
        moment_parse(text)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name a backup"),
        (("latest", "--to", "latest"), "Name a backup"),
        (("--to", "latest"), "--to needs --folder"),
        (("--to", "soon", "--folder", "/nowhere"), "'soon' is no moment"),
    ],
)
def test_what_is_typed_wrongly_is_said_in_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        restore(*words)


@pytest.mark.slow
def test_the_command_makes_a_folder_and_says_how_to_start_a_server_on_it(
    of_history: History, tmp_path: Path
) -> None:
    folder = tmp_path / "restored"
    moment = max(of_history.commits) - timedelta(milliseconds=1)
    words = ("--to", moment.isoformat(), "--folder", str(folder))

    would = restore(*words, "--dry-run", "--json")
    assert json.loads(would)["base"] == of_history.bases[-1].name
    assert not list(tmp_path.iterdir())

    said = restore(*words)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(line in said for line in start_commands(folder))
    assert "It archives nothing" in said
    written = (folder / "postgresql.auto.conf").read_text()
    assert f"recovery_target_time = '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'" in written
    assert "archive_mode = 'off'" in written

    with pytest.raises(CommandError, match="not empty"):
        restore(*words)
    with pytest.raises(CommandError, match="There is no user nobody-at-all"):
        restore(*words[:-1], str(tmp_path / "other"), "--owner", "nobody-at-all")
    with pytest.raises(CommandError, match="beyond the last change"):
        restore("--to", "2100-01-01 00:00", "--folder", str(tmp_path / "other"))
    assert [path.name for path in tmp_path.iterdir()] == ["restored"]


def test_without_an_archive_nothing_is_done_at_night(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_ROOT = str(tmp_path)
    settings.WAL_ARCHIVE = settings.WAL_STREAM = ""

    assert scheduling.base_scheduled() == scheduling.check_scheduled() == {"archive": None}
    assert not list(tmp_path.iterdir())


def test_an_archive_without_a_base_backup_is_a_failure_of_the_hourly_look(
    settings: Any, tmp_path: Path
) -> None:
    settings.BACKUP_ROOT = str(tmp_path)
    settings.WAL_ARCHIVE = settings.WAL_STREAM = ""
    (tmp_path / "wal").mkdir()

    with pytest.raises(BackupError, match="There is no base backup"):
        scheduling.check_scheduled()
    settings.RECOVERY_SCHEDULED = False
    assert scheduling.check_scheduled() == {"archive": None}


@pytest.mark.slow
def test_the_hourly_look_finds_a_gap(
    of_history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server of these tests is stopped; what it would say of itself is not asked here."""
    check = scheduling.wal_check
    monkeypatch.setattr(scheduling, "wal_check", lambda: check(ask_server=False))
    assert scheduling.check_scheduled()["segments"] >= 3
    victim = of_history.site.archive / of_history.bases[0].first_segment.name
    victim.rename(tmp_path / "kept")
    try:
        with pytest.raises(BackupError, match=f"1 segment is missing in the archive: {victim.name}"):
            scheduling.check_scheduled()
    finally:
        (tmp_path / "kept").rename(victim)
