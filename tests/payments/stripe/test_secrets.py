"""A whole flow over pages and API: no card number, no secret key and no client secret in any row or log line."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from bookings.views.access import booking_remember
from core.observability.masking import mask_text
from payments.models import Payment
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import hotel
from tests.outbox import run_effects
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.server import PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "4242424242424242"


def everything_stored() -> str:
    """Every row of every table of ours, as text."""
    rows = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
                rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def opened(client: Client, booking: Booking) -> None:
    class Asked:
        session = client.session

    request: Any = Asked()
    booking_remember(request, booking)
    request.session.save()


def test_nothing_secret_is_stored_or_logged(
    client: Client, on_fake: StripeFake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    booking = held(hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"])).booking
    opened(client, booking)
    address = reverse("bookings:pay", args=[booking.reference])
    values = {"key": uuid4().hex, "option": "stripe:total", "flow": "element"}
    started = client.post(address, values)
    page = client.get(started["Location"])
    secret = on_fake.intent()["client_secret"]
    on_fake.account.intent_confirm(on_fake.intent(), "pm_card_visa")
    back = reverse("bookings:return", args=[booking.reference])
    client.get(back, {"payment_intent": "x", "payment_intent_client_secret": secret})
    sent = on_fake.signed(on_fake.event("payment_intent.succeeded"))
    told = client.post(
        reverse("api:payment-events", args=["stripe"]),
        sent["body"],
        content_type="application/json",
        headers=sent["headers"],
    )
    run_effects(kinds=["payments.event_process"])

    assert told.status_code == 200
    assert (secret in page.text, PUBLISHABLE_KEY in page.text) == (True, True)
    assert "no-store" in page["Cache-Control"]
    assert Payment.objects.get().status == "captured"
    logged = mask_text("\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records))
    for where in (everything_stored(), logged, *on_fake.bodies):
        for hidden in (CARD, SECRET_KEY, WEBHOOK_SECRET, secret):
            assert hidden not in where


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "GET /r/?payment_intent_client_secret=pi_1_secret_2&x=1",
            "GET /r/?payment_intent_client_secret=[masked]&x=1",
        ),
        ("paid by 4242 4242 4242 4242", "paid by [masked]"),
        ("paid by 4242-4242-4242-4242.", "paid by [masked]."),
        ("order 4242424242424241", "order 4242424242424241"),
        ("at 1767225600 for 12 ms", "at 1767225600 for 12 ms"),
        ("key sk_live_abc123 refused", "key [masked] refused"),
        ("secret pi_3Q_secret_9z here", "secret [masked] here"),
        ("signed with whsec_a+b/c=", "signed with [masked]"),
    ],
)
def test_logs_mask_what_gets_there_all_the_same(text: str, masked: str) -> None:
    assert mask_text(text) == masked


# --- programs -------------------------------------------------------------------------------------------------------


def api_pay(client: Client, booking: Booking, key: str, **headers: str) -> Any:
    return client.post(
        reverse("api:booking-pay", args=[booking.reference]),
        {"gateway": "stripe", "purpose": "total"},
        content_type="application/json",
        headers={"Idempotency-Key": key, **headers},
    )


def test_a_guests_program_gets_the_secret_each_time_and_staff_do_not(on_fake: StripeFake) -> None:
    house = hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"])
    hold = held(house, user=UserFactory.create())
    token = {"X-Booking-Token": hold.access_token}
    key = uuid4().hex

    first, again = (api_pay(Client(), hold.booking, key, **token) for _time in range(2))
    secret = on_fake.intent()["client_secret"]

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["client_secret"] == again.json()["client_secret"] == secret
    assert first.json()["publishable_key"] == PUBLISHABLE_KEY
    assert again["Idempotent-Replayed"] == "true"
    assert len(on_fake.account.intents) == 1
    assert secret not in everything_stored()

    staff = Client()
    staff.force_login(StaffFactory.create(property=house.property, role="manager"))
    seen = api_pay(staff, hold.booking, uuid4().hex)
    assert seen.status_code == 202
    assert "client_secret" not in seen.json()
    stranger = api_pay(Client(), hold.booking, uuid4().hex)
    assert stranger.status_code == 404


@pytest.mark.parametrize(("card", "status"), [("hosted", 202), ("pm_card_visa", 200), ("gold", 422)])
def test_the_other_ways_of_a_program(on_fake: StripeFake, card: str, status: int) -> None:
    hold = held(hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"]))

    answer = Client().post(
        reverse("api:booking-pay", args=[hold.booking.reference]),
        {"gateway": "stripe", "purpose": "total", "card": card},
        content_type="application/json",
        headers={"Idempotency-Key": uuid4().hex, "X-Booking-Token": hold.access_token},
    )

    assert answer.status_code == status
    if card == "hosted":
        assert answer.json()["redirect_url"] == on_fake.session()["url"]
        assert "client_secret" not in answer.json()
