"""What a person is told: everything that is theirs, as data and as a page, and no secret."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Erasure
from accounts.privacy import holdings
from accounts.privacy.archives import person_archive
from accounts.privacy.finding import person_by_email
from accounts.privacy.telling import person_json
from accounts.services import user_create
from tests.factories.bookings import confirmed
from tests.factories.inventory import hotel
from tests.factories.reviews import lived

from .world import EMAIL, GUEST, everything_known

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _list(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")


def test_the_archive_has_all_that_is_held_and_no_secret() -> None:
    known = everything_known()
    person = person_by_email(EMAIL)
    archive = zipfile.ZipFile(io.BytesIO(person_archive(person)))

    assert archive.testzip() is None
    data = json.loads(archive.read("data.json"))["data"]
    titled = {holding.model for holding in holdings() if holding.title and person.keys(holding.model)}
    assert set(data) >= titled - {"payments.dispute", "payments.refund", "inventory.externalevent"}
    assert data["bookings.booking"][0]["guest_name"] == "Zqx-ada Zqx-king"
    assert data["bookings.registration"][0]["address"] == "Zqx-street 1"
    assert data["bookings.review"][0]["text"] == "Zqx-breakfast was fine"
    assert json.loads(archive.read("data/bookings-booking.json")) == data["bookings.booking"]
    page = archive.read("index.html").decode()
    assert "Zqx-ada Zqx-king" in page
    assert "<script" not in page
    assert [name for name in archive.namelist() if name.startswith("invoices/") and name.endswith(".pdf")]
    everything = json.dumps(data) + page
    for secret in (known.user.password, known.booking.access_token_hash, "zqx-hash"):
        assert secret not in everything


def test_messages_to_others_and_their_addresses_are_not_told() -> None:
    everything_known()
    told = json.dumps(person_json(person_by_email(EMAIL)))
    assert "desk@example.org" not in told
    assert "#hidden" in told or "_url" not in told


def test_nothing_of_others_is_told() -> None:
    house = hotel(nights=6)
    lived(house, guest=GUEST)
    lived(house)
    told = json.dumps(person_json(person_by_email(EMAIL)))
    assert "ada@example.com" not in told.replace(EMAIL, "")


class TestCommands:
    def test_export_writes_json_or_a_file_for_nobody_else(self, capsys: Any, tmp_path: Path) -> None:
        booking = lived(hotel(), guest=GUEST)
        call_command("person_export", EMAIL)
        by_email = json.loads(capsys.readouterr().out)["data"]
        call_command("person_export", booking=booking.reference)
        assert json.loads(capsys.readouterr().out)["data"].keys() == by_email.keys()
        file = tmp_path / "person.zip"
        call_command("person_export", EMAIL, output=file)
        assert zipfile.is_zipfile(file)
        assert file.stat().st_mode & 0o777 == 0o600
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("person_export", EMAIL, output=file)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([], "once"),
            (["a@example.com", "--user", "1"], "once"),
            (["nobody@example.com"], "Nothing is held"),
            (["--user", "999999"], "Nothing is held"),
            (["--booking", "XXXXXXXX"], "Nothing is held"),
        ],
    )
    @pytest.mark.parametrize("command", ["person_export", "person_erase"])
    def test_the_person_is_named_once_and_known(self, command: str, arguments: list[str], said: str) -> None:
        with pytest.raises(CommandError, match=said):
            call_command(command, *arguments)

    def test_erase_asks_first_and_can_be_tried(self, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        booking = lived(hotel(), guest=GUEST)
        call_command("person_erase", EMAIL, dry_run=True)
        assert "Would erase 1 of bookings.booking" in capsys.readouterr().out
        monkeypatch.setattr("builtins.input", lambda _question: "no")
        with pytest.raises(CommandError, match="Nothing was erased"):
            call_command("person_erase", EMAIL)
        booking.refresh_from_db()
        assert booking.guest_email == EMAIL
        call_command("person_erase", EMAIL, no_input=True, as_json=True)
        report = json.loads(capsys.readouterr().out)
        assert report["rows"]["bookings.booking"] == 1
        assert str(Erasure.objects.get().uid) == report["erasure"]

    def test_erase_says_why_not(self) -> None:
        booking = confirmed(hotel(), guest=GUEST)
        for options in ({"dry_run": True}, {"no_input": True}):
            with pytest.raises(CommandError, match=booking.reference):
                call_command("person_erase", EMAIL, **options)


def test_an_address_that_was_never_confirmed_gives_no_account_the_stays_of_others(client: Client) -> None:
    """Whoever signs up with somebody's address and does not own it must not get that person's data."""
    from accounts.privacy.finding import person_by_user

    lived(hotel(), guest=GUEST)
    thief = user_create(email=EMAIL, password="a lantern over the door")
    told = person_json(person_by_user(thief.pk))
    assert "bookings.booking" not in told["data"]
