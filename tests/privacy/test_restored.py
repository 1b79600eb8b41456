"""A real backup, a real restore: who was erased in between is not in the restored database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Erasure
from accounts.privacy.erasing import person_erase
from accounts.privacy.finding import person_by_email
from accounts.privacy.records import records_path
from bookings.models import Booking
from core.backups.creating import backup_create
from core.backups.databases import database_drop, database_exists
from core.backups.errors import BackupError
from core.backups.restoring import backup_restore, restore_plan
from core.backups.servers import DatabaseServer, database_server
from tests.factories.inventory import hotel
from tests.factories.reviews import lived

from .world import EMAIL, GUEST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_ROOT = str(tmp_path / "backups")
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    settings.ERASURES_FILE = str(tmp_path / "backups" / "erasures.jsonl")


@pytest.fixture
def scratch() -> Iterator[DatabaseServer]:
    """The name of a database that is not there, and is not there afterwards."""
    server = database_server().named(f"vacancy_test_{secrets.token_hex(6)}")
    yield server
    database_drop(server)


def test_who_was_erased_after_the_backup_is_erased_in_what_is_restored(scratch: DatabaseServer) -> None:
    booking = lived(hotel(nights=4), guest=GUEST)
    backup = backup_create(kind="manual", media=False)
    person_erase(person_by_email(EMAIL))

    backup_restore(restore_plan(backup, into=scratch.name))

    with scratch.session() as session:
        guest = session.execute("SELECT guest_name, guest_email, total FROM bookings_booking").fetchone()
        assert guest == ("", "", booking.total)
        found = session.execute("SELECT count(*) FROM core_auditentry t WHERE t::text ILIKE '%zqx-%'")
        assert found.fetchone() == (0,)
        again = session.execute("SELECT uid, reapplied_at IS NOT NULL FROM accounts_erasure").fetchall()
        assert again == [(Erasure.objects.get().uid, True)]
    assert Booking.objects.get().guest_name == ""
    assert records_path().read_text().count("\n") == 1


def test_a_list_that_cannot_be_read_stops_the_restore(scratch: DatabaseServer) -> None:
    lived(hotel(nights=4), guest=GUEST)
    backup = backup_create(kind="manual", media=False)
    person_erase(person_by_email(EMAIL))
    with records_path().open("a") as lines:
        lines.write("nonsense\n")
    with pytest.raises(BackupError, match="line 2"):
        backup_restore(restore_plan(backup, into=scratch.name))
    assert not database_exists(scratch)
