"""The inbox: one's own, read once, at the same price however full it is, and found by an index."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.cache import read
from core.cache.client import cache_server
from notifications.masking import notification_masked
from notifications.models import Notification
from notifications.presentation import InboxMessage
from notifications.rendering import notification_render
from notifications.samples import sample_notification
from notifications.selectors import inbox_for_user, inbox_unread_count
from notifications.types import MESSAGE_TYPES
from tests.api.asking import V1
from tests.api.asking import client as api_client
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import hotel
from tests.factories.notifications import notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache_server().redis.flushdb()
    read.local.clear()


def fill(user: Any, count: int) -> list[Notification]:
    for _number in range(count):
        notification(user=user)
    return list(inbox_for_user(user))


def queries(client: Client, path: str, ask: Any) -> None:
    with ask:
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same(client: Client, django_assert_num_queries: Any, count: int) -> None:
    """Session and user, the number of messages, the page, and the unread."""
    user = UserFactory()
    fill(user, count)
    client.force_login(user)

    with django_assert_num_queries(5):
        response = client.get(reverse("notifications:inbox"))

    assert len(response.context["inbox"]) == count


def test_opening_a_message_reads_it(client: Client) -> None:
    user = UserFactory()
    first, _second = fill(user, 2)
    client.force_login(user)
    assert b"2<span" in client.get(reverse("notifications:inbox")).content

    response = client.get(reverse("notifications:inbox_message", args=[first.pk]))

    assert b"Your booking at Casa do Cais is confirmed" in response.content
    assert inbox_unread_count(user) == 1
    assert b"1<span" in client.get(reverse("notifications:inbox")).content


def test_everything_is_read_at_once(client: Client) -> None:
    user = UserFactory()
    fill(user, 3)
    client.force_login(user)

    client.post(reverse("notifications:inbox_all_read"))

    assert inbox_unread_count(user) == 0


def test_somebody_elses_message_is_not_there(client: Client) -> None:
    (message,) = fill(UserFactory(), 1)
    client.force_login(UserFactory())

    assert client.get(reverse("notifications:inbox_message", args=[message.pk])).status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_nobody_has_no_inbox(client: Client) -> None:
    assert client.get(reverse("notifications:inbox")).status_code == 302


def test_programs_read_it() -> None:
    user = UserFactory()
    first, _second = fill(user, 2)
    api = api_client(user)

    listed = api.get(f"{V1}notifications/").json()
    assert [row["id"] for row in listed["results"]] == [row.pk for row in inbox_for_user(user)]
    assert listed["results"][0]["category"] == "service"
    assert api.get(f"{V1}notifications/unread-count/").json() == {"unread": 2}
    assert api.post(f"{V1}notifications/{first.pk}/read/").json()["read_at"] is not None
    assert api.post(f"{V1}notifications/read-all/").json() == {"read": 1}
    assert api_client(UserFactory()).post(f"{V1}notifications/{first.pk}/read/").status_code == 404
    assert api_client().get(f"{V1}notifications/").status_code == 401


@pytest.mark.parametrize("count", [5, 50])
def test_programs_pay_the_same(django_assert_num_queries: Any, count: int) -> None:
    user = UserFactory()
    fill(user, count)
    api = api_client(user)
    cache_server().redis.flushdb()

    with django_assert_num_queries(2):
        assert len(api.get(f"{V1}notifications/?page_size=100").json()["results"]) == count


def test_programs_choose() -> None:
    api = api_client(UserFactory())
    choice = {"category": "marketing", "channel": "email", "is_on": True}

    changed = api.patch(f"{V1}notifications/preferences/", {"choices": [choice]}, format="json")

    marketing = next(row for row in changed.json() if row["category"] == "marketing")
    assert marketing["choices"][0]["is_on"] is True
    locked = {"category": "service", "channel": "email", "is_on": False}
    assert (
        api.patch(f"{V1}notifications/preferences/", {"choices": [locked]}, format="json").status_code == 422
    )


@pytest.mark.performance
def test_list_and_count_use_their_indexes() -> None:
    user, other = UserFactory(), UserFactory()
    template = {"recipient": "x@example.com", "type": "generic", "channel": "inbox", "status": "sent"}
    Notification.objects.bulk_create(
        Notification(user=user if number % 50 == 0 else other, dedup_key=f"n{number}", **template)
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notification")

    newest = inbox_for_user(user)[:20].explain()
    unread = inbox_for_user(user).filter(read_at__isnull=True).order_by()[:100].explain()

    assert "notification_user_inbox" in newest
    assert "Sort" not in newest
    assert "notification_user_unread" in unread or "notification_user_inbox" in unread
    assert "Seq Scan" not in newest + unread


@pytest.mark.parametrize("type_key", [key for key in MESSAGE_TYPES if not key.startswith("account_")])
def test_staff_see_no_link_that_opens_a_booking(type_key: str) -> None:
    sample = sample_notification(type_key)

    mail = notification_render(notification_masked(sample))

    for secret in ("token=secret", "offer/secret", "entry/secret", "alerts/secret"):
        assert secret not in mail.html + mail.text


def test_staff_read_a_real_message_without_the_guests_link(client: Client) -> None:
    house = hotel(rooms=1, nights=3)
    confirmed(house)
    message = Notification.objects.get(type="booking_confirmed", channel="email")
    link = message.context["url"]
    assert "token=" in link
    assert link in notification_render(message).text
    client.force_login(StaffFactory.create(property=house.property))

    page = client.get(reverse("admin:notifications_notification_change", args=[message.pk]))
    frame = client.get(reverse("admin:notifications_notification_html", args=[message.pk]))

    token = link.partition("token=")[2]
    for answer in (page, frame):
        assert answer.status_code == 200
        assert message.context["reference"] in answer.content.decode()
        assert token not in answer.content.decode()
        assert "#hidden" in answer.content.decode()
    message.refresh_from_db()
    assert message.context["url"] == link, "what is sent keeps its link"
    stranger = Client()
    stranger.force_login(StaffFactory.create(property=hotel(rooms=1, nights=1).property))
    foreign = stranger.get(reverse("admin:notifications_notification_html", args=[message.pk]))
    assert foreign.status_code == 404


def test_staff_see_the_templates(client: Client) -> None:
    client.force_login(SuperuserFactory())

    assert client.get(reverse("admin:notifications_templates"), {"language": "de"}).status_code == 200
    assert client.get(reverse("admin:notifications_template", args=["booking_held"])).status_code == 200
    dark = client.get(reverse("admin:notifications_template_html", args=["booking_held"]), {"scheme": "dark"})
    assert b"@media all" in dark.content
    assert client.get(reverse("admin:notifications_template", args=["nothing"])).status_code == 404


def test_developers_see_the_templates(client: Client) -> None:
    assert client.get(reverse("notifications:template_list")).status_code == 200
    for key in MESSAGE_TYPES:
        assert client.get(reverse("notifications:template_detail", args=[key])).status_code == 200
    receipt = client.get(reverse("notifications:template_receipt", args=["payment_receipt"]))
    assert receipt.content.startswith(b"%PDF-")
    assert client.get(reverse("notifications:template_receipt", args=["welcome"])).status_code == 404


def test_a_message_leads_only_to_this_site(settings: Any) -> None:
    settings.SITE_URL = "https://vacancy.example"
    sample = sample_notification("generic")
    assert InboxMessage.of(sample).action_url == "https://vacancy.example/hotels/casa-do-cais/"
    sample.context["action_url"] = "https://elsewhere.example/"

    assert InboxMessage.of(sample).action_url == ""
