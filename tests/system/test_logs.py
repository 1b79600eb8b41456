"""A guest's whole way with the log listening: no line says who it was, and each says which request it belongs to."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bookings.access import access_token_of
from bookings.models import Booking
from core.models import Effect
from core.observability.logging import logging_config
from core.schedule import job_run
from tests.factories.inventory import Hotel, hotel
from tests.outbox import handled, run_effects
from tests.pages.test_booking_flow import field, hold, pay

pytestmark = pytest.mark.django_db(transaction=True)

GUEST = {"name": "Zephyrine Quastenflosser", "email": "zephyrine@quastenflosser.example", "phone": "+49 30 5550137",
         "country": "DE"}  # fmt: skip
SAID = ("zephyrine", "quastenflosser", "5550137", "555 0137")


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=30, rooms=2, price="100.00")


@contextmanager
def listening(*, level: str = "INFO") -> Iterator[list[str]]:
    """The lines that production would write meanwhile, as they are written."""
    config, stream = logging_config(json=True, level=level), io.StringIO()
    config["handlers"]["stderr"]["stream"] = stream
    before = (logging.root.handlers[:], logging.root.level)
    lines: list[str] = []
    try:
        logging.config.dictConfig(config)
        yield lines
    finally:
        logging.root.handlers[:], logging.root.level = before
        logging.config.dictConfig(settings.LOGGING)
        lines += stream.getvalue().splitlines()


def test_a_booking_from_the_first_page_to_the_cancellation_names_nobody(client: Client, house: Hotel) -> None:
    with listening(level="DEBUG") as lines:
        booking = hold(client, house)
        guest_page = reverse("bookings:guest", args=[booking.reference])
        assert client.post(guest_page, GUEST | {"email": "not an address of zephyrine"}).status_code == 422
        assert client.post(guest_page, GUEST)["Location"] == reverse("bookings:pay", args=[booking.reference])
        pay(client, booking)
        token = access_token_of(Booking.objects.get())
        assert (
            Client().get(reverse("bookings:detail", args=[booking.reference]), {"token": token}).status_code
            < 400
        )
        stranger = {"reference": booking.reference, "email": GUEST["email"].upper()}
        assert Client().post(reverse("bookings:lookup"), stranger).status_code == 302
        cancel = reverse("bookings:cancel", args=[booking.reference])
        client.post(cancel, {"expected_fee": field(client.get(cancel).content, "expected_fee")})
        run_effects()
    booking.refresh_from_db()

    assert booking.status == "cancelled"
    events = [json.loads(line) for line in lines]
    assert {"request_finished", "effect_run"} <= {event["event"] for event in events}
    told = [line for line in lines if any(word in line.lower() for word in (*SAID, token.lower()))]
    assert told == []


def test_a_page_that_breaks_tells_its_trace_and_nobodys_name(
    house: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    booking = hold(client, house)

    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError(f"cannot write to {GUEST['email']} or call {GUEST['phone']}")

    monkeypatch.setattr("django.forms.forms.BaseForm.full_clean", broken)
    with listening() as lines:
        answer = client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)

    assert answer.status_code == 500
    (failed,) = [event for event in map(json.loads, lines) if event["event"] == "request_failed"]
    assert "RuntimeError: cannot write to [masked] or call [masked]" in failed["exception"]
    assert failed["request_id"] == answer["X-Request-ID"]
    assert [line for line in lines if any(word in line.lower() for word in SAID)] == []


# --- one id from the page to the provider ----------------------------------------------------------------------------


def test_what_a_request_asks_for_carries_its_id(client: Client, house: Hotel) -> None:
    with listening() as lines:
        client.post(
            reverse("bookings:start", args=[house.room_type.pk, house.plan.pk]),
            headers={"X-Request-ID": "guest-click.0042"},
        )
        booking = hold(client, house)
        client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
        Effect.objects.update(request_id="guest-click.0042")
        run_effects()

    ran = [event for event in map(json.loads, lines) if event["event"] == "effect_run"]
    assert ran
    assert {event["request_id"] for event in ran} == {"guest-click.0042"}


def test_a_job_has_an_id_that_its_effects_inherit() -> None:
    from core.outbox import effect_enqueue
    from core.schedule.registry import _jobs, scheduled_job

    seen: list[str] = []

    def work(*, at: object = None) -> int:
        seen.append(structlog.contextvars.get_contextvars()["request_id"])
        effect_enqueue(kind="tests.thing", payload={}, dedup_key="one")
        return 1

    scheduled_job("tests.asks", every=60)(work)
    try:
        with handled("tests.thing"):
            job_run("tests.asks")
            job_run("tests.asks")
    finally:
        del _jobs["tests.asks"]

    assert Effect.objects.get(dedup_key="one").request_id == seen[0]
    assert len(seen[0]) == 32
    assert seen[0] != seen[1]
    assert structlog.contextvars.get_contextvars() == {}


def test_an_effect_that_no_request_asked_for_has_an_id_of_its_own() -> None:
    from core.outbox import effect_enqueue

    seen: list[str] = []
    with handled(
        "tests.thing", lambda run: seen.append(structlog.contextvars.get_contextvars()["request_id"])
    ):
        number = effect_enqueue(kind="tests.thing", payload={}, dedup_key="one")
        run_effects()

    assert seen == [f"effect-{number:08d}"]
