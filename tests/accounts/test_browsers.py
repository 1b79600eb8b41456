"""People read which browser it was, not what it says of itself."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.services import user_create
from accounts.templatetags.browsers import browser_words

PASSWORD = "a lantern over the door"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/130.0 Safari/537.36 OPR/115.0", "Opera on Linux"),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.7; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 300, "x" * 119 + "…"),
        ("", "unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_has_a_name(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words


@pytest.mark.django_db
def test_the_list_of_devices_names_the_browser() -> None:
    user_create(email="ada@example.com", password=PASSWORD, is_verified=True)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/account/login/", {"login": "ada@example.com", "password": PASSWORD})
    page = client.get("/account/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "Mozilla/5.0" not in page
