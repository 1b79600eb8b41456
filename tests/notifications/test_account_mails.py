"""What allauth has to say goes through the outbox, with nothing in it but plain text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core import mail as django_mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import user_create
from accounts.signals import account_mail
from notifications.models import Notification
from notifications.rendering import notification_render
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    """allauth counts in the cache how often an address was written to."""
    cache.clear()


def announce(template: str, **context):
    account_mail.send(sender=None, template=template, email="ana@example.com", context=context, language="de")
    return Notification.objects.get(channel="email")


def test_only_plain_text_is_kept():
    user = UserFactory(full_name="Ana Souza")

    written = announce(
        "account/email/password_changed",
        user=user,
        request=object(),
        current_site=object(),
        ip="192.0.2.7",
        timestamp=datetime(2026, 5, 1, 8, 15, tzinfo=UTC),
    )

    assert (written.type, written.user, written.language) == ("account_password_changed", user, "de")
    assert written.context == {
        "email": "ana@example.com",
        "name": "Ana",
        "ip": "192.0.2.7",
        "timestamp": "2026-05-01T08:15:00+00:00",
    }


def test_the_second_factors_messages_have_words_of_their_own():
    assert announce("mfa/email/totp_activated").type == "account_totp_activated"


def test_a_message_we_have_no_words_for_is_a_general_notice():
    written = announce("account/email/something_new", secret=object())

    assert written.type == "account_notice"
    assert written.context == {"email": "ana@example.com"}


def test_whoever_asks_twice_gets_two_mails():
    for _time in range(2):
        account_mail.send(
            sender=None,
            template="account/email/password_reset_key",
            email="ana@example.com",
            context={"password_reset_url": "https://vacancy.example/reset/"},
            language=None,
        )

    assert Notification.objects.count() == 2
    assert set(Notification.objects.values_list("language", flat=True)) == {"en"}


def test_signing_up_writes_a_mail_whose_link_confirms_the_address(client):
    client.post(
        reverse("account_signup"),
        {"email": "new.guest@example.com", "password1": "correct-horse-battery", "full_name": "New Guest"},
    )

    written = Notification.objects.get()
    assert (written.type, written.recipient) == ("account_email_confirmation_signup", "new.guest@example.com")
    link = re.search(r"http://testserver(/\S+)", notification_render(written).text)
    assert link is not None
    assert client.get(link.group(1)).status_code == 200
    assert django_mail.outbox == []


def test_asking_for_a_new_password_does_not_tell_whether_there_is_an_account(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    written = Notification.objects.get()
    assert (written.type, written.recipient) == ("account_unknown_account", "nobody@example.com")
    assert reverse("account_signup") in notification_render(written).text


def test_who_confirms_their_first_address_is_welcomed_once(client):
    user = user_create(email="ada@example.com", password=PASSWORD, full_name="Ada Lovelace")
    address = EmailAddress.objects.get(user=user)
    link = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])

    for _time in range(2):
        client.post(link)

    welcome = Notification.objects.get(type="welcome", channel="email")
    assert (welcome.recipient, welcome.user) == ("ada@example.com", user)
    assert (welcome.context["name"], welcome.context["url"]) == ("Ada", f"{settings.SITE_URL}/my/")
    assert f"{settings.SITE_URL}/my/" in notification_render(welcome).text

    second = EmailAddress.objects.create(user=user, email="ada@work.example")
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(second).key]))
    second.refresh_from_db()
    assert second.verified
    assert Notification.objects.filter(type="welcome", channel="email").count() == 1


def test_a_new_device_is_told_of_and_a_known_one_is_not(client):
    user = user_create(email="ada@example.com", password=PASSWORD, full_name="Ada", is_verified=True)
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - timedelta(hours=2))

    def log_in(browser: Client, agent: str) -> None:
        browser.post(
            reverse("account_login"),
            {"login": "ada@example.com", "password": PASSWORD},
            headers={"User-Agent": agent},
        )
        assert browser.session["_auth_user_id"] == str(user.pk)

    log_in(client, "Firefox on the desk")
    notices = Notification.objects.filter(type="security_notice", channel="email")
    notice = notices.get()
    assert (notice.recipient, notice.user) == ("ada@example.com", user)
    assert (notice.context["event"], notice.context["user_agent"]) == (
        "login_new_device",
        "Firefox on the desk",
    )
    assert notice.context["ip"] == "127.0.0.1"
    assert "Firefox on the desk" in notification_render(notice).text

    client.post(reverse("account_logout"))
    log_in(client, "Firefox on the desk")
    assert notices.count() == 1, "this browser is known"

    log_in(Client(), "A phone")
    assert notices.count() == 2


def test_the_first_log_in_of_a_new_account_is_no_news(client):
    user_create(email="ada@example.com", password=PASSWORD, full_name="Ada", is_verified=True)

    client.post(reverse("account_login"), {"login": "ada@example.com", "password": PASSWORD})

    assert "_auth_user_id" in client.session
    assert not Notification.objects.filter(type="security_notice").exists()
