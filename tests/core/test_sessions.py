import time
from typing import Any

import pytest
from django.test import Client

from core.security import sessions

pytestmark = [pytest.mark.urls("tests.core.urls"), pytest.mark.django_db]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    clock = {"at": time.time()}
    monkeypatch.setattr(sessions.time, "time", lambda: clock["at"])
    return clock


def log_in(client: Client, django_user_model: Any, *, is_staff: bool) -> None:
    client.force_login(django_user_model.objects.create(email="desk@example.com", is_staff=is_staff))


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_staff_are_logged_out_after_thirty_idle_minutes(
    client: Client, django_user_model: Any, now: dict[str, float]
) -> None:
    log_in(client, django_user_model, is_staff=True)
    client.get("/plain")

    for minutes in (29, 29, 29):  # every request counts as presence
        now["at"] += minutes * 60
        client.get("/plain")
        assert is_logged_in(client)
    now["at"] += 30 * 60
    client.get("/plain")

    assert not is_logged_in(client)


def test_guests_stay(client: Client, django_user_model: Any, now: dict[str, float]) -> None:
    log_in(client, django_user_model, is_staff=False)
    client.get("/plain")
    now["at"] += 24 * 3600
    client.get("/plain")

    assert is_logged_in(client)
    assert sessions.SEEN_KEY not in client.session


def test_presence_is_written_once_a_minute(
    client: Client, django_user_model: Any, now: dict[str, float], django_assert_num_queries: Any
) -> None:
    log_in(client, django_user_model, is_staff=True)
    client.get("/plain")
    written_at = client.session[sessions.SEEN_KEY]
    now["at"] += 59
    client.get("/plain")
    assert client.session[sessions.SEEN_KEY] == written_at
    now["at"] += 1
    client.get("/plain")
    assert client.session[sessions.SEEN_KEY] == written_at + 60


def test_nobodys_request_asks_no_session(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/plain").status_code == 200
