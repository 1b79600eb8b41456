"""Who is told what, by which channel: the inbox, the choices, and declining without logging in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from core.models import Effect
from notifications.channels.sms import ConsoleGateway
from notifications.exceptions import ChoiceNotAllowed
from notifications.models import Channel, MailSubscription, Notification, NotificationPreference
from notifications.samples import sample_context
from notifications.selectors import choices_for_user, inbox_unread_count
from notifications.services import mail_subscription_for, preferences_set, unsubscribe, unsubscribe_link
from notifications.types import Category
from tests.factories.accounts import UserFactory
from tests.outbox import run_effects

pytestmark = pytest.mark.django_db

GATEWAY = "notifications.channels.sms.ConsoleGateway"


def channels() -> set[str]:
    return set(Notification.objects.values_list("channel", flat=True))


def tell(kind: str, **fields: Any) -> Notification | None:
    from notifications.services import notification_enqueue

    arguments = {"recipient": "ana@example.com", "context": sample_context(kind), "dedup_key": f"{kind}:1"}
    return notification_enqueue(type=kind, **arguments | fields)


def test_a_user_is_told_by_mail_and_in_the_inbox() -> None:
    user = UserFactory(email="ana@example.com")

    written = tell("booking_confirmed", user=user)

    assert written is not None
    assert written.channel == "email"
    assert channels() == {"email", "inbox"}
    assert inbox_unread_count(user) == 1
    assert Effect.objects.count() == 1


def test_a_phone_gets_a_short_text(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SMS_GATEWAY = GATEWAY
    tell("booking_confirmed", phone="+351 21 000 0000")

    run_effects(kinds=["notifications.sms_send"])

    sms = Notification.objects.get(channel="sms")
    assert (sms.recipient, sms.status) == ("+351210000000", "sent")
    assert "booking VQ7KM2XD is confirmed" in capsys.readouterr().out


def test_without_a_gateway_there_are_no_short_texts(settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    tell("booking_confirmed", phone="+351 21 000 0000")

    assert channels() == {"email"}


def test_the_console_shows_who_would_get_what(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleGateway().send(to="+351210000000", text="Hello", key="k")

    assert capsys.readouterr().out == "SMS k\n  to +351210000000\n  Hello\n"


def test_what_opens_an_account_is_not_kept_in_the_inbox() -> None:
    tell("account_login_code", context={"email": "ana@example.com", "code": "1"}, user=UserFactory())

    assert channels() == {"email"}


def test_advertising_needs_a_yes_whose_time_is_kept() -> None:
    user = UserFactory(email="ana@example.com")
    assert tell("promotion", user=user) is None
    at = datetime(2026, 5, 1, 8, tzinfo=UTC)

    preferences_set(user=user, choices={(Category.MARKETING, Channel.EMAIL): True}, at=at)

    assert NotificationPreference.objects.get().decided_at == at
    assert tell("promotion", user=user) is not None
    assert channels() == {"email"}


def test_a_guest_without_an_account_gets_no_advertising() -> None:
    assert tell("promotion") is None


@pytest.mark.parametrize("category", [Category.SERVICE, Category.SECURITY, Category.STAFF])
def test_what_is_needed_cannot_be_switched_off(category: Category) -> None:
    user = UserFactory(is_staff=True)

    with pytest.raises(ChoiceNotAllowed):
        preferences_set(user=user, choices={(category, Channel.EMAIL): False})

    assert not NotificationPreference.objects.exists()


def test_guests_have_no_say_about_what_staff_are_told() -> None:
    with pytest.raises(ChoiceNotAllowed):
        preferences_set(user=UserFactory(), choices={(Category.DIGEST, Channel.EMAIL): False})


def test_a_reminder_that_is_off_does_not_come() -> None:
    user = UserFactory(email="ana@example.com")
    preferences_set(
        user=user,
        choices={(Category.REVIEWS, Channel.EMAIL): False, (Category.REVIEWS, Channel.INBOX): False},
    )

    assert tell("thank_you", user=user) is None


def test_choices_cost_two_queries(django_assert_num_queries: Any) -> None:
    user = UserFactory()
    with django_assert_num_queries(2):
        assert len(choices_for_user(user)) == 6


def test_one_click_declines_at_once_without_cookies() -> None:
    written = tell("thank_you")
    assert written is not None
    path = unsubscribe_link(written).removeprefix("http://localhost:8000")
    robot = Client(enforce_csrf_checks=True)

    assert robot.get(path).status_code == 200
    assert MailSubscription.objects.get().unsubscribed_at is None, "looking changes nothing"
    assert robot.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    subscription = MailSubscription.objects.get()
    assert subscription.unsubscribed_at is not None
    assert tell("thank_you", dedup_key="another") is None
    assert tell("booking_confirmed") is not None
    assert robot.post(path, {"again": "1"}).status_code == 200
    assert tell("thank_you", dedup_key="a third") is not None


def test_the_link_names_nobody_and_cannot_be_guessed(client: Client) -> None:
    written = tell("thank_you")
    assert written is not None
    link = unsubscribe_link(written)

    assert re.fullmatch(r"http://localhost:8000/unsubscribe/[0-9a-f]{32}\.[\w-]{43}/", link), (
        "a key and its signature"
    )
    assert client.get(reverse("notifications:unsubscribe", args=["x"])).status_code == 404
    assert client.post(link[:-2].removeprefix("http://localhost:8000") + "/").status_code == 404
    assert MailSubscription.objects.get().unsubscribed_at is None


def test_the_address_counts_however_it_is_written() -> None:
    unsubscribe(subscription=mail_subscription_for(address="Ana@Example.com", category=Category.REVIEWS))

    assert tell("thank_you", recipient="ANA@example.COM") is None


def test_switching_on_again_ends_an_unsubscription() -> None:
    user = UserFactory(email="ana@example.com")
    unsubscribe(subscription=mail_subscription_for(address=user.email, category=Category.REVIEWS))

    preferences_set(user=user, choices={(Category.REVIEWS, Channel.EMAIL): True})

    assert tell("thank_you", user=user) is not None
    assert channels() == {"email", "inbox"}


def test_the_page_of_choices_saves_them(client: Client) -> None:
    user = UserFactory(email="ana@example.com")
    client.force_login(user)

    assert client.get(reverse("notifications:preferences")).status_code == 200
    response = client.post(
        reverse("notifications:preferences"),
        {"language": "de", "marketing-email": "on", "reviews-inbox": "on"},
    )

    assert response.status_code == 302
    user.refresh_from_db()
    on = {
        (row.category.value, choice.channel.value)
        for row in choices_for_user(user)
        for choice in row.choices
        if choice.is_on and not choice.is_locked
    }
    assert on == {("marketing", "email"), ("reviews", "inbox")}
    assert user.language == "de"
    assert django_mail.outbox == []
