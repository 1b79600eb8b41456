"""The promise, over HTTP: sixteen clients on a real server, and fifty with one idempotency key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from bookings.models import Booking
from inventory.models import RoomInventory
from payments.models import Payment, SandboxIntent
from payments.selectors import folio_balance, folio_paid
from tests.concurrency.callers import PRICE_A_NIGHT
from tests.concurrency.crowd import crowd_run
from tests.concurrency.server import web_server
from tests.factories.inventory import Hotel, hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NIGHTS = 21
ROOMS = 2
REQUESTS = 10
SECONDS = 120.0
WARM_UP = 6
ENOUGH_BOOKINGS = 30
SAME = 50


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all tests of this module, in front of their database."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    database = connection.settings_dict["NAME"]
    with web_server(database=database, log=log, settings="tests.concurrency.settings") as port:
        yield port


def crowd(work: str, **orders: Any) -> list[dict[str, Any]]:
    reports = crowd_run(
        f"tests.concurrency.callers:{work}",
        orders={"seed": 1} | orders,
        database=connection.settings_dict["NAME"],
    )
    assert [report["failed"] for report in reports if "failed" in report] == []
    return reports


def answers_of(reports: list[dict[str, Any]]) -> Counter[str]:
    return sum((Counter(report["answers"]) for report in reports), Counter())


def test_sixteen_clients_book_pay_and_cancel(port):
    house = hotel(rooms=ROOMS, nights=NIGHTS, price=PRICE_A_NIGHT)
    other = hotel(
        rooms=ROOMS, nights=NIGHTS, price=PRICE_A_NIGHT, in_property=house.property, plan=house.plan
    )

    reports = crowd(
        "use",
        port=port,
        requests=REQUESTS,
        seconds=SECONDS,
        warm_up=WARM_UP,
        first=house.first.isoformat(),
        nights=NIGHTS,
        room_types=[house.room_type.pk, other.room_type.pk],
        rate_plan=house.plan.pk,
    )

    answers = answers_of(reports)
    assert set(answers) <= {"200", "201", "409 sold_out"}, answers
    assert answers["409 sold_out"] > 0, "some came too late"
    told = {reference: status for report in reports for reference, status in report["ends"].items()}
    assert dict(Booking.objects.values_list("reference", "status")) == told, (
        "what was acknowledged is there, no more"
    )
    assert len(told) >= ENOUGH_BOOKINGS
    assert "confirmed" in told.values()
    assert not RoomInventory.objects.filter(available__lt=0).exists()
    out = StringIO()
    call_command("inventory_check", stdout=out)
    assert "no difference" in out.getvalue()
    for booking in Booking.objects.filter(status="cancelled"):
        assert (folio_paid(folio_id=booking.folio_id), folio_balance(folio_id=booking.folio_id)) == (0, 0)


def test_fifty_posts_with_one_key_are_one_booking_and_one_charge(port):
    house = hotel(rooms=ROOMS, nights=3, price=PRICE_A_NIGHT)

    held = one_answer(
        crowd("send_same", port=port, members=SAME, path="", key="k" * 32, body=stay_of(house)), status=201
    )
    paid = one_answer(
        crowd(
            "send_same",
            port=port,
            members=SAME,
            path=f"{held['reference']}/pay/",
            key="p" * 32,
            token=held["access_token"],
            body={"gateway": "sandbox", "purpose": "total", "card": "success"},
        ),
        status=200,
    )

    booking = Booking.objects.get()
    assert (booking.reference, booking.status) == (held["reference"], "confirmed")
    assert (house.inventory().held, house.inventory().sold) == (0, 1)
    payment = Payment.objects.get()
    assert (payment.status, payment.amount) == ("captured", booking.total)
    assert paid["status"] == "captured"
    assert SandboxIntent.objects.count() == 1, "the bank was asked once"
    assert folio_balance(folio_id=booking.folio_id) == 0


def one_answer(reports: list[dict[str, Any]], *, status: int) -> dict[str, Any]:
    """The one answer that all of them got, one of them first."""
    told = reports[1:]
    assert len(told) == SAME
    assert {report["status"] for report in told} == {status}, answers_of(reports)
    assert [report["is_replay"] for report in told].count(False) == 1
    body: dict[str, Any] = told[0]["body"]
    assert all(report["body"] == body for report in told)
    return body


def stay_of(house: Hotel) -> dict[str, Any]:
    stay = house.stay()
    return {
        "room_type": house.room_type.pk,
        "rate_plan": house.plan.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "rooms": 1,
        "adults": 2,
        "children_ages": [],
        "expected_total": {"amount": f"{stay.nights * PRICE_A_NIGHT}.00", "currency": "EUR"},
        "guest": {"name": "Ada Lovelace", "email": "ada@example.com"},
    }
