"""Events: believed only when signed and fresh, stored once, and processed in any order."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.exceptions import EventInvalid, GatewayUnavailable, GatewayUnknown
from payments.gateways import GATEWAYS
from payments.gateways.sandbox import bank, signing
from payments.models import FolioEntry, Payment, SandboxIntent, WebhookEvent
from payments.selectors import folio_paid
from payments.services import event_process, event_receive, refund_create, sandbox_events_deliver
from tests.factories.payments import folio_charged, pay
from tests.outbox import run_effects

pytestmark = pytest.mark.django_db

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def body_of(reference: str, event_id: str = "evt_1", event_type: str = "intent.succeeded") -> bytes:
    return json.dumps({"id": event_id, "type": event_type, "intent": reference}).encode()


def receive(body: bytes, *, signed_at: datetime = AT, at: datetime = AT) -> WebhookEvent:
    headers = signing.event_sign(body=body, at=signed_at)
    return event_receive(gateway="sandbox", body=body, headers=headers, at=at)


def test_a_signed_event_is_stored():
    event = receive(body_of("sb_1"))

    assert event == WebhookEvent.objects.get()
    assert (event.gateway, event.event_id, event.type, event.provider_reference) == (
        "sandbox",
        "evt_1",
        "intent.succeeded",
        "sb_1",
    )
    assert event.payload == {"id": "evt_1", "type": "intent.succeeded", "intent": "sb_1"}
    assert event.processed_at is None


def test_the_same_event_is_stored_once():
    assert receive(body_of("sb_1")) == receive(body_of("sb_1"))
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_an_event_is_believed_for_300_seconds(seconds):
    receive(body_of("sb_1"), signed_at=AT - timedelta(seconds=seconds))

    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_event_out_of_time_is_refused(seconds):
    with pytest.raises(EventInvalid) as refused:
        receive(body_of("sb_1"), signed_at=AT - timedelta(seconds=seconds))

    assert (refused.value.http_status, refused.value.data) == (400, {"reason": "too_old"})
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda header: "",
        lambda header: header.replace("v1=", "v1=0"),
        lambda header: header.replace("t=", "t=1"),
        lambda header: header.split(",")[0],
        lambda header: "t=,v1=",
        lambda header: "t=é,v1=é",
    ],
)
def test_a_wrong_signature_is_refused(tamper):
    body = body_of("sb_1")
    headers = {name: tamper(value) for name, value in signing.event_sign(body=body, at=AT).items()}

    with pytest.raises(EventInvalid):
        event_receive(gateway="sandbox", body=body, headers=headers, at=AT)

    assert not WebhookEvent.objects.exists()


def test_a_signature_belongs_to_one_body():
    headers = signing.event_sign(body=body_of("sb_1"), at=AT)

    with pytest.raises(EventInvalid):
        event_receive(gateway="sandbox", body=body_of("sb_2"), headers=headers, at=AT)


def test_another_secret_key_signs_nothing(settings):
    headers = signing.event_sign(body=body_of("sb_1"), at=AT)
    settings.SECRET_KEY = "another-secret-key-of-another-server-0123456789"

    with pytest.raises(EventInvalid):
        event_receive(gateway="sandbox", body=body_of("sb_1"), headers=headers, at=AT)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b"{broken", b"\xff", b'{"id": "1"}'])
def test_a_signed_body_that_is_no_event_is_refused(body):
    with pytest.raises(EventInvalid):
        receive(body)

    assert not WebhookEvent.objects.exists()


def test_only_gateways_that_have_events():
    with pytest.raises(EventInvalid):
        event_receive(gateway="at_property", body=b"{}", headers={}, at=AT)
    with pytest.raises(GatewayUnknown):
        event_receive(gateway="gold", body=b"{}", headers={}, at=AT)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(("requires_action", "processing", "succeeded")))
)
def test_events_in_any_order_and_twice_end_in_the_banks_state(announced, order):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    bank.intent_answer(reference=payment.provider_reference, approved=True)

    for state in (*order, *order):
        event = receive(body_of(payment.provider_reference, f"evt_{state}", f"intent.{state}"))
        event_process(event_id=event.pk)

    payment.refresh_from_db()
    assert payment.status == "captured"
    assert FolioEntry.objects.filter(kind="payment").count() == 1
    assert folio_paid(folio_id=folio.pk) == Decimal("100.00")
    assert WebhookEvent.objects.filter(processed_at__isnull=False, error="").count() == 3
    assert announced() == [("captured", payment.pk)]


def test_an_event_is_no_proof_the_state_is_read_again(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="confirm")
    event = receive(body_of(payment.provider_reference, event_type="intent.succeeded"))

    event_process(event_id=event.pk)

    payment.refresh_from_db()
    assert payment.status == "requires_action"
    assert folio_paid(folio_id=folio.pk) == 0
    assert announced() == []


def test_an_event_that_overtakes_our_own_answer_waits_for_it():
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="timeout")
    intent = SandboxIntent.objects.get()
    event = receive(body_of(intent.reference))

    event = event_process(event_id=event.pk)
    assert (event.processed_at, event.error) == (None, "payment_unknown")

    Payment.objects.update(provider_reference=intent.reference)
    event = event_process(event_id=event.pk)
    assert event.processed_at is not None
    assert event.error == ""
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_an_event_about_nothing_of_ours_is_given_up_after_three_days():
    event = receive(body_of("sb_of_somebody_else"))

    early = event_process(event_id=event.pk, at=event.received_at + timedelta(hours=72))
    assert early.processed_at is None
    late = event_process(event_id=event.pk, at=event.received_at + timedelta(hours=72, seconds=1))
    assert late.processed_at is not None
    assert late.error == "payment_unknown"


def test_an_event_stays_open_while_the_provider_is_away(monkeypatch):
    payment = pay(folio_charged("100.00"), "100.00", card="late")
    SandboxIntent.objects.update(event_due_at=timezone.now())
    event = receive(body_of(payment.provider_reference))

    def away(**_arguments: object) -> None:
        raise GatewayUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(GATEWAYS["sandbox"], "fetch", away)
        patch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)
        event = event_process(event_id=event.pk)
    assert (event.processed_at, event.error) == (None, "payments_unavailable")

    event = event_process(event_id=event.pk)
    assert event.processed_at is not None
    payment.refresh_from_db()
    assert payment.status == "captured"


def test_an_event_moves_pending_refunds_too():
    payment = pay(folio_charged("100.00"), "100.00")
    refund = refund_create(
        payment_id=payment.pk, amount=Decimal("10.00"), reason="x", idempotency_key="refund-by-event"
    )
    event = receive(body_of(payment.provider_reference, event_type="refund.updated"))

    event_process(event_id=event.pk)

    refund.refresh_from_db()
    assert refund.status == "succeeded"


def test_late_events_are_sent_when_they_are_due(announced):
    folio = folio_charged("100.00")
    payment = pay(folio, "100.00", card="late")
    due_at = SandboxIntent.objects.get().event_due_at
    assert due_at is not None

    assert sandbox_events_deliver(at=due_at - timedelta(seconds=1)) == 0
    assert sandbox_events_deliver(at=due_at) == 1
    assert sandbox_events_deliver(at=due_at) == 0

    payment.refresh_from_db()
    assert (payment.status, payment.captured_at) == ("captured", due_at)
    assert WebhookEvent.objects.get().processed_at == due_at
    assert announced() == [("captured", payment.pk)]


# --- over HTTP ------------------------------------------------------------------------------------------------------


def post(client, body: bytes, *, gateway: str = "sandbox", **headers: str):
    return client.post(
        reverse("api:payment-events", args=[gateway]), body, content_type="application/json", headers=headers
    )


def test_a_provider_is_answered_at_once_and_its_event_processed_by_a_worker(client):
    payment = pay(folio_charged("100.00"), "100.00", card="late")
    SandboxIntent.objects.update(event_due_at=timezone.now())
    body = body_of(payment.provider_reference)

    responses = [post(client, body, **signing.event_sign(body=body, at=timezone.now())) for _time in range(2)]

    assert [response.status_code for response in responses] == [200, 200]
    assert responses[0].json() == {"received": True}
    payment.refresh_from_db()
    assert payment.status == "processing"
    run_effects(kinds=["payments.event_process"])
    payment.refresh_from_db()
    assert payment.status == "captured"
    assert WebhookEvent.objects.count() == 1


def test_an_event_is_kept_and_tried_again_while_the_provider_is_away(client, monkeypatch):
    payment = pay(folio_charged("100.00"), "100.00", card="late")
    SandboxIntent.objects.update(event_due_at=timezone.now())
    body = body_of(payment.provider_reference)

    def away(**_arguments: object) -> None:
        raise GatewayUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(GATEWAYS["sandbox"], "fetch", away)
        patch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)
        response = post(client, body, **signing.event_sign(body=body, at=timezone.now()))
        asked_at = timezone.now()
        run_effects(kinds=["payments.event_process"], at=asked_at)
    assert response.status_code == 200
    assert WebhookEvent.objects.get().processed_at is None

    run_effects(kinds=["payments.event_process"], at=asked_at + timedelta(seconds=29))
    assert WebhookEvent.objects.get().processed_at is None
    run_effects(kinds=["payments.event_process"], at=asked_at + timedelta(seconds=31))
    assert WebhookEvent.objects.get().processed_at is not None


def test_an_unsigned_event_is_a_problem_and_changes_nothing(client):
    response = post(client, body_of("sb_1"))

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "event_invalid"
    assert not WebhookEvent.objects.exists()


def test_an_event_of_an_unknown_provider_is_not_found(client):
    response = post(client, b"{}", gateway="gold")

    assert response.status_code == 404
    assert response.json()["code"] == "gateway_unknown"


def test_events_are_only_posted(client):
    response = client.get(reverse("api:payment-events", args=["sandbox"]))

    assert response.status_code == 405


def test_a_giant_event_is_refused(client):
    response = post(client, b"x" * 2_600_000)

    assert (response.status_code, response.json()["code"]) == (413, "event_too_large")
    assert not WebhookEvent.objects.exists()
