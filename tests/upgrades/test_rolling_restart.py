"""An upgrade while guests book: two versions on one schema, one server after the other, and no request that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from bookings.models import Booking
from core.upgrades.journal import TABLE as JOURNAL
from tests.concurrency.crowd import ROOT, database_url
from tests.concurrency.server import free_port
from tests.factories.inventory import hotel
from tests.upgrades.added import Added
from tests.upgrades.proxying import Proxy, enough, guests
from tests.upgrades.serving import PATIENCE_SECONDS, Server, ended

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REQUESTS = 30
"""So many each version answers at least in each phase."""
TABLE = "bookings_booking"


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the next version, whose migrations add a column and an index to bookings, and a table."""
    place = tmp_path / "packages"
    place.mkdir()
    added = Added(place, f"newer_{os.getpid()}", app="bookings")
    added.add("0901_column", 'migrations.AddField("booking", "wish", models.TextField(null=True)),')
    added.add(
        "0902_index",
        'AddIndexConcurrently("booking", models.Index(fields=["wish"], name="added_booking_wish")),',
        atomic=False,
    )
    added.add(
        "0903_table", 'migrations.CreateModel("Added", [("id", models.BigAutoField(primary_key=True))]),'
    )
    yield {
        "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "tests.upgrades.newer_settings",
        "ADDED_MIGRATIONS": json.dumps(added.modules),
        "PYTHONPATH": str(place),
        "BACKUP_ROOT": str(tmp_path / "backups"),
        "UPGRADE_FREE_MEGABYTES": "1",
        "UPGRADE_LOCK_SECONDS": "1",
        "UPGRADE_LOCK_TRIES": "20",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS wish")
        cursor.execute(f"DROP TABLE IF EXISTS bookings_added, {JOURNAL}")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'bookings' AND name >= '0901'")


def upgraded(environment: dict[str, str], *arguments: str) -> dict[str, object]:
    """Run the next version's upgrade."""
    done = subprocess.run(
        [sys.executable, "manage.py", "upgrade", "--json", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


def written_by() -> set[str | None]:
    """What the new column of all bookings says: the old version leaves it empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT wish FROM {TABLE}")
        return {row[0] for row in cursor.fetchall()}


def test_no_request_fails_while_the_version_changes(newer: dict[str, str], tmp_path: Path) -> None:
    house = hotel(rooms=5000, nights=3, price=100)
    database = connection.settings_dict["NAME"]
    old = Server(database=database, log=tmp_path / "old")
    new_port = free_port()
    proxy = Proxy(old.port, new_port)

    with ended(old), ExitStack() as later, guests(proxy, house, when=old.ready):
        assert enough(proxy, old.port, more=REQUESTS, seconds=PATIENCE_SECONDS)
        report = upgraded(newer, "--no-backup")
        assert report["state"] == "done"
        assert [row["migration"] for row in report["applied"]] == [  # type: ignore[attr-defined,index]
            "bookings.0901_column",
            "bookings.0902_index",
            "bookings.0903_table",
        ]
        assert enough(proxy, old.port, more=REQUESTS, seconds=PATIENCE_SECONDS), "old code, new schema"

        new = Server(database=database, log=tmp_path / "new", port=new_port, extra=newer)
        later.enter_context(ended(new))
        new.ready()
        proxy.share_of_second = 0.5
        assert enough(proxy, old.port, new_port, more=2 * REQUESTS, seconds=PATIENCE_SECONDS), "both"
        proxy.share_of_second = 1.0
        assert enough(proxy, new_port, more=REQUESTS, seconds=PATIENCE_SECONDS)
        assert old.stop() == 0
        assert enough(proxy, new_port, more=REQUESTS, seconds=PATIENCE_SECONDS), "new alone"

    assert set(proxy.statuses) == {200, 201}, proxy.answers
    assert Booking.objects.count() == proxy.statuses[201]
    assert written_by() == {None, "by the new version"}
