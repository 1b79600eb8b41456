"""Pages of the second factor say what to do without the telephone, and what is to be kept can be copied."""

from __future__ import annotations

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import user_create

pytestmark = pytest.mark.django_db

PASSWORD = "a lantern over the door"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@example.com", password=PASSWORD, is_verified=True)


def entered(client: Client) -> None:
    client.post("/account/login/", {"login": "ada@example.com", "password": PASSWORD})


def test_the_secret_can_be_copied_where_the_telephone_cannot_see_its_own_screen(
    client: Client, ada: User
) -> None:
    entered(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    (secret,) = (tag for tag in page.split("<input")[1:] if 'id="authenticator_secret"' in tag)
    assert "readonly" in secret.split(">")[0]
    assert "disabled" not in secret.split(">")[0]


def test_who_logs_in_without_the_telephone_is_told_of_recovery_codes(client: Client, ada: User) -> None:
    TOTP.activate(ada, generate_totp_secret())
    code = RecoveryCodes.activate(ada).get_unused_codes()[0]
    entered(client)
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert "one of your recovery codes" in page
    assert client.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/my/"
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    assert "There are 9 out of 10 recovery codes available." in codes
    assert "Keep them where you find them without your telephone." in codes
    assert code not in codes
    lines = codes.split("readonly>")[1].split("</textarea>")[0].splitlines()
    assert lines == RecoveryCodes(ada.authenticator_set.get(type="recovery_codes")).get_unused_codes()
