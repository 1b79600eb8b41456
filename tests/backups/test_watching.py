"""The operators are told when the newest backup is too old, too small, damaged, or the last drill failed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from core.backups.catalog import Backup, Checked, Level, backup_get, check_record
from core.backups.drills import DrillRecord, drill_record
from core.backups.manifest import manifest_write
from core.backups.monitoring import backups_watch
from core.backups.scheduling import TIMES
from core.backups.state import backups_state
from core.schedule import JobFailed, job_run, scheduled_jobs
from core.schedule.registry import beat_schedule

from .commands import environment, programs_folder
from .conftest import MADE_AT, Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def codes(at: datetime = MADE_AT) -> list[str]:
    return [problem.code for problem in backups_state(at=at).problems]


def another(backup: Backup, at: datetime, *, percent: int = 100, verified: bool = True) -> Backup:
    """A later daily backup, of another size as its manifest says."""
    name = f"{at:%Y-%m-%dT%H-%M-%SZ}-daily"
    folder = backup.folder.with_name(name)
    shutil.copytree(backup.folder, folder)
    assert backup.manifest is not None
    facts = backup.manifest.files["database.dump"]
    smaller = replace(facts, plain_size=facts.plain_size * percent // 100)
    files = backup.manifest.files | {"database.dump": smaller}
    manifest_write(replace(backup.manifest, name=name, files=files), folder, secret=None)
    if not verified:
        (folder / "checks.json").unlink()
    return backup_get(name)


def test_age(backup: Backup) -> None:
    assert codes(MADE_AT + timedelta(hours=26)) == []
    assert codes(MADE_AT + timedelta(hours=26, minutes=1)) == ["old"]

    another(backup, MADE_AT + timedelta(hours=24), verified=False)
    assert codes(MADE_AT + timedelta(hours=27)) == ["old"]

    another(backup, MADE_AT + timedelta(hours=25))
    assert codes(MADE_AT + timedelta(hours=27)) == []


def test_size(backup: Backup) -> None:
    for number in range(1, 5):
        another(backup, MADE_AT + timedelta(hours=number))
    another(backup, MADE_AT + timedelta(hours=5), percent=51)
    assert codes() == []
    another(backup, MADE_AT + timedelta(hours=6), percent=49)
    assert codes() == ["small"]


def test_drill(backup: Backup) -> None:
    assert codes(MADE_AT + timedelta(days=9)) == ["old"]
    assert codes(MADE_AT + timedelta(days=9, hours=1)) == ["old", "drill_missing"]

    drill_record(DrillRecord(backup.name, MADE_AT.isoformat(), 30.5, error="the inventory differs"))
    assert codes() == ["drill_failed"]
    assert backups_state().recovery_seconds is None

    drill_record(DrillRecord(backup.name, MADE_AT.isoformat(), 31.5, {"restore": 4.0}))
    drill_record(DrillRecord(backup.name, MADE_AT.isoformat(), 0.5, error="no right to create databases"))
    assert backups_state().recovery_seconds == 31.5


def test_each_trouble_is_told_once_and_again_after_a_day(
    backup: Backup, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.ADMINS = [("", "operator@hotel.example")]
    late = MADE_AT + timedelta(hours=27)
    for hours in (0, 1, 2, 23):
        backups_watch(at=late + timedelta(hours=hours))
    assert len(mailoutbox) == 1
    assert "27 hours old" in mailoutbox[0].subject

    backups_watch(at=late + timedelta(hours=25))
    assert len(mailoutbox) == 2

    another(backup, late + timedelta(hours=26))
    backups_watch(at=late + timedelta(hours=26))
    backups_watch(at=late + timedelta(hours=60))  # a new trouble of the same kind
    assert len(mailoutbox) == 3


def test_mail_server_that_is_away_hides_nothing(backup: Backup, settings: Any) -> None:
    settings.ADMINS = [("", "operator@hotel.example")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert [problem.code for problem in backups_watch(at=MADE_AT + timedelta(hours=27)).problems] == ["old"]


def test_command_fails_and_says_why(backup: Backup) -> None:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("backup_monitor", as_json=True, stdout=out, stderr=err)
    assert ended.value.code == 1
    assert backup.name in err.getvalue()
    facts = json.loads(out.getvalue())
    assert facts["ok"] is False
    assert [problem["code"] for problem in facts["problems"]] == ["old", "drill_missing"]


def test_command_is_content(backup: Backup) -> None:
    now = datetime.now(UTC)
    another(backup, now - timedelta(hours=2))
    drill_record(DrillRecord(backup.name, now.isoformat(), 42.0))
    out = StringIO()

    call_command("backup_monitor", stdout=out)

    assert "Recovery time in the last drill: 42.0 s." in out.getvalue()


def test_damaged_one_is_told(backup: Backup) -> None:
    check_record(backup, Level.HASH, Checked(MADE_AT.isoformat(), 1, "media.tar is not as it was written"))
    assert codes() == ["unverified", "damaged"]


def test_times_stand_in_the_schedule_of_beat() -> None:
    times = {name: job.times for name, job in scheduled_jobs().items() if name in TIMES}
    assert times == {
        "core.backup_daily": "0 2 * * *",
        "core.backup_weekly": "0 3 * * sunday",
        "core.backup_monthly": "0 4 1 * *",
        "core.backup_drill": "0 5 * * sunday",
        "core.backup_monitor": "10 * * * *",
    }
    assert set(TIMES) <= set(beat_schedule())


def test_scheduled_backup_runs_in_a_process_of_its_own(
    house: Any, roots: Roots, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(roots).items():
        monkeypatch.setenv(name, value)

    assert job_run("core.backup_daily") == {"done": "backup_create"}

    state = backups_state()
    assert state.newest_verified is not None
    assert state.newest_verified.kind == "daily"


def test_scheduled_backup_that_fails_is_a_failed_job(
    house: Any, roots: Roots, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = programs_folder(tmp_path / "bin", 'echo "pg_dump (PostgreSQL) 9.6.24"')
    for name, value in environment(roots, PG_BIN=str(programs)).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(JobFailed, match="older than"):
        job_run("core.backup_weekly")


def test_schedule_of_others(settings: Any, roots: Roots) -> None:
    settings.BACKUP_SCHEDULED = False
    assert job_run("core.backup_daily") == {"left_to": "others"}
