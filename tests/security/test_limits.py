"""Passwords and log-ins: what is refused, and how often one may try."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import user_create
from notifications.models import Notification

pytestmark = pytest.mark.django_db

PASSWORD = "a lantern over the door"
LOGIN, RESET = "/account/login/", "/account/password/reset/"


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@example.com", password=PASSWORD, is_verified=True)


def entered(password: str, *, address: str, email: str = "ada@example.com") -> bool:
    """Whether somebody gets in who tries from an address."""
    client = Client(REMOTE_ADDR=address)
    client.post(LOGIN, {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_one_account_from_many_addresses(ada: User) -> None:
    for number in range(5):
        assert not entered("wrong", address=f"198.51.100.{number}")
    assert not entered(PASSWORD, address="203.0.113.1")


def test_many_accounts_from_one_address(ada: User) -> None:
    for number in range(10):
        assert not entered("wrong", address="198.51.100.7", email=f"guest{number}@example.com")
    assert not entered(PASSWORD, address="198.51.100.7")
    assert entered(PASSWORD, address="198.51.100.8")


def test_who_knows_the_password_is_let_in(ada: User) -> None:
    for _number in range(4):
        entered("wrong", address="198.51.100.7")
    assert entered(PASSWORD, address="198.51.100.7")


@pytest.mark.parametrize(
    "password", ["short1!", "password1234", "1234567890", "ada@example.com", "Lovelace-Ada"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    form = {"full_name": "Ada Lovelace", "email": "ada@example.com", "password1": password}
    Client().post("/account/signup/", form)
    assert not User.objects.exists()


def test_resets_of_one_address_are_limited(ada: User) -> None:
    def mails() -> int:
        return Notification.objects.filter(recipient=ada.email).count() + len(mail.outbox)

    for number in range(12):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(RESET, {"email": ada.email})
    assert 1 <= mails() <= 5


def test_a_reset_tells_nobody_who_has_an_account(ada: User) -> None:
    known = Client().post(RESET, {"email": ada.email})
    unknown = Client().post(RESET, {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_passwords_are_stored_by_a_slow_hash(settings: Any) -> None:
    from django.conf import global_settings

    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
    production = Path(settings.BASE_DIR) / "config" / "settings" / "production.py"
    assert "PASSWORD_HASHERS" not in production.read_text()
