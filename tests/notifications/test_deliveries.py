"""Deliveries over real HTTP: signed, tried again, in order, one dead endpoint in nobody's way."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from core.cache.client import cache_server
from core.models import Effect
from core.outbound import AddressRefused
from notifications.models import DomainEvent, Notification, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.services import domain_event_record
from notifications.services.endpoints import (
    webhook_endpoint_disable,
    webhook_endpoint_enable,
    webhook_endpoint_register,
    webhook_secret_rotate,
)
from notifications.services.outcomes import RETRY_PAUSES_SECONDS, pause_after
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.inventory import PropertyFactory
from tests.outbox import run_effects
from tests.receiver import endless, receiving, slow, status

pytestmark = pytest.mark.django_db(transaction=True)


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


def register(receiver, house, manager, **options):
    return webhook_endpoint_register(url=receiver.url, property_id=house.pk, actor=manager, **options)


def happen(house, type="booking.confirmed", subject="booking:K7XM3PQR", **data):  # noqa: A002
    with transaction.atomic():
        return domain_event_record(type=type, property_id=house.pk, subject=subject, data=data)


def test_a_delivery_is_signed_as_standard_webhooks_are(receiver, house, manager):
    _endpoint, secret = register(receiver, house, manager)
    event_id = happen(house, reference="K7XM3PQR", guests="Zoë")
    run_effects()
    event = DomainEvent.objects.get(pk=event_id)
    [request] = receiver.received
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["webhook-id"] == event.uid
    assert Webhook(secret).verify(request.body.decode(), request.headers) == {
        "id": event.uid,
        "type": "booking.confirmed",
        "version": 1,
        "sequence": 1,
        "created_at": event.created_at.isoformat(),
        "property": {"id": house.pk, "slug": house.slug},
        "subject": "booking:K7XM3PQR",
        "data": {"reference": "K7XM3PQR", "guests": "Zoë"},
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body.decode().replace("K7XM", "AAAA"), request.headers)
    other = Webhook("whsec_" + "A" * 43 + "=")
    with pytest.raises(WebhookVerificationError):
        other.verify(request.body.decode(), request.headers)


def test_an_attempt_is_written_down_without_secrets(receiver, house, manager):
    receiver.default = status(
        200, b"thanks token=abc Token abcdefgh12345 me@example.com", Set_Cookie="session=1", X_Answer="yes"
    )
    endpoint, secret = register(receiver, house, manager)
    happen(house)
    run_effects()
    delivery = endpoint.deliveries.get()
    attempt = delivery.attempt_log.get()
    assert (delivery.status, delivery.attempts, delivery.in_flight_until) == ("delivered", 1, None)
    assert (attempt.number, attempt.answer_status, attempt.error) == (1, 200, "")
    assert (attempt.url, attempt.address) == (receiver.url, "127.0.0.1")
    assert set(attempt.request_headers) == {"Content-Type", "webhook-id", "webhook-timestamp"}
    assert attempt.answer_headers["x-answer"] == "yes"
    assert attempt.answer_headers["set-cookie"] == "[masked]"
    assert attempt.answer_body == "thanks token=abc Token [masked] [masked]"
    endpoint.refresh_from_db()
    assert endpoint.last_success_at is not None
    assert secret not in json.dumps(list(WebhookAttempt.objects.values()), default=str)


def test_only_the_events_that_an_endpoint_wants_are_delivered(receiver, house, manager):
    register(receiver, house, manager, event_types=["booking.cancelled"])
    happen(house, "booking.held")
    happen(house, "booking.cancelled")
    happen(PropertyFactory(), "booking.cancelled")
    run_effects()
    assert [json.loads(request.body)["type"] for request in receiver.received] == ["booking.cancelled"]
    assert WebhookDelivery.objects.count() == 1


def test_an_endpoint_of_the_chain_gets_the_events_of_all_with_their_number_among_all(receiver, house):
    webhook_endpoint_register(url=receiver.url, property_id=None, actor=SuperuserFactory())
    other = PropertyFactory()
    happen(house)
    happen(other, subject="booking:OTHER")
    run_effects()
    bodies = [json.loads(request.body) for request in receiver.received]
    assert [(body["property"]["id"], body["sequence"], body["chain_sequence"]) for body in bodies] == [
        (house.pk, 1, 1),
        (other.pk, 1, 2),
    ]


def test_nothing_is_delivered_of_what_was_rolled_back(receiver, house, manager):
    register(receiver, house, manager)
    with transaction.atomic():
        domain_event_record(type="booking.held", property_id=house.pk, subject="booking:X", data={})
        transaction.set_rollback(True)
    run_effects()
    assert receiver.received == []
    assert not DomainEvent.objects.exists()
    assert not Effect.objects.exists()


def test_both_secrets_sign_for_a_day_after_a_rotation(receiver, house, manager):
    at = timezone.now()
    endpoint, old = register(receiver, house, manager, at=at - timedelta(days=9))
    _endpoint, new = webhook_secret_rotate(
        endpoint_id=endpoint.pk, actor=manager, at=at - timedelta(hours=23)
    )
    happen(house)
    run_effects()
    request = receiver.received[-1]
    assert len(request.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(request.body.decode(), request.headers)
    endpoint.secrets.filter(expires_at__isnull=False).update(expires_at=at - timedelta(seconds=1))
    happen(house)
    run_effects()
    request = receiver.received[-1]
    Webhook(new).verify(request.body.decode(), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(request.body.decode(), request.headers)


def test_the_database_holds_nothing_that_could_sign_and_the_key_can_be_rotated(
    receiver, house, manager, settings
):
    endpoint, secret = register(receiver, house, manager)
    row = endpoint.secrets.get()
    assert secret not in (row.seed, row.secret_hash)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60
    happen(house)
    run_effects()
    Webhook(secret).verify(receiver.received[0].body.decode(), receiver.received[0].headers)
    settings.SECRET_KEY_FALLBACKS = []
    happen(house)
    run_effects()
    assert len(receiver.received) == 1
    assert WebhookAttempt.objects.last().error == "secret_lost"


def test_the_pauses_grow_and_the_last_attempt_is_three_days_after_the_first(
    receiver, house, manager, monkeypatch
):
    monkeypatch.setattr("notifications.services.outcomes.random.uniform", lambda low, _high: low)
    receiver.default = status(404)
    endpoint, _secret = register(receiver, house, manager)
    happen(house)
    moment, pauses = timezone.now() + timedelta(seconds=1), []
    first = moment
    while True:
        assert run_effects(at=moment, kinds=["webhooks.deliver"]).total == 1
        delivery = endpoint.deliveries.get()
        if delivery.status != "pending":
            break
        assert run_effects(at=delivery.next_attempt_at - timedelta(milliseconds=1)).total == 0
        pauses.append((delivery.next_attempt_at - moment).total_seconds())
        moment = delivery.next_attempt_at
    assert tuple(pauses) == RETRY_PAUSES_SECONDS
    assert sorted(pauses) == pauses
    assert moment - first == timedelta(days=3)
    assert (delivery.status, delivery.attempts, len(receiver.received)) == ("failed", 11, 11)
    assert set(receiver.ids) == {delivery.event.uid}
    effect = Effect.objects.get(kind="webhooks.deliver")
    assert (effect.status, effect.last_error) == ("dead", "given up after 11 attempts: status_404")


def test_pauses_are_up_to_a_tenth_longer_by_chance():
    for tries, pause in enumerate(RETRY_PAUSES_SECONDS, start=1):
        waits = [pause_after(tries).total_seconds() for _ in range(50)]
        assert pause <= min(waits) < max(waits) <= pause * 1.1
    assert pause_after(len(RETRY_PAUSES_SECONDS) + 1) is None


def test_an_endpoint_that_is_gone_is_switched_off_at_once_and_its_owner_is_told(receiver, house, manager):
    receiver.default = status(410)
    endpoint, _secret = register(receiver, house, manager)
    happen(house)
    happen(house, subject="booking:OTHER")
    run_effects()
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "gone")
    assert len(receiver.received) == 1
    assert sorted(endpoint.deliveries.values_list("status", flat=True)) == ["failed", "skipped"]
    mail = Notification.objects.get(type="webhook_disabled", channel="email")
    assert (mail.recipient, mail.user, mail.property) == (manager.email, manager, house)
    assert (mail.context["endpoint_url"], mail.context["reason"]) == (receiver.url, "gone")
    assert mail.context["manage_url"].endswith(f"/admin/notifications/webhookendpoint/{endpoint.pk}/change/")
    happen(house)
    assert endpoint.deliveries.count() == 2


def test_an_endpoint_that_fails_for_three_days_is_switched_off_and_its_owner_is_told(
    receiver, house, manager
):
    receiver.default = status(500)
    endpoint, _secret = register(receiver, house, manager)
    happen(house)
    start = moment = timezone.now() + timedelta(seconds=1)
    while endpoint.is_enabled:
        cache_server().redis.flushdb()  # the breaker, whose clock is not moved
        run_effects(at=moment, kinds=["webhooks.deliver"])
        endpoint.refresh_from_db()
        if endpoint.is_enabled:
            assert moment - start < timedelta(days=3)
            moment = endpoint.deliveries.get().next_attempt_at
    assert timedelta(days=3) <= moment - start <= timedelta(days=3.3)
    assert (endpoint.disabled_reason, endpoint.failing_since, endpoint.disabled_at) == (
        "failing",
        start,
        moment,
    )
    mail = Notification.objects.get(type="webhook_disabled", channel="email")
    assert (mail.context["reason"], mail.context["since"]) == ("failing", start.isoformat())


def test_a_success_in_between_ends_the_time_of_failing(receiver, house, manager):
    endpoint, _secret = register(receiver, house, manager)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=timezone.now() - timedelta(days=9))
    happen(house)
    run_effects()
    endpoint.refresh_from_db()
    assert (endpoint.failing_since, endpoint.is_enabled) == (None, True)
    receiver.default = status(500)
    happen(house)
    run_effects()
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
    assert endpoint.failing_since is not None


def test_an_endpoint_switched_off_by_hand_gets_nothing_until_it_is_on(receiver, house, manager):
    endpoint, _secret = register(receiver, house, manager)
    happen(house)
    webhook_endpoint_disable(endpoint_id=endpoint.pk, actor=manager)
    run_effects()
    happen(house)
    assert receiver.received == []
    assert endpoint.deliveries.get().status == "skipped"
    webhook_endpoint_enable(endpoint_id=endpoint.pk, actor=manager)
    happen(house)
    run_effects()
    assert [json.loads(request.body)["sequence"] for request in receiver.received] == [3]


def test_a_booking_is_told_of_in_order_while_other_bookings_go_on(receiver, house, manager):
    """The first event of one booking fails twice; its later ones wait, those of another booking do not."""
    endpoint, _secret = register(receiver, house, manager)
    refusals = [status(503), status(503)]

    def answer(request):
        told = json.loads(request.body)
        is_refused = told["subject"] == "booking:AAAA" and told["data"]["step"] == 1 and refusals
        (refusals.pop() if is_refused else status(204))(request)

    receiver.default = answer
    happen(house, "booking.held", "booking:AAAA", step=1)
    happen(house, "booking.confirmed", "booking:AAAA", step=2)
    moment = timezone.now() + timedelta(seconds=1)
    run_effects(at=moment)
    happen(house, "booking.held", "booking:BBBB", step=1)
    happen(house, "booking.cancelled", "booking:AAAA", step=3)
    moment = endpoint.deliveries.order_by("id").first().next_attempt_at
    run_effects(at=moment)
    run_effects(at=endpoint.deliveries.order_by("id").first().next_attempt_at)
    got = [json.loads(request.body) for request in receiver.received]
    told = [(body["subject"][-4:], body["data"]["step"]) for body in got]
    assert told == [("AAAA", 1), ("BBBB", 1), ("AAAA", 1), ("AAAA", 1), ("AAAA", 2), ("AAAA", 3)]
    assert set(endpoint.deliveries.values_list("status", flat=True)) == {"delivered"}


def test_a_private_address_is_refused_when_it_is_registered_and_when_it_is_delivered_to(
    receiver, house, manager, settings
):
    endpoint, _secret = register(receiver, house, manager)
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    with pytest.raises(AddressRefused):
        register(receiver, house, manager)
    assert WebhookEndpoint.objects.count() == 1
    happen(house)
    run_effects()
    assert receiver.received == []
    assert endpoint.deliveries.get().attempt_log.get().error == "address_refused"


def test_a_dead_host_is_left_alone_and_the_others_are_served(receiver, house, manager):
    with receiving() as closed:
        dead_url = closed.url.replace("127.0.0.1", "localhost")
    dead, _secret = webhook_endpoint_register(url=dead_url, property_id=house.pk, actor=manager)
    alive, _secret = register(receiver, house, manager)
    for number in range(8):
        happen(house, subject=f"booking:{number}")
    run_effects()
    assert len(receiver.received) == 8
    assert set(alive.deliveries.values_list("status", flat=True)) == {"delivered"}
    assert WebhookAttempt.objects.filter(delivery__endpoint=dead).count() == 5
    left_alone = Effect.objects.filter(last_error="the endpoint's host is being left alone")
    assert left_alone.count() == 3
    assert dead.deliveries.filter(status="pending", attempts=0, in_flight_until=None).count() == 3


def test_an_endless_answer_is_cut_and_a_redirect_is_no_success(receiver, house, manager):
    receiver.answers = [endless(200), status(302, location="/elsewhere")]
    endpoint, _secret = register(receiver, house, manager)
    happen(house, subject="booking:A")
    happen(house, subject="booking:B")
    run_effects()
    first, second = WebhookAttempt.objects.order_by("id")
    assert (first.answer_status, len(first.answer_body), first.error) == (200, 4_096, "")
    assert (second.answer_status, second.error) == (302, "status_302")
    assert len(receiver.received) == 2
    assert sorted(endpoint.deliveries.values_list("status", flat=True)) == ["delivered", "pending"]


def test_a_silent_endpoint_costs_a_limited_time(receiver, house, manager, monkeypatch):
    monkeypatch.setattr("notifications.services.delivering.TOTAL_SECONDS", 0.3)
    receiver.default = slow(20)
    endpoint, _secret = register(receiver, house, manager)
    happen(house)
    run_effects()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.error, attempt.answer_status) == ("outbound_timeout", None)
    assert 0.25 < attempt.seconds < 15
    assert endpoint.deliveries.get().status == "pending"
