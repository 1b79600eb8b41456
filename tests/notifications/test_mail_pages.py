from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.notifications import notification

pytestmark = pytest.mark.django_db


def test_the_list_shows_the_newest_first(client):
    older = notification(recipient="older@example.com")
    newer = notification(
        type="account_login_code", recipient="newer@example.com", context={"email": "x", "code": "1"}
    )

    response = client.get(reverse("notifications:mail_list"))

    assert response.status_code == 200
    assert [row[0] for row in response.context["mails"]] == [newer, older]
    assert b"Your code to log in" in response.content
    assert b"Your booking VQ7KM2XD at Casa do Cais" in response.content


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_two_queries(client, django_assert_num_queries, count):
    for _number in range(count):
        notification()

    with django_assert_num_queries(2):
        client.get(reverse("notifications:mail_list"))


def test_the_list_has_pages_and_survives_a_foolish_number(client):
    for _number in range(26):
        notification()

    assert len(client.get(reverse("notifications:mail_list")).context["mails"]) == 25
    assert len(client.get(reverse("notifications:mail_list"), {"page": "2"}).context["mails"]) == 1
    assert client.get(reverse("notifications:mail_list"), {"page": "x"}).status_code == 200


def test_an_empty_outbox_says_so(client):
    assert b"No messages yet" in client.get(reverse("notifications:mail_list")).content


def test_a_message_shows_its_headers_and_text(client):
    written = notification()

    response = client.get(reverse("notifications:mail_detail", args=[written.pk]))

    assert response.status_code == 200
    content = response.content.decode()
    assert "ana@example.com" in content
    assert "Message-ID" in content
    assert "Dear Ana &lt;b&gt;Souza&lt;/b&gt; &amp; Co," in content
    assert f'src="/dev/mail/{written.pk}/html/"' in content
    assert 'sandbox="allow-top-navigation-by-user-activation"' in content


def test_the_html_part_may_be_framed_by_us_and_run_nothing(client):
    written = notification()

    response = client.get(reverse("notifications:mail_html", args=[written.pk]))

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in response.content.decode()


@pytest.mark.parametrize("view", ["mail_detail", "mail_html"])
def test_a_message_that_is_not_there_is_not_found(client, view):
    assert client.get(reverse(f"notifications:{view}", args=[999_999])).status_code == 404


def test_without_demo_pages_there_is_no_mailbox(client, settings):
    written = notification()
    settings.DEMO_PAGES = False

    assert client.get(reverse("notifications:mail_list")).status_code == 404
    assert client.get(reverse("notifications:mail_detail", args=[written.pk])).status_code == 404
    assert client.get(reverse("notifications:mail_html", args=[written.pk])).status_code == 404
