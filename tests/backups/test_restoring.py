"""A restore goes into a new database, is compared, and changes over only then; what does not fit is refused first."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Booking
from core.backups import restoring
from core.backups.catalog import Backup
from core.backups.creating import backup_create
from core.backups.databases import database_create, database_exists
from core.backups.errors import BackupDamaged, BackupError, RestoreRefused
from core.backups.manifest import TableFacts, manifest_write
from core.backups.restoring import backup_restore, restore_plan
from core.backups.servers import DatabaseServer, database_server
from core.backups.signals import backup_restored

from .conftest import Roots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def rows(server: DatabaseServer, table: str) -> int:
    with server.session() as session:
        return session.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[index]


def test_restore_beside_the_site(backup: Backup, scratch: DatabaseServer, roots: Roots) -> None:
    restored = backup_restore(restore_plan(backup, into=scratch.name))

    assert restored.database == scratch.name
    assert restored.aside == ""
    assert restored.files == 0
    assert rows(scratch, "bookings_booking") == 2
    assert Booking.objects.count() == 0  # the site's own is as it was


def test_restore_changes_over_and_keeps_the_former_database(
    backup: Backup, scratch: DatabaseServer, roots: Roots, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_create(scratch)
    with scratch.session() as session:
        session.execute("CREATE TABLE newer (id int)")
        session.execute(f"ALTER DATABASE \"{scratch.name}\" SET work_mem = '7MB'")
    monkeypatch.setattr(restoring, "database_server", lambda: scratch)
    (roots.media / "photos" / "front.webp").unlink()
    (roots.media / "photos" / "newer.webp").write_bytes(b"newer")
    told: list[dict[str, Any]] = []

    def tell(**facts: Any) -> None:
        told.append(facts | {"rows": rows(facts["server"], "bookings_booking")})

    backup_restored.connect(tell)
    plan = restore_plan(backup)
    with scratch.session() as user:  # somebody is connected, and is sent away
        restored = backup_restore(plan)
        assert user.info.status is not None
    aside = scratch.named(restored.aside)
    try:
        assert (restored.database, restored.files) == (scratch.name, 3)
        assert rows(scratch, "bookings_booking") == 2
        assert rows(aside, "newer") == 0
        assert not database_exists(plan.target)
        with scratch.session() as session:
            assert session.execute("SHOW work_mem").fetchone() == ("7MB",)
    finally:
        backup_restored.disconnect(tell)
        drop(aside)
    assert [(fact["server"], fact["previous"], fact["is_drill"], fact["rows"]) for fact in told] == [
        (plan.target, scratch, False, 2)
    ]
    assert (roots.media / "photos" / "front.webp").stat().st_size == 40_000
    assert (roots.media / "photos" / "newer.webp").read_bytes() == b"newer"


def test_target_that_is_not_empty_is_refused(backup: Backup, scratch: DatabaseServer) -> None:
    database_create(scratch)
    with scratch.session() as session:
        session.execute("CREATE TABLE guests AS SELECT 1 AS id")

    with pytest.raises(RestoreRefused, match="not empty: nothing was touched"):
        restore_plan(backup, into=scratch.name)
    with pytest.raises(RestoreRefused, match="not empty"):
        restore_plan(backup, into=database_server().name)

    assert rows(scratch, "guests") == 1


def test_newer_schema_is_refused(backup: Backup, scratch: DatabaseServer) -> None:
    assert backup.manifest is not None
    migrations = backup.manifest.migrations | {"core": [*backup.manifest.migrations["core"], "9999_future"]}
    manifest = manifest_write(replace(backup.manifest, migrations=migrations), backup.folder, secret=None)

    with pytest.raises(
        RestoreRefused, match=r"newer schema than this code: it does not know core\.9999_future"
    ):
        restore_plan(replace(backup, manifest=manifest), into=scratch.name)
    assert not database_exists(scratch)


def test_older_server_and_older_program_are_refused(backup: Backup, scratch: DatabaseServer) -> None:
    assert backup.manifest is not None
    newer = manifest_write(replace(backup.manifest, server_version=990_001), backup.folder, secret=None)
    with pytest.raises(RestoreRefused, match=r"older than 99\.1"):
        restore_plan(replace(backup, manifest=newer), into=scratch.name)

    newer = manifest_write(replace(backup.manifest, client_version=990_001), backup.folder, secret=None)
    with pytest.raises(BackupError, match=r"pg_restore is version .* older than 99\.1"):
        restore_plan(replace(backup, manifest=newer), into=scratch.name)
    assert not database_exists(scratch)


def test_what_arrives_otherwise_never_takes_the_place(
    backup: Backup, scratch: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump is whole, but not what the manifest says that was in the snapshot."""
    assert backup.manifest is not None
    tables = backup.manifest.tables | {"public.bookings_booking": TableFacts(3, "1.2")}
    manifest = manifest_write(replace(backup.manifest, tables=tables), backup.folder, secret=None)
    database_create(scratch)
    with scratch.session() as session:
        session.execute("CREATE TABLE site AS SELECT 1 AS id")
    monkeypatch.setattr(restoring, "database_server", lambda: scratch)
    plan = restore_plan(replace(backup, manifest=manifest))

    with pytest.raises(BackupDamaged, match="bookings_booking has 2 rows instead of 3"):
        backup_restore(plan)

    assert rows(scratch, "site") == 1
    assert not database_exists(plan.target)


def test_receiver_that_fails_stops_the_change_over(
    backup: Backup, scratch: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**facts: Any) -> None:
        raise BackupError("The erasures could not be done again.")

    backup_restored.connect(refuse)
    try:
        plan = restore_plan(backup, into=scratch.name)
        with pytest.raises(BackupError, match="could not be done again"):
            backup_restore(plan)
    finally:
        backup_restored.disconnect(refuse)
    assert not database_exists(scratch)


def test_command_asks_for_the_name_of_the_database(
    backup: Backup, scratch: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match=f"Nobody can be asked: say --yes-really {scratch.name}"):
        call_command("backup_restore", backup.name, into=scratch.name, stdout=out, stderr=err)
    assert scratch.place in err.getvalue()
    assert scratch.name in err.getvalue()

    with pytest.raises(CommandError, match="not vacancy: nothing was done"):
        call_command("backup_restore", backup.name, into=scratch.name, yes_really="vacancy", stdout=out)
    assert not database_exists(scratch)

    monkeypatch.setattr("sys.stdin", Typed(f"{scratch.name}\n"))
    call_command("backup_restore", backup.name, into=scratch.name, as_json=True, stdout=out, stderr=err)
    assert json.loads(out.getvalue())["database"] == scratch.name
    assert rows(scratch, "bookings_booking") == 2


def test_dry_run_touches_nothing(backup: Backup, scratch: DatabaseServer) -> None:
    out = StringIO()
    call_command("backup_restore", backup.name, into=scratch.name, dry_run=True, stdout=out)

    assert "Nothing was done." in out.getvalue()
    assert not database_exists(scratch)


def test_files_alone(backup: Backup, roots: Roots) -> None:
    for path in roots.private.rglob("*.csv"):
        path.unlink()
    out = StringIO()

    call_command("backup_restore", "latest", media_only=True, stdout=out)

    assert out.getvalue() == "3 files were written to their places.\n"
    assert (roots.private / "exports" / "guests.csv").read_text() == "reference,guest\n"


@pytest.mark.usefixtures("key_file", "house")
def test_encrypted_backup_is_restored(scratch: DatabaseServer, roots: Roots) -> None:
    backup = backup_create()
    backup_restore(restore_plan(backup, into=scratch.name))
    assert rows(scratch, "bookings_booking") == 2


class Typed(StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def drop(server: DatabaseServer) -> None:
    from core.backups.databases import database_drop

    database_drop(server)
