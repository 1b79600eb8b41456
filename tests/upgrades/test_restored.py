"""An upgrade that has thrown data away before it failed: the printed command restores the backup."""

from __future__ import annotations

import pytest

from tests.upgrades.added import BROKEN
from tests.upgrades.databases import connect
from tests.upgrades.places import SCHEMA_SQL, Place

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_what_has_thrown_data_away_is_restored(place: Place) -> None:
    with connect(place.database) as session:
        session.execute("INSERT INTO django_session VALUES ('key', 'what must not be lost', now())")
    before = place.rows(SCHEMA_SQL)
    place.added.add(
        "0101_drop",
        'migrations.RunSQL("ALTER TABLE django_session DROP COLUMN session_data",'
        ' "ALTER TABLE django_session ADD COLUMN session_data text"),',
    )
    place.added.add("0102_broken", BROKEN)

    failed = place.command()

    assert failed["status"] == 1
    assert "Applied: waitlist.0101_drop. waitlist.0102_broken was rolled back" in failed["errors"]
    assert failed["back"] == f"python manage.py backup_restore {failed['backup']}"
    assert failed["errors"].rstrip().endswith(f"To go back: {failed['back']}")
    place.run_printed(failed["back"], typed=f"{place.database}\n")
    assert place.rows(SCHEMA_SQL) == before
    assert place.rows("SELECT session_key, session_data FROM django_session") == [
        ("key", "what must not be lost")
    ]
