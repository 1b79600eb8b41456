"""Stripe's events: whose they are, how old they may be, and what is kept of them."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone

from payments.exceptions import EventInvalid
from payments.models import Payment, WebhookEvent
from payments.services import event_process, event_receive
from tests.factories.payments import pay
from tests.outbox import run_effects
from tests.payments.stripe_fake import StripeFake

from .conftest import LocalStripe, stripe_folio

pytestmark = pytest.mark.django_db


def paid(fake: StripeFake) -> Payment:
    return pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="pm_card_visa")


def receive(sent: dict[str, Any], **more: Any) -> WebhookEvent:
    return event_receive(gateway="stripe", **sent, **more)


def test_an_event_is_stored_once_and_without_what_it_says_of_people(on_fake: StripeFake) -> None:
    payment = paid(on_fake)
    sent = on_fake.signed(on_fake.event("payment_intent.succeeded"))

    event = receive(sent)

    assert receive(sent) == event
    assert WebhookEvent.objects.count() == 1
    assert (event.provider_reference, event.payment_key) == (
        payment.provider_reference,
        payment.idempotency_key,
    )
    assert sorted(event.payload) == [
        "created",
        "id",
        "livemode",
        "object",
        "object_id",
        "object_status",
        "type",
    ]
    assert on_fake.intent()["client_secret"] not in json.dumps(event.payload)


@pytest.mark.parametrize(("seconds", "is_believed"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_an_event_is_believed_for_300_seconds(on_fake: StripeFake, seconds: int, is_believed: bool) -> None:
    paid(on_fake)
    at = timezone.now().replace(microsecond=0)
    signed_at = (at - timedelta(seconds=seconds)).timestamp()
    sent = on_fake.signed(on_fake.event("payment_intent.succeeded"), at=signed_at)

    if is_believed:
        receive(sent, at=at)
    else:
        with pytest.raises(EventInvalid):
            receive(sent, at=at)

    assert WebhookEvent.objects.count() == is_believed


@pytest.mark.parametrize(
    "tamper",
    [
        lambda header, now: "",
        lambda header, now: header.replace("v1=", "v1=0"),
        lambda header, now: header.replace("v1=", "v0="),
        lambda header, now: f"{header},t={now}",
        lambda header, now: "t=,v1=",
        lambda header, now: "t=é,v1=é",
    ],
)
def test_a_wrong_signature_is_refused(on_fake: StripeFake, tamper: Any) -> None:
    paid(on_fake)
    old = time.time() - 600
    sent = on_fake.signed(on_fake.event("payment_intent.succeeded"), at=old)
    sent["headers"] = {"Stripe-Signature": tamper(sent["headers"]["Stripe-Signature"], int(time.time()))}

    with pytest.raises(EventInvalid):
        receive(sent)

    assert not WebhookEvent.objects.exists()


def test_any_of_the_secrets_may_have_signed_while_one_replaces_another(
    on_fake: StripeFake, settings: Any
) -> None:
    paid(on_fake)
    event = on_fake.event("payment_intent.succeeded")
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", *settings.STRIPE_WEBHOOK_SECRETS]

    receive(on_fake.signed(event, secret="whsec_new"))
    receive(on_fake.signed(event))
    with pytest.raises(EventInvalid):
        receive(on_fake.signed(event, secret="whsec_stranger"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b"{broken", b'{"id": "1", "type": "x"}'])
def test_a_signed_body_that_is_no_event_is_refused(on_fake: StripeFake, body: bytes) -> None:
    import stripe

    from tests.payments.stripe_fake.server import WEBHOOK_SECRET

    header = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET)

    with pytest.raises(EventInvalid):
        receive({"body": body, "headers": {"Stripe-Signature": header}})


def test_without_keys_no_event_is_believed(on_fake: StripeFake, settings: Any) -> None:
    paid(on_fake)
    sent = on_fake.signed(on_fake.event("payment_intent.succeeded"))
    settings.STRIPE_PUBLISHABLE_KEY = ""

    with pytest.raises(EventInvalid):
        receive(sent)


def test_an_event_that_overtakes_our_own_answer_is_known_by_our_key(on_fake: StripeFake) -> None:
    payment = paid(on_fake)
    Payment.objects.filter(pk=payment.pk).update(provider_reference="")
    event = receive(on_fake.signed(on_fake.event("payment_intent.succeeded")))

    assert event_process(event_id=event.pk).processed_at is not None
    payment.refresh_from_db()
    assert payment.provider_reference == on_fake.intent()["id"]


def test_an_event_about_something_else_is_done_with_at_once(on_fake: StripeFake) -> None:
    about = {"id": "po_1", "object": "payout", "status": "paid"}
    event = receive(on_fake.signed({"id": "evt_payout", "type": "payout.paid", "data": {"object": about}}))

    run_effects(kinds=["payments.event_process"])

    event.refresh_from_db()
    assert (event.processed_at is not None, event.error) == (True, "no_payment")
    assert len(on_fake.calls) == 0


@pytest.mark.slow
def test_an_event_that_localstripe_has_signed_is_believed(
    localstripe_process: LocalStripe, stripe_on: Any
) -> None:
    """Posted by the package itself to an address of the test; it waits a second before it does so."""
    localstripe_process.flush()
    stripe_on(localstripe_process.url)
    posted: list[dict[str, Any]] = []
    arrived = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append({"body": body, "headers": dict(self.headers)})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            arrived.set()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        localstripe_process.webhook(f"http://127.0.0.1:{server.server_address[1]}/")
        payment = pay(stripe_folio("100.00"), "100.00", gateway="stripe", card="element")
        localstripe_process.guest_pays(payment.provider_reference, "visa")
        about_it: list[dict[str, Any]] = []
        while not about_it:  # what another test has done a moment ago may come first
            assert arrived.wait(timeout=60)
            arrived.clear()
            about_it = [sent for sent in posted if payment.provider_reference.encode() in sent["body"]]
        server.shutdown()
        thread.join()

    event = receive(about_it[0])
    run_effects(kinds=["payments.event_process"])

    payment.refresh_from_db()
    assert (event.type, payment.status) == ("payment_intent.succeeded", "captured")
