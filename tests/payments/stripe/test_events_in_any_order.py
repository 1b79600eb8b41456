"""All 24 orders of four events, each told twice, end in the same state.

On the fake alone: `localstripe` announces neither intents that are created nor refunds.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from payments.models import FolioEntry, Payment, Refund, WebhookEvent
from payments.selectors import ledger_problems
from tests.factories.bookings import held
from tests.factories.bookings import pay as pay_booking
from tests.factories.inventory import hotel
from tests.outbox import run_effects
from tests.payments.stripe_fake import StripeFake

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = (
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "charge.refunded",
)


def deliver(client: Client, fake: StripeFake, event: dict[str, Any]) -> int:
    sent = fake.signed(event)
    answer = client.post(
        reverse("api:payment-events", args=["stripe"]),
        sent["body"],
        content_type="application/json",
        headers=sent["headers"],
    )
    return answer.status_code


def end_state(booking: Booking) -> dict[str, Any]:
    """Everything that the order might have changed, without ids and times."""
    return {
        "booking": Booking.objects.filter(pk=booking.pk).values_list("status", "version").get(),
        "payments": list(Payment.objects.values_list("status", "amount", "flag", "failure_code")),
        "refunds": list(Refund.objects.values_list("status", "amount")),
        "entries": sorted(FolioEntry.objects.values_list("kind", "amount")),
        "events": list(WebhookEvent.objects.order_by().values_list("error").distinct()),
        "open_events": WebhookEvent.objects.filter(processed_at=None).count(),
        "ledger": ledger_problems(),
    }


@pytest.mark.parametrize(
    "order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order))
)
def test_every_order_gives_the_same_end(client: Client, on_fake: StripeFake, order: tuple[int, ...]) -> None:
    booking = held(hotel(nights=4, rooms=1, price="100.00", gateways=["stripe"])).booking
    pay_booking(booking, gateway="stripe", card="element")
    intent = on_fake.intent()
    on_fake.account.intent_confirm(intent, "pm_card_threeDSecureRequired")
    on_fake.account.intent_authenticate(intent, approved=True)
    on_fake.account.refund_create({"payment_intent": intent["id"], "amount": "3000"})
    told = [on_fake.event(EVENTS[number]) for number in order]

    for event in [*told, *told]:
        assert deliver(client, on_fake, event) == 200
        run_effects(kinds=["payments.event_process"])

    assert end_state(booking) == {
        "booking": ("confirmed", 1),
        "payments": [("captured", 200, "refunded_elsewhere", "")],
        "refunds": [("succeeded", 30)],
        "entries": [("charge", 100), ("charge", 100), ("payment", -200), ("refund", 30)],
        "events": [("",)],
        "open_events": 0,
        "ledger": [],
    }
    assert WebhookEvent.objects.count() == 4
