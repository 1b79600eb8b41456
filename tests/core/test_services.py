"""Every outside service has a breaker under its name, and whoever may can see and reset them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import StaffRole
from core.cache import client as cache_client
from core.cache.client import CacheServer, cache_server
from core.models import ScheduledJob
from core.resilience.breaker import Status
from core.resilience.report import service_reports, service_states
from core.resilience.services import ServiceUnknown, breaker_get, service_label, service_names
from core.schedule.states import jobs_sync
from tests.admin.conftest import logged_in, staff_of
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db

SERVICES = ["calendars", "email", "webhooks"]


class Down(Exception):
    pass


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache_server().redis.flushdb()


def fail(name: str, times: int = 5) -> None:
    for _time in range(times):
        with pytest.raises(Down), breaker_get(name).guard():
            raise Down


def test_the_services_of_an_installation_without_stripe() -> None:
    assert service_names() == SERVICES
    assert service_states() == dict.fromkeys(SERVICES, Status.CLOSED)


def test_stripe_is_one_once_it_is_switched_on(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = settings.STRIPE_PUBLISHABLE_KEY = "x"
    settings.STRIPE_WEBHOOK_SECRETS = ["x"]

    assert service_names() == ["calendars", "email", "payments.stripe", "webhooks"]


def test_a_family_has_a_breaker_for_each_member() -> None:
    fail("webhooks.dead.example")

    assert service_states()["webhooks.dead.example"] is Status.OPEN
    assert service_states()["webhooks"] is Status.CLOSED
    with breaker_get("webhooks.well.example").guard():
        pass
    assert service_label("webhooks.dead.example") == "Webhooks: dead.example"


def test_nobody_calls_a_service_that_is_not_known() -> None:
    with pytest.raises(ServiceUnknown):
        breaker_get("telegraph")
    with pytest.raises(ServiceUnknown):
        breaker_get("email.somebody")


def test_a_report_says_since_when_and_what_happened() -> None:
    with breaker_get("email").guard():
        pass
    fail("email")

    report = next(one for one in service_reports() if one.name == "email")

    assert (report.status, report.is_shared) == (Status.OPEN, True)
    assert [(event.what, event.detail) for event in report.events] == [
        ("changed", "open"),
        *[("failed", "Down")] * 5,
        ("succeeded", ""),
    ]
    assert report.since == report.events[0].at
    assert report.next_try_at is not None
    assert (report.next_try_at - report.since).total_seconds() == pytest.approx(30, abs=0.01)


def test_without_the_cache_server_a_report_is_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    fail("email")
    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    report = next(one for one in service_reports() if one.name == "email")

    assert (report.status, report.is_shared, report.events) == (Status.OPEN, False, ())


def test_health_names_the_states_and_is_degraded_while_one_is_open(client: Client) -> None:
    well = client.get("/api/health").json()
    fail("email")
    ill = client.get("/api/health")

    assert (well["status"], well["services"]) == ("ok", dict.fromkeys(SERVICES, "closed"))
    assert (ill.status_code, ill.json()["status"], ill.json()["services"]["email"]) == (
        200,
        "degraded",
        "open",
    )


# --- the page -------------------------------------------------------------------------------------------------------


def test_an_operator_sees_and_resets_after_being_asked() -> None:
    fail("email")
    client = logged_in(SuperuserFactory.create())

    page = client.get("/admin/services/")
    asked = client.get("/admin/services/email/reset/")
    still = breaker_get("email").circuit().status
    done = client.post("/admin/services/email/reset/", follow=True)

    assert "Left alone" in page.text
    assert "Down" in page.text
    assert (asked.status_code, still) == (200, Status.OPEN)
    assert "E-mail is called again." in done.text
    assert breaker_get("email").circuit().status is Status.CLOSED


@pytest.mark.parametrize(
    ("role", "status"), [(StaffRole.MANAGER, 200), (StaffRole.FRONT_DESK, 403), (StaffRole.FINANCE, 403)]
)
def test_managers_may_and_others_may_not(role: str, status: int) -> None:
    fail("email")
    client = staff_of(hotel(nights=1), role)

    assert client.get("/admin/services/").status_code == status
    assert ("Outside services" in client.get("/admin/").text) == (status == 200)
    answer = client.post("/admin/services/email/reset/")

    assert answer.status_code == (302 if status == 200 else 403)
    assert breaker_get("email").circuit().status is (Status.CLOSED if status == 200 else Status.OPEN)


def test_an_unknown_service_is_not_found() -> None:
    client = logged_in(SuperuserFactory.create())

    assert client.post("/admin/services/telegraph/reset/").status_code == 404


# --- figures --------------------------------------------------------------------------------------------------------


def test_figures_for_this_machine(client: Client) -> None:
    fail("email")
    jobs_sync(ScheduledJob.objects.all())

    answer = client.get("/metrics")

    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert 'vacancy_breaker_state{service="email",state="open"} 1.0' in lines
    assert 'vacancy_breaker_state{service="email",state="closed"} 0.0' in lines
    assert 'vacancy_outbox_effects{queue="email",status="pending"} 0.0' in lines
    assert 'vacancy_outbox_oldest_seconds{queue="processing"} 0.0' in lines
    assert 'vacancy_notifications_pending{channel="email"} 0.0' in lines
    assert "vacancy_refunds_pending 0.0" in lines
    assert any(line.startswith("vacancy_job_last_success_timestamp_seconds{job=") for line in lines)


@pytest.mark.parametrize(
    "outside",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_figures_for_nobody_else(client: Client, settings: Any, outside: dict[str, str]) -> None:
    outside = {"REMOTE_ADDR": "203.0.113.7", **outside} if "HTTP_X_FORWARDED_FOR" not in outside else outside

    answer = client.get("/metrics", **outside)  # type: ignore[arg-type]

    assert (answer.status_code, answer.text) == (403, "Forbidden")


def test_figures_by_token_and_for_superusers(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token-of-at-least-32-characters-"

    by_token = client.get(
        "/metrics", REMOTE_ADDR="203.0.113.7", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    )
    by_staff = logged_in(StaffFactory.create()).get("/metrics", REMOTE_ADDR="203.0.113.7")
    by_root = logged_in(SuperuserFactory.create()).get("/metrics", REMOTE_ADDR="203.0.113.7")

    assert [answer.status_code for answer in (by_token, by_staff, by_root)] == [200, 403, 200]


def test_figures_cost_the_same_whatever_there_is(django_assert_num_queries: Any, client: Client) -> None:
    with django_assert_num_queries(23):
        client.get("/metrics")
