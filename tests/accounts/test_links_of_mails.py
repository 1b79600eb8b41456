"""Links of mails about the account: where they end, there is a way on."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import user_create
from notifications.models import Notification

pytestmark = pytest.mark.django_db

PASSWORD = "a lantern over the door"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@example.com", password=PASSWORD, is_verified=True)


def test_a_new_password_leads_on_to_the_log_in_and_its_link_to_a_new_link(client: Client, ada: User) -> None:
    client.post("/account/password/reset/", {"email": "ada@example.com"})
    link = "/account/" + Notification.objects.get().context["password_reset_url"].split("/account/")[1]
    form = client.get(link)["Location"]
    new = {"password1": "another lantern now", "password2": "another lantern now"}
    done = client.post(form, new, follow=True).content.decode()
    main = done[done.index("<main") :]
    assert 'href="/account/login/"' in main
    used = Client().get(link).content.decode()
    assert "This link no longer works" in used
    assert 'href="/account/password/reset/"' in used[used.index("<main") :]


def test_an_address_is_confirmed_once_and_the_link_then_says_where_to_go(client: Client, ada: User) -> None:
    address = EmailAddress.objects.create(user=ada, email="new@example.com")
    link = f"/account/confirm-email/{EmailConfirmationHMAC(address).key}/"
    assert "new@example.com" in client.get(link).content.decode()
    assert client.post(link).status_code == 302
    stranger = client.get(link).content.decode()
    assert "This link no longer works" in stranger
    assert 'href="/account/login/"' in stranger[stranger.index("<main") :]
    client.force_login(ada)
    own = client.get(link).content.decode()
    assert 'href="/account/email/"' in own[own.index("<main") :]
