"""The pages of one's own data, devices, and those of the administration."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Erasure, User
from accounts.services import user_create
from bookings.models import Booking
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import hotel
from tests.factories.reviews import lived

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a lantern over the door"


@pytest.fixture(autouse=True)
def _list(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@example.com", password=PASSWORD, full_name="Ada", is_verified=True)


def logged_in(user: User, **headers: str) -> Client:
    """A browser in which somebody has logged in with their password."""
    client = Client(**headers)
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


class TestOwnData:
    def test_everything_as_a_file_after_the_password_was_asked_again(self, ada: User) -> None:
        client = logged_in(ada)
        assert "What we hold about you" in client.get("/account/personal-data/").content.decode()
        asked = client.post("/account/personal-data/")
        assert asked.status_code == 302
        assert "/account/reauthenticate/" in asked["Location"]
        assert client.post(asked["Location"], {"password": "wrong"}).status_code == 200
        client.post(asked["Location"], {"password": PASSWORD})
        answer = client.post("/account/personal-data/")
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"].startswith("attachment")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert "ada@example.com" in archive.read("data.json").decode()

    def test_looking_reads_no_table_to_its_end(self, ada: User) -> None:
        """The pages ask by keys and addresses; only the file and the erasure look into texts."""
        lived(hotel(), user=ada)
        client = logged_in(ada)
        for path in ("/account/personal-data/", "/account/delete/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            assert [query["sql"] for query in asked if "LIKE" in query["sql"]] == []

    def test_erasing_wants_the_password_and_the_word(self, ada: User) -> None:
        client = logged_in(ada)
        for given in (
            {"password": "wrong", "understood": "on"},
            {"password": PASSWORD},
            {"understood": "on"},
        ):
            assert client.post("/account/delete/", given).status_code == 422
        ada.refresh_from_db()
        assert ada.is_active
        answer = client.post("/account/delete/", {"password": PASSWORD, "understood": "on"})
        assert "is erased" in answer.content.decode()
        ada.refresh_from_db()
        assert (ada.is_active, ada.full_name) == (False, "")
        assert client.get("/account/profile/").status_code == 302
        assert Erasure.objects.get().is_own

    def test_a_stay_ahead_is_said_and_nothing_is_erased(self, ada: User) -> None:
        booking = confirmed(hotel(), user=ada)
        client = logged_in(ada)
        assert booking.reference in client.get("/account/delete/").content.decode()
        answer = client.post("/account/delete/", {"password": PASSWORD, "understood": "on"})
        assert answer.status_code == 409
        assert Booking.objects.get(pk=booking.pk).guest_name != ""

    def test_guessing_the_password_there_is_limited(self, ada: User) -> None:
        client = logged_in(ada)
        codes = [
            client.post("/account/delete/", {"password": f"wrong {n}", "understood": "on"}).status_code
            for n in range(12)
        ]
        assert codes[0] == 422
        assert codes[-1] == 429


class TestDevices:
    def test_one_device_is_ended_at_once(self, ada: User) -> None:
        here, there = logged_in(ada, HTTP_USER_AGENT="here"), logged_in(ada, HTTP_USER_AGENT="there")
        page = here.get("/account/sessions/").content.decode()
        assert "here" in page
        assert "there" in page
        device = UserSession.objects.get(user_agent="there")
        assert here.post("/account/sessions/", {"end": device.pk}).status_code == 302
        assert there.get("/account/profile/").status_code == 302
        assert here.get("/account/profile/").status_code == 200

    def test_all_others_are_ended(self, ada: User) -> None:
        here, *others = [logged_in(ada) for _number in range(3)]
        here.post("/account/sessions/")
        assert here.get("/account/profile/").status_code == 200
        assert [other.get("/account/profile/").status_code for other in others] == [302, 302]
        assert UserSession.objects.filter(user=ada).count() == 1

    def test_nobody_ends_the_device_of_somebody_else(self, ada: User) -> None:
        bob = user_create(email="bob@example.com", password=PASSWORD, is_verified=True)
        mine, theirs = logged_in(ada), logged_in(bob)
        mine.post("/account/sessions/", {"end": UserSession.objects.get(user=bob).pk})
        mine.post("/account/sessions/", {"end": "x"})
        assert theirs.get("/account/profile/").status_code == 200

    def test_a_new_password_ends_the_others_at_once(self, ada: User) -> None:
        here, there = logged_in(ada), logged_in(ada)
        new = "another lantern entirely"
        here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
        ada.refresh_from_db()
        assert ada.check_password(new)
        assert here.get("/account/profile/").status_code == 200
        assert there.get("/account/profile/").status_code == 302

    def test_being_here_is_written_down_now_and_then(self, ada: User) -> None:
        from accounts.middleware import DEVICE_SEEN_KEY

        client = logged_in(ada)
        before = UserSession.objects.get().last_seen_at
        client.get("/account/profile/")
        assert UserSession.objects.get().last_seen_at == before
        session = client.session
        session[DEVICE_SEEN_KEY] -= 3600
        session.save()
        client.get("/account/profile/")
        assert UserSession.objects.get().last_seen_at > before


class TestAdministration:
    path = "/admin/personal-data/"

    def test_superusers_look_up_hand_out_and_erase(self, client: Client) -> None:
        booking = lived(hotel())
        client.force_login(SuperuserFactory.create())
        page = client.post(self.path, {"who": "ADA@example.com"}).content.decode()
        assert "Bookings" in page
        assert client.post(self.path, {"who": booking.reference, "action": "download"})["Content-Type"] == (
            "application/zip"
        )
        wrong = client.post(
            self.path, {"who": booking.reference, "action": "erase", "word": "ada@example.com"}
        )
        assert wrong.status_code == 200
        booking.refresh_from_db()
        assert booking.guest_name
        done = client.post(
            self.path, {"who": "ada@example.com", "action": "erase", "word": "Ada@example.com "}
        )
        assert done.status_code == 302
        booking.refresh_from_db()
        assert booking.guest_name == ""
        assert str(Erasure.objects.get().uid) in client.get(self.path).content.decode()

    def test_what_stands_against_it_is_said(self, client: Client) -> None:
        booking = confirmed(hotel())
        client.force_login(SuperuserFactory.create())
        assert booking.reference in client.post(self.path, {"who": "ada@example.com"}).content.decode()
        client.post(self.path, {"who": "ada@example.com", "action": "erase", "word": "ada@example.com"})
        booking.refresh_from_db()
        assert booking.guest_name

    def test_managers_of_one_house_are_refused(self, client: Client) -> None:
        client.force_login(StaffFactory.create(property=hotel().property))
        assert client.get(self.path).status_code == 403
        assert client.post(self.path, {"who": "ada@example.com"}).status_code == 403

    def test_unknown_people_are_said_to_be_so(self, client: Client) -> None:
        client.force_login(SuperuserFactory.create())
        for who in ("nobody@example.com", "XXXXXXXX"):
            assert "Nothing is known" in client.post(self.path, {"who": who}).content.decode()
