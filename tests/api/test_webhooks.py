"""Webhook endpoints, deliveries and events over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import WebhookEndpoint
from notifications.services.forgetting import events_forget
from tests.api.asking import V1, client, problem
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.webhooks import endpoint, event
from tests.outbox import run_effects
from tests.receiver import receiving

pytestmark = pytest.mark.django_db
ENDPOINTS = f"{V1}webhooks/endpoints/"


@pytest.fixture
def manager(house):
    return StaffFactory(property=house.property)


@pytest.fixture
def api(manager):
    return client(manager)


def test_an_endpoint_from_its_registration_to_its_end(api, house, manager):
    with receiving() as receiver:
        body = {"url": receiver.url, "property": house.property.pk, "event_types": ["booking.confirmed"]}
        made = api.post(ENDPOINTS, body)
        assert made.status_code == 201, made.json()
        assert made["Cache-Control"] == "private, no-store"
        row = made.json()
        assert row["secret"].startswith("whsec_")
        assert (row["owner"], row["is_enabled"]) == (manager.email, True)
        url = f"{ENDPOINTS}{row['id']}/"
        assert "secret" not in api.get(url).json()
        rotated = api.post(f"{url}secret/").json()
        assert rotated["secret"] not in ("", row["secret"])
        changed = api.patch(url, {"description": "PMS", "event_types": [], "is_enabled": False}).json()
        assert (changed["description"], changed["event_types"]) == ("PMS", [])
        assert (changed["is_enabled"], changed["disabled_reason"]) == (False, "by_hand")
        problem(api.post(f"{url}resend/", {"after": 0}), 409, "webhook_endpoint_off")
        assert api.patch(url, {"is_enabled": True}).json()["disabled_at"] is None
        assert api.post(f"{url}test/").json()["type"] == "webhook.test"
        event(house.property)
        assert api.post(f"{url}resend/", {"after": 0}).json() == {"events": 1}
        run_effects()
        listed = api.get(f"{url}deliveries/?status=delivered").json()["results"]
        assert [line["type"] for line in listed] == ["booking.confirmed", "webhook.test"]
        details = api.get(f"{url}deliveries/{listed[0]['id']}/").json()
        assert details["payload"]["sequence"] == 1
        # delivered, and then again by the range
        assert [attempt["answer_status"] for attempt in details["attempt_log"]] == [204, 204]
        again = api.post(f"{url}deliveries/{listed[0]['id']}/resend/")
        assert (again.status_code, again.json()["status"]) == (202, "pending")
        assert api.delete(url).status_code == 204
        problem(api.get(url), 404, "webhook_endpoint_not_found")


def test_an_address_that_leads_inside_is_refused(api, house, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    for url, code in (
        ("http://127.0.0.1:8000/", "address_refused"),
        ("https://169.254.169.254/latest/meta-data/", "address_refused"),
        ("ftp://127.0.0.1/", "url_refused"),
    ):
        answer = problem(api.post(ENDPOINTS, {"url": url, "property": house.property.pk}), 422, code)
        assert answer["errors"][0]["field"] == "url"
    assert not WebhookEndpoint.objects.exists()


def test_endpoints_are_for_managers_of_their_property(house):
    row = endpoint(house.property)
    chain = endpoint(None)
    event(house.property)
    sent = row.deliveries.get()
    body = {"url": "http://127.0.0.1:9/", "property": house.property.pk}
    strangers = [
        StaffFactory(),
        StaffFactory(property=house.property, role="front_desk"),
        StaffFactory(property=house.property, role="finance"),
        UserFactory(),
    ]
    for user in strangers:
        api = client(user)
        url = f"{ENDPOINTS}{row.pk}/"
        assert api.get(ENDPOINTS).json()["results"] == []
        problem(api.post(ENDPOINTS, body), 403, "permission_denied")
        for answer in (
            api.get(url),
            api.patch(url, {"is_enabled": False}),
            api.delete(url),
            api.post(f"{url}secret/"),
            api.post(f"{url}test/"),
            api.post(f"{url}resend/", {"after": 0}),
            api.get(f"{url}deliveries/"),
            api.post(f"{url}deliveries/{sent.pk}/resend/"),
        ):
            problem(answer, 404, "webhook_endpoint_not_found")
    problem(client().get(ENDPOINTS), 401, "not_authenticated")
    manager = client(StaffFactory(property=house.property))
    problem(manager.get(f"{ENDPOINTS}{chain.pk}/"), 404, "webhook_endpoint_not_found")
    problem(manager.post(ENDPOINTS, {"url": "http://127.0.0.1:9/"}), 403, "permission_denied")
    assert client(SuperuserFactory()).post(ENDPOINTS, {"url": "http://127.0.0.1:9/"}).status_code == 201
    row.refresh_from_db()
    assert (row.is_enabled, row.secrets.count(), row.deliveries.count()) == (True, 1, 1)


def test_events_are_listed_by_number_for_staff_of_the_property(house):
    for kind in ("booking.held", "booking.confirmed", "booking.cancelled"):
        event(house.property, type=kind)
    api = client(StaffFactory(property=house.property, role="finance"))
    url = f"{V1}events/?property={house.property.pk}"
    page = api.get(f"{url}&limit=2").json()
    assert [row["sequence"] for row in page["events"]] == [1, 2]
    assert (page["next_after"], page["oldest"], page["last"], page["has_more"]) == (2, 1, 3, True)
    assert "chain_sequence" not in page["events"][0]
    rest = api.get(f"{url}&after=2&types=booking.cancelled,booking.held").json()
    assert ([row["type"] for row in rest["events"]], rest["has_more"]) == (["booking.cancelled"], False)
    chain = api.get(f"{V1}events/?after=1").json()
    assert [row["chain_sequence"] for row in chain["events"]] == [2, 3]
    problem(api.get(f"{url}&after=4"), 409, "cursor_ahead")
    problem(client(StaffFactory()).get(f"{V1}events/"), 403, "permission_denied")
    problem(client(UserFactory()).get(f"{V1}events/"), 403, "permission_denied")
    problem(client(SuperuserFactory()).get(f"{V1}events/?after=-1"), 400, "validation_failed")


def test_a_cursor_that_is_too_old_is_told_so(house):
    event(house.property, at=timezone.now() - timedelta(days=100))
    event(house.property)
    events_forget()
    api = client(StaffFactory(property=house.property))
    answer = problem(api.get(f"{V1}events/?property={house.property.pk}&after=0"), 410, "cursor_too_old")
    assert answer["data"] == {"oldest": 2, "last": 2}


def test_lists_cost_the_same_however_long_they_are(api, house, django_assert_num_queries):
    row = endpoint(house.property)
    for count in (1, 20):
        for _number in range(count):
            event(house.property)
            endpoint(house.property, event_types=["rates.changed"]) if count == 20 else None
        api.get(f"{V1}events/?property={house.property.pk}")
        with django_assert_num_queries(3):
            api.get(ENDPOINTS)
        with django_assert_num_queries(3):
            api.get(f"{ENDPOINTS}{row.pk}/deliveries/")
        with django_assert_num_queries(5):
            api.get(f"{V1}events/?property={house.property.pk}")
