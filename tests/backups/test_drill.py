"""The restore drill proves a backup by using it, and takes the time."""

from __future__ import annotations

from typing import Any

import pytest

from core.backups.catalog import Level
from core.backups.creating import backup_create
from core.backups.drills import drill_last, drill_last_success
from core.backups.servers import database_server
from core.backups.state import backups_state
from core.backups.verification import backup_verify
from core.models import BackupOutcome, BackupRun

from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def drill_databases() -> list[str]:
    with database_server().named("postgres").session() as session:
        rows = session.execute("SELECT datname FROM pg_database WHERE datname LIKE '%%_drill_%%'").fetchall()
    return [name for (name,) in rows if name.startswith(database_server().name)]


@pytest.mark.usefixtures("key_file")
def test_drill_restores_an_encrypted_backup_and_books_in_it(house: Any, roots: Roots) -> None:
    backup = backup_create(kind="daily")

    drilled = backup_verify(backup, level=Level.RESTORE)

    steps = drilled.checks["restore"].steps
    assert list(steps) == [
        "hash",
        "decode",
        "restore",
        "compare",
        "reapply",
        "start",
        "migrations",
        "inventory",
        "ledger",
        "log of changes",
        "booking",
    ]
    assert drilled.level is Level.RESTORE
    assert drill_databases() == []
    last = drill_last()
    assert last is not None
    assert last == drill_last_success()
    assert backups_state().recovery_seconds == last.seconds >= steps["restore"]
    run = BackupRun.objects.get(action="drill")
    assert (run.outcome, run.name) == (BackupOutcome.DONE, backup.name)
