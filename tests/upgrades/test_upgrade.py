"""`manage.py upgrade`: what it refuses, what it does, how it fails, and that the printed command goes back."""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.backups.catalog import backup_get
from core.upgrades.journal import Journal
from core.upgrades.locking import upgrade_lock
from tests.reliability.servers import wait_until
from tests.upgrades.added import BROKEN, COLUMN, INDEX, SLOW, TABLE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIMIT_SECONDS = 2.0
"""More than a machine with much else to do needs for a statement that waits for nobody."""


def upgrade(*arguments: str) -> dict[str, Any]:
    """Run the command as a program reads it."""
    out = StringIO()
    failed = ""
    try:
        call_command("upgrade", "--json", *arguments, stdout=out)
    except CommandError as error:
        failed = str(error)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told | {"failed": failed} if failed else told


def run_printed(report: dict[str, Any]) -> dict[str, Any]:
    """Execute the one command that was printed."""
    python, manage, *arguments = shlex.split(report["back"])
    assert (python, manage, arguments[0]) == ("python", "manage.py", "upgrade")
    assert report["failed"].endswith(f"To go back: {report['back']}") if "failed" in report else True
    return upgrade(*arguments[1:])


@contextmanager
def competitor(*statements: str) -> Iterator[psycopg.Connection]:
    """Somebody else's session with a transaction open."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters | {"application_name": "competitor"}) as other:
        for statement in statements:
            other.execute(statement)
        yield other
        other.rollback()


def test_an_upgrade_is_done_and_taken_back(added, schema) -> None:
    before = schema()
    added.add("0101_column", COLUMN)
    added.add("0102_index", INDEX, atomic=False)

    looked = upgrade("--dry-run")
    assert looked["pending"] == ["waitlist.0101_column", "waitlist.0102_index"]
    assert {check["verdict"] for check in looked["checks"]} == {"ok"}, looked["checks"]
    assert schema() == before

    done = upgrade()

    assert done["state"] == "done"
    assert [row["migration"] for row in done["applied"]] == looked["pending"]
    assert backup_get(done["backup"]).kind == "pre-migration"
    after = schema()
    assert ("wish", "text", "YES") in after["columns"]
    assert ("added_index", True) in after["indexes"]
    assert upgrade()["state"] == "nothing to do"

    assert run_printed(done)["state"] == "taken back"
    assert schema() == before
    assert Journal(connection).last() is None


def test_what_was_written_since_is_not_thrown_away(added, schema, django_user_model) -> None:
    added.add(
        "0101_table", 'migrations.CreateModel("Added", [("id", models.BigAutoField(primary_key=True))]),'
    )
    before = schema()
    done = upgrade("--no-backup")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO waitlist_added DEFAULT VALUES")

    refused = upgrade("--back", done["back"].split()[-1])
    assert "1 row of waitlist_added would be lost" in refused["failed"]
    assert "Nothing was changed" in refused["failed"]

    given_up = upgrade("--back", done["back"].split()[-1], "--discard-new")
    assert given_up["state"] == "taken back", given_up
    assert backup_get(given_up["backup"]).manifest.rows >= 1, "the row is in the backup"
    assert schema() == before


def test_a_lock_that_is_not_had_leaves_what_was_before_it(added, schema, settings) -> None:
    settings.UPGRADE_LOCK_SECONDS, settings.UPGRADE_LOCK_TRIES = 0.3, 2
    before = schema()
    added.add("0101_index", INDEX, atomic=False)
    added.add("0102_column", COLUMN)

    # Who reads is in nobody's way who builds an index CONCURRENTLY, but in that of a new column.
    with competitor(f"LOCK TABLE {TABLE} IN ACCESS SHARE MODE"):
        failed = upgrade("--no-backup")

    assert (
        "The upgrade failed in waitlist.0102_column: canceling statement due to lock timeout"
        in failed["failed"]
    )
    assert "In the way may be session" in failed["failed"]
    assert "(competitor, idle in transaction)" in failed["failed"]
    assert "Applied: waitlist.0101_index. waitlist.0102_column was rolled back" in failed["failed"]
    assert schema()["columns"] == before["columns"]
    assert run_printed(failed)["state"] == "taken back"
    assert schema() == before


def test_a_lock_that_comes_free_in_time_is_waited_for(added, schema, settings) -> None:
    settings.UPGRADE_LOCK_SECONDS, settings.UPGRADE_LOCK_TRIES = 0.3, 200
    added.add("0101_column", COLUMN)

    with competitor(f"LOCK TABLE {TABLE} IN ACCESS SHARE MODE") as other:
        free = threading.Timer(1.0, other.rollback)
        free.start()
        done = upgrade("--no-backup")
        free.join()

    assert done["state"] == "done"


def test_a_statement_that_takes_too_long_is_rolled_back(added, schema, settings) -> None:
    settings.UPGRADE_STATEMENT_SECONDS = 0.5
    before = schema()
    added.add("0101_slow", COLUMN, SLOW)

    failed = upgrade("--no-backup")

    assert "canceling statement due to statement timeout" in failed["failed"]
    assert "waitlist.0101_slow was rolled back, nothing of it is left" in failed["failed"]
    assert "the old version goes on as it is" in failed["failed"]
    assert failed["back"] == "", "there is nothing to go back from"
    assert schema() == before


def test_what_holds_nobody_up_may_take_its_time(added, schema, settings) -> None:
    settings.UPGRADE_STATEMENT_SECONDS = settings.UPGRADE_LOCK_SECONDS = LIMIT_SECONDS
    added.add("0101_index", INDEX, atomic=False)

    with competitor(f"LOCK TABLE {TABLE} IN ROW EXCLUSIVE MODE") as other:
        waiting = threading.Thread(target=free_once_index_waits, args=(other,))
        waiting.start()
        done = upgrade("--no-backup")
        waiting.join()

    assert done["applied"][0]["seconds"] > LIMIT_SECONDS, "CONCURRENTLY waits for transactions that write"
    assert ("added_index", True) in schema()["indexes"]


def free_once_index_waits(other: psycopg.Connection) -> None:
    """End the transaction that an index waits for, after longer than a statement or a lock may take."""
    begun = "SELECT FROM pg_class WHERE relname = 'added_index'"
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as looking:
        assert wait_until(lambda: bool(looking.execute(begun).fetchall()), seconds=120)
    time.sleep(1.5 * LIMIT_SECONDS)
    other.rollback()


def test_a_migration_that_fails_half_way_is_taken_back_or_gone_on_with(added, schema) -> None:
    before = schema()
    added.add("0101_half", INDEX, COLUMN, BROKEN, atomic=False)

    failed = upgrade("--no-backup")

    assert "division by zero" in failed["failed"]
    assert "waitlist.0101_half is half applied: 2 of its 3 operations are done" in failed["failed"]
    assert ("added_index", True) in schema()["indexes"]
    assert run_printed(failed)["state"] == "taken back"
    assert schema() == before

    again = upgrade("--no-backup")
    assert again["back"] != failed["back"]
    added.write(
        "0101_half", INDEX, COLUMN, 'migrations.RunSQL("SELECT 1", migrations.RunSQL.noop),', atomic=False
    )
    looked = upgrade("--dry-run")
    assert "half applied: 2 of its 3" in looked["told"][0]
    assert looked["back"] == again["back"]
    done = upgrade("--no-backup")
    assert done["state"] == "done"
    assert done["back"] == again["back"], "it is the same upgrade that came to its end"
    assert run_printed(done)["state"] == "taken back"
    assert schema() == before


def test_what_cannot_be_taken_back_needs_the_backup(added) -> None:
    added.add("0101_forward", f'migrations.RunSQL("UPDATE {TABLE} SET id = id"),')
    added.add("0102_broken", BROKEN)

    failed = upgrade()

    assert failed["back"] == f"python manage.py backup_restore {failed['backup']}"
    assert "cannot be taken back without loss" in failed["failed"]
    refused = upgrade("--back", str(Journal(connection).last().id))
    assert f"The way back is: {failed['back']}" in refused["failed"]


def test_it_does_not_begin_without_room(added, schema, settings) -> None:
    settings.UPGRADE_FREE_MEGABYTES = 10**9
    before = schema()
    added.add("0101_column", COLUMN)

    refused = upgrade()

    assert "MB are free for the backups" in refused["failed"]
    assert refused["failed"].endswith("Nothing was changed.")
    assert (refused["state"], refused["backup"], schema()) == ("refused", "", before)


def test_what_makes_the_backup_must_be_there(added, settings, tmp_path) -> None:
    settings.PG_BIN = str(tmp_path)
    added.add("0101_column", COLUMN)

    assert "pg_dump was not found in PG_BIN" in upgrade("--dry-run")["failed"]
    assert upgrade("--dry-run", "--no-backup")["state"] == "checked"


def test_it_does_not_begin_beside_an_old_transaction(added, schema, settings) -> None:
    settings.UPGRADE_TRANSACTION_SECONDS = 0.2
    added.add("0101_column", COLUMN)
    before = schema()

    with competitor("SELECT 1") as other:
        time.sleep(0.5)
        refused = upgrade("--no-backup")
        assert f"session {other.info.backend_pid} (competitor, idle in transaction) for" in refused["failed"]

    assert schema() == before


def test_it_does_not_begin_with_what_somebody_left_half_built(added, schema) -> None:
    added.add("0101_column", COLUMN)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE waitlist_added AS SELECT 1 AS id FROM generate_series(1, 2)")
        with pytest.raises(Exception, match="could not create unique index"):
            cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY added_other ON waitlist_added (id)")

    refused = upgrade("--no-backup")

    assert "Indexes that CONCURRENTLY left half built: added_other of waitlist_added" in refused["failed"]
    assert refused["state"] == "refused"


def test_an_older_version_leaves_a_newer_schema_alone(added, settings) -> None:
    added.add("0101_column", COLUMN)
    upgrade("--no-backup")
    settings.MIGRATION_MODULES = {}

    refused = upgrade()

    assert "does not know waitlist.0101_column: use the newer version" in refused["failed"]


def test_there_is_one_at_a_time(added, schema) -> None:
    added.add("0101_column", COLUMN)
    before = schema()

    with upgrade_lock(connection):
        refused = upgrade()
        looked = upgrade("--dry-run")

    assert refused["failed"].startswith("Another upgrade is running (session ")
    assert looked["failed"].startswith("An upgrade is running (session ")
    assert schema() == before


def test_the_operator_is_told_what_may_hold_guests_up(added) -> None:
    added.add(
        "0101_index",
        f'migrations.AddIndex("{"pricealert"}", models.Index(fields=["created_at"], name="added_index")),',
    )

    looked = upgrade("--dry-run")

    warnings = [check["text"] for check in looked["checks"] if check["verdict"] == "warning"]
    assert warnings == [f"waitlist.0101_index may hold guests up: an index of {TABLE}"]


def test_people_read_lines(added) -> None:
    added.add("0101_column", COLUMN)
    out = StringIO()

    call_command("upgrade", "--no-backup", stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    assert "Applying waitlist.0101_column ..." in lines
    assert "ok      migrations: to be applied: waitlist.0101_column" in lines
    assert lines[-2].startswith("Upgrade: done.")
    assert lines[-1].startswith("To go back: python manage.py upgrade --back ")
