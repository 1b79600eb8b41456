"""Sending again: one delivery, a range by number or time, tests, and what a slow endpoint may take."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.cache.client import cache_server
from core.exceptions import PermissionDenied
from core.models import Effect
from notifications.exceptions import EndpointOff, RangeInvalid
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.delivering import delivery_send
from notifications.services.numbering import events_number_all
from notifications.services.resending import (
    EventRange,
    deliveries_resend,
    deliveries_resend_start,
    delivery_resend,
    webhook_test_send,
)
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import PropertyFactory
from tests.factories.webhooks import endpoint as endpoint_of
from tests.factories.webhooks import event
from tests.outbox import run_effects
from tests.receiver import receiving, status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_breakers():
    cache_server().redis.flushdb()
    yield
    cache_server().redis.flushdb()


@pytest.fixture
def house():
    return PropertyFactory()


@pytest.fixture
def manager(house):
    return StaffFactory(property=house)


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def endpoint(receiver, house, manager):
    return endpoint_of(house, owner=manager, url=receiver.url)


def told(receiver):
    return [json.loads(request.body)["sequence"] for request in receiver.received]


def test_a_delivery_is_sent_again_with_the_same_id(receiver, house, manager, endpoint):
    event(house)
    run_effects()
    delivery = endpoint.deliveries.get()
    delivery_resend(delivery_id=delivery.pk, actor=manager)
    run_effects()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.resends) == ("delivered", 2, 1)
    assert receiver.ids == [delivery.event.uid] * 2
    assert list(delivery.attempt_log.values_list("number", flat=True)) == [1, 2]


def test_a_delivery_that_waits_is_sent_at_once_and_its_attempts_begin_anew(
    receiver, house, manager, endpoint
):
    receiver.answers = [status(400)] * 3
    event(house)
    moment = timezone.now() + timedelta(seconds=1)
    for _attempt in range(3):
        run_effects(at=moment)
        delivery = endpoint.deliveries.get()
        moment = delivery.next_attempt_at
    assert delivery.tries == 3
    delivery_resend(delivery_id=delivery.pk, actor=manager)
    run_effects()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries, delivery.resends) == ("delivered", 0, 0)
    assert Effect.objects.count() == 1


def test_who_may_not_sends_nothing_again(house, endpoint):
    event(house)
    delivery = endpoint.deliveries.get()
    for actor in (StaffFactory(), StaffFactory(property=house, role="front_desk")):
        with pytest.raises(PermissionDenied):
            delivery_resend(delivery_id=delivery.pk, actor=actor)
        with pytest.raises(PermissionDenied):
            deliveries_resend_start(endpoint_id=endpoint.pk, wanted=EventRange(after=0), actor=actor)
        with pytest.raises(PermissionDenied):
            webhook_test_send(endpoint_id=endpoint.pk, actor=actor)
    delivery.refresh_from_db()
    assert (delivery.resent_at, Effect.objects.count()) == (None, 1)


def test_a_range_by_number_holds_what_happened_while_the_endpoint_was_off(receiver, house, manager, endpoint):
    event(house)
    run_effects()
    off = {"is_enabled": False, "disabled_reason": "gone", "disabled_at": timezone.now()}
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**off)
    for _number in range(3):
        event(house)
    event(PropertyFactory())
    with pytest.raises(EndpointOff):
        deliveries_resend_start(endpoint_id=endpoint.pk, wanted=EventRange(after=1), actor=manager)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        is_enabled=True, disabled_reason="", disabled_at=None
    )
    assert deliveries_resend_start(endpoint_id=endpoint.pk, wanted=EventRange(after=1), actor=manager) == 3
    run_effects()
    assert told(receiver) == [1, 2, 3, 4]
    assert set(endpoint.deliveries.values_list("status", flat=True)) == {"delivered"}


def test_a_range_by_time_and_only_what_is_missing(receiver, house, manager, endpoint):
    now = timezone.now()
    for hours in (5, 3, 1):
        event(house, at=now - timedelta(hours=hours))
    run_effects()
    wanted = EventRange(since=now - timedelta(hours=4), before=now - timedelta(hours=2))
    assert deliveries_resend(endpoint_id=endpoint.pk, wanted=wanted, begun_at=now) == 1
    missing = EventRange(since=now - timedelta(hours=9), is_missing_only=True)
    endpoint.deliveries.filter(event__sequence=3).update(status="failed", delivered_at=None)
    assert deliveries_resend(endpoint_id=endpoint.pk, wanted=missing, begun_at=now) == 2  # 2 is on its way
    run_effects()
    assert sorted(told(receiver)) == [1, 2, 2, 3, 3]


def test_a_range_that_was_interrupted_is_repeated_without_sending_twice(receiver, house, endpoint):
    begun_at = timezone.now()
    for _number in range(3):
        event(house)
    run_effects()
    wanted = EventRange(after=0)
    for _repetition in range(2):
        assert deliveries_resend(endpoint_id=endpoint.pk, wanted=wanted, begun_at=begun_at) == 3
    run_effects()
    assert told(receiver) == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    "wanted",
    [
        EventRange(),
        EventRange(until=5),
        EventRange(after=5, until=5),
        EventRange(before=timezone.now()),
        EventRange(since=timezone.now(), before=timezone.now() - timedelta(hours=1)),
    ],
)
def test_a_range_that_is_none_is_refused(wanted, manager, endpoint):
    with pytest.raises(RangeInvalid):
        deliveries_resend_start(endpoint_id=endpoint.pk, wanted=wanted, actor=manager)
    assert not Effect.objects.exists()


def test_the_command_counts_and_sends(receiver, house, endpoint):
    for _number in range(3):
        event(house)
    run_effects()
    out = io.StringIO()
    call_command("webhooks_resend", endpoint.pk, after=1, dry_run=True, as_json=True, stdout=out)
    assert json.loads(out.getvalue()) == {"endpoint": endpoint.pk, "events": 2, "dry_run": True}
    out = io.StringIO()
    call_command("webhooks_resend", str(endpoint.pk), "--after", "1", "--until", "2", stdout=out)
    assert out.getvalue() == "1 events are sent again.\n"
    run_effects()
    assert told(receiver) == [1, 2, 3, 2]
    with pytest.raises(CommandError, match="invalid_range"):
        call_command("webhooks_resend", str(endpoint.pk))
    with pytest.raises(CommandError, match="webhook_endpoint_not_found"):
        call_command("webhooks_resend", "987654321", "--after", "0")


def test_a_test_is_sent_once_and_says_nothing_about_the_endpoint(receiver, house, manager, endpoint):
    receiver.default = status(500)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        is_enabled=False, disabled_reason="by_hand", disabled_at=timezone.now()
    )
    delivery = webhook_test_send(endpoint_id=endpoint.pk, actor=manager)
    run_effects()
    body = json.loads(receiver.received[0].body)
    assert (body["type"], body["id"], body["sequence"]) == ("webhook.test", f"test_{delivery.pk}", None)
    assert body["property"] == {"id": house.pk, "slug": house.slug}
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.status, delivery.attempts, Effect.objects.get().status) == ("failed", 1, "done")
    assert (endpoint.failing_since, endpoint.last_failure_at) == (None, None)


def test_an_endpoint_has_two_deliveries_at_a_time_and_a_slow_one_has_one(receiver, house, endpoint):
    at = timezone.now()
    busy = [
        WebhookDelivery.objects.create(
            endpoint=endpoint, created_at=at, in_flight_until=at + timedelta(hours=1)
        )
        for _number in range(2)
    ]
    event(house)
    run_effects(at=timezone.now() + timedelta(seconds=1))
    assert receiver.received == []
    effect = Effect.objects.get()
    assert (effect.status, effect.last_error) == ("pending", "the endpoint has enough to do")
    busy[0].delete()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(last_seconds=3.0)
    run_effects(at=effect.due_at)
    assert receiver.received == []
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(last_seconds=0.2)
    run_effects(at=Effect.objects.get().due_at)
    assert told(receiver) == [1]


def test_slow_endpoints_together_leave_places_to_the_others(receiver, house, endpoint):
    at = timezone.now()
    for _number in range(2):
        slow = endpoint_of(house, last_seconds=8.0, event_types=["rates.changed"])
        WebhookDelivery.objects.create(
            endpoint=slow, created_at=at, in_flight_until=at + timedelta(minutes=1)
        )
    third = endpoint_of(house, url=receiver.url, last_seconds=8.0)
    event(house)
    run_effects(at=timezone.now() + timedelta(seconds=1))
    assert told(receiver) == [1]
    assert endpoint.deliveries.get().status == "delivered"
    assert third.deliveries.get().attempts == 0
    run_effects(at=at + timedelta(minutes=6))
    assert third.deliveries.get().status == "delivered"


def test_a_delivery_costs_the_same_however_many_wait(receiver, house, endpoint):
    counts = []
    for waiting in (1, 20):
        for _number in range(waiting):
            event(house)
        events_number_all()
        delivery = endpoint.deliveries.filter(status="pending").order_by("id").first()
        with CaptureQueriesContext(connection) as queries:
            delivery_send(delivery_id=delivery.pk, at=timezone.now())
        counts.append(len(queries))
    assert counts == [13, 13]
