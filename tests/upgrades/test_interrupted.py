"""Upgrades that are killed: the next one tells what is left, and the printed command takes it back."""

from __future__ import annotations

import signal

import pytest

from tests.reliability.servers import wait_until
from tests.upgrades.added import COLUMN, INDEX, SLOW
from tests.upgrades.databases import connect
from tests.upgrades.places import PATIENCE_SECONDS, SCHEMA_SQL, Place

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OTHER_TABLE = "waitlist_waitlistentry"
OTHER = 'AddIndexConcurrently("waitlistentry", models.Index(fields=["status"], name="added_other")),'


def test_killed_in_a_transaction_nothing_is_left(place: Place) -> None:
    before = place.rows(SCHEMA_SQL)
    place.added.add("0101_slow", COLUMN, SLOW)
    sleeping = (
        f"SELECT FROM pg_stat_activity WHERE datname = '{place.database}' AND query LIKE 'SELECT pg_sleep%'"
    )

    place.killed_when(lambda: bool(place.rows(sleeping)), "--no-backup")

    assert wait_until(place.is_deserted, seconds=PATIENCE_SECONDS), "the server gives the statement up"
    looked = place.command("--dry-run")
    assert looked["status"] == 0, looked["errors"]
    assert "was ended in waitlist.0101_slow before it could say anything" in looked["told"][0]
    assert "waitlist.0101_slow was rolled back, nothing of it is left" in looked["told"][0]
    assert looked["back"] == ""
    assert place.rows(SCHEMA_SQL) == before
    place.added.write("0101_slow", COLUMN)
    assert place.command("--no-backup")["state"] == "done"


def test_told_to_stop_it_says_what_is_left(place: Place) -> None:
    before = place.rows(SCHEMA_SQL)
    place.added.add("0101_column", COLUMN)
    place.added.add("0102_slow", SLOW)
    sleeping = (
        f"SELECT FROM pg_stat_activity WHERE datname = '{place.database}' AND query LIKE 'SELECT pg_sleep%'"
    )

    told = place.killed_when(lambda: bool(place.rows(sleeping)), "--no-backup", number=signal.SIGTERM)

    assert (
        "The upgrade failed in waitlist.0102_slow: It was interrupted. Applied: waitlist.0101_column." in told
    )
    command = told.strip().rpartition("To go back: ")[2]
    assert command.startswith("python manage.py upgrade --back ")
    place.run_printed(command)
    assert place.rows(SCHEMA_SQL) == before


def test_killed_outside_a_transaction_it_is_taken_back(place: Place) -> None:
    before = place.rows(SCHEMA_SQL)
    place.added.add("0101_column", COLUMN)
    place.added.add("0102_half", INDEX, OTHER, atomic=False)
    begun = "SELECT FROM pg_class WHERE relname = 'added_other'"

    with connect(place.database, autocommit=False) as other:
        # The second index is there and not valid while it waits for who writes; the first was built before.
        other.execute(f"LOCK TABLE {OTHER_TABLE} IN ROW EXCLUSIVE MODE")
        place.killed_when(lambda: bool(place.rows(begun)), "--no-backup")
        other.rollback()
    assert wait_until(place.is_deserted, seconds=PATIENCE_SECONDS)

    looked = place.command("--dry-run")
    assert "Applied: waitlist.0101_column. waitlist.0102_half is half applied" in looked["told"][0]
    assert looked["back"].startswith("python manage.py upgrade --back ")
    assert place.rows(SCHEMA_SQL) != before
    place.run_printed(looked["back"])
    assert place.rows(SCHEMA_SQL) == before
