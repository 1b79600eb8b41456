"""Erasures survive an older backup: the list beside the backups does them again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Erasure
from accounts.privacy.erasing import person_erase
from accounts.privacy.finding import person_by_email
from accounts.privacy.reapplying import erasures_missing, erasures_reapply
from accounts.privacy.records import ErasureRecord, record_append, records_path, records_read
from bookings.models import Booking
from tests.factories.inventory import hotel
from tests.factories.reviews import lived

from .world import EMAIL, GUEST, MARK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _list(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = str(tmp_path / "backups" / "erasures.jsonl")


def brought_back(booking: Booking) -> None:
    """What restoring an older backup does: the person is there again, and the erasure was never."""
    Booking.objects.filter(pk=booking.pk).update(
        guest_name=GUEST.name, guest_email=GUEST.email, guest_phone=PHONE, special_requests="Zqx-cot"
    )
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_erasure DISABLE TRIGGER USER; DELETE FROM accounts_erasure;")
        cursor.execute("ALTER TABLE accounts_erasure ENABLE TRIGGER USER;")


def test_what_a_backup_brings_back_is_erased_again_once() -> None:
    booking = lived(hotel(), guest=GUEST)
    person_erase(person_by_email(EMAIL))
    assert erasures_missing() == []
    brought_back(booking)
    assert [record.uid for record in erasures_missing()] == [next(records_read()).uid]

    call_command("erasures_reapply", dry_run=True)
    assert Booking.objects.get(pk=booking.pk).guest_name == GUEST.name
    done = erasures_reapply()

    assert done.erasures == 1
    after = Booking.objects.get(pk=booking.pk)
    assert (after.guest_name, after.guest_email, str(after.guest_phone)) == ("", "", "")
    assert Erasure.objects.get().reapplied_at is not None
    assert erasures_reapply().erasures == 0


def test_rows_that_the_backup_alone_knows_are_found_by_the_hash_of_the_address() -> None:
    house = hotel(nights=8)
    booking = lived(house, guest=GUEST)
    person_erase(person_by_email(EMAIL))
    brought_back(booking)
    other = lived(house, guest=GUEST)  # forgotten before the erasure, and in the backup
    erasures_reapply()
    assert set(Booking.objects.values_list("guest_name", flat=True)) == {""}
    assert other.guest_name != ""


def test_whoever_comes_again_later_is_not_erased_again() -> None:
    house = hotel(nights=8)
    lived(house, guest=GUEST)
    person_erase(person_by_email(EMAIL))
    again = lived(house, guest=GUEST)
    assert erasures_reapply().erasures == 0
    again.refresh_from_db()
    assert again.guest_email == EMAIL


def test_the_list_names_nobody_and_is_private() -> None:
    booking = lived(hotel(), guest=GUEST)
    person_erase(person_by_email(EMAIL))
    text = records_path().read_text()
    assert MARK not in text.lower()
    assert PHONE not in text
    assert json.loads(text)["rows"]["bookings.booking"] == [str(booking.pk)]
    assert records_path().stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_cut_off_was_never_committed() -> None:
    record_append(ErasureRecord(uid="a", at=timezone.now().isoformat()))
    with records_path().open("a") as lines:
        lines.write('{"uid": "b", "at"')
    assert [record.uid for record in records_read()] == ["a"]
    record_append(ErasureRecord(uid="c", at=timezone.now().isoformat()))
    assert [record.uid for record in records_read()] == ["a", "c"]


def test_a_damaged_line_is_said_and_nothing_is_applied() -> None:
    record_append(ErasureRecord(uid="a", at=timezone.now().isoformat()))
    with records_path().open("a") as lines:
        lines.write("nonsense\n")
    with pytest.raises(CommandError, match="line 2"):
        call_command("erasures_reapply")
    assert not Erasure.objects.exists()


def test_a_new_key_of_the_site_still_finds_addresses(settings: Any) -> None:
    booking = lived(hotel(), guest=GUEST)
    person_erase(person_by_email(EMAIL))
    brought_back(booking)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert erasures_reapply().erasures == 1
