from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.upgrades.journal import TABLE as JOURNAL
from tests.upgrades.added import APP, LAST, TABLE, Added
from tests.upgrades.databases import database_copied
from tests.upgrades.places import Place


@pytest.fixture
def added(tmp_path: Path, settings: Any) -> Iterator[Added]:
    """Migrations behind those of an app, for this process; the schema is as before afterwards."""
    package = f"added_{os.getpid()}_{tmp_path.name}".replace("-", "_")
    place = tmp_path / "packages"
    place.mkdir()
    sys.path.insert(0, str(place))
    migrations = Added(place, package)
    settings.MIGRATION_MODULES = migrations.modules
    settings.BACKUP_ROOT = str(tmp_path / "backups")
    settings.UPGRADE_LOCK_SECONDS = 5
    settings.UPGRADE_LOCK_TRIES = 5
    settings.UPGRADE_STATEMENT_SECONDS = 60
    settings.UPGRADE_FREE_MEGABYTES = 1
    settings.UPGRADE_TRANSACTION_SECONDS = 3600
    yield migrations
    sys.path.remove(str(place))
    migrations.forget()
    with connection.cursor() as cursor:
        for name in ("added_index", "added_other"):
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS wish, DROP COLUMN IF EXISTS rank")
        cursor.execute(f"DROP TABLE IF EXISTS waitlist_added, {JOURNAL}")
    MigrationRecorder(connection).migration_qs.filter(app=APP, name__gt=LAST).delete()


@pytest.fixture
def schema() -> Callable[[], dict[str, Any]]:
    """Reads what there is: columns and indexes of the table, and the applied migrations."""

    def read() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = %s"
                " ORDER BY 1",
                [TABLE],
            )
            columns = cursor.fetchall()
            cursor.execute(
                "SELECT i.relname, x.indisvalid FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
                " WHERE x.indrelid = %s::regclass ORDER BY 1",
                [TABLE],
            )
            indexes = cursor.fetchall()
        applied = sorted(
            name for app, name in MigrationRecorder(connection).applied_migrations() if app == APP
        )
        return {"columns": columns, "indexes": indexes, "applied": applied}

    return read


@pytest.fixture
def place(added: Added, tmp_path: Path) -> Iterator[Place]:
    """A database and programs of the test's own."""
    with database_copied() as database:
        yield Place(database, added, tmp_path)
