"""Paying for a booking, and what goes back when it is called off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from bookings.models import Booking
from tests.api.asking import (
    V1,
    booked,
    client,
    euros,
    fields,
    post,
    problem,
    state,
)
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db


def test_what_was_paid_beyond_the_fee_goes_back(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/"
    post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "total"})
    assert house.inventory().sold == 1

    preview = mine.get(f"{V1}{path}cancellation/").json()
    cancelled = post(mine, f"{path}cancel/", {"expected_fee": euros("0.00")})
    after = mine.get(V1 + path).json()
    payments = mine.get(f"{V1}{path}payments/").json()

    free_until = f"{house.first - timedelta(days=2)}T14:00:00Z"
    assert preview == {
        "is_possible": True,
        "fee": euros("0.00"),
        "refund": euros("200.00"),
        "due": euros("0.00"),
        "free_until": free_until,
        "steps": [
            {"until": free_until, "fee": euros("0.00")},
            {"until": None, "fee": euros("200.00")},
        ],
    }
    assert cancelled.json()["money"]["refunds_pending"] == euros("200.00")
    assert (after["money"]["refunded"], after["money"]["balance"]) == (euros("200.00"), euros("0.00"))
    assert [
        (entry["amount"], [(refund["amount"], refund["status"]) for refund in entry["refunds"]])
        for entry in payments["results"]
    ] == [(euros("200.00"), [(euros("200.00"), "succeeded")])]
    assert (house.inventory().sold, house.inventory().held) == (0, 0)
    assert not mine.get(f"{V1}{path}cancellation/").json()["is_possible"]


def test_a_declined_card_leaves_the_hold_as_it_is(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/"

    declined = post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "total", "card": "decline"})
    paid = post(mine, f"{path}pay/", {"gateway": "sandbox", "purpose": "total", "card": "success"})

    document = problem(declined, 402, "payment_declined")
    assert document["data"]["failure_code"] == "card_declined"
    assert document["data"]["payment"]["status"] == "failed"
    assert paid.json()["status"] == "captured"


def test_a_bank_that_wants_a_confirmation(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/"

    answer = post(
        mine,
        f"{path}pay/",
        {
            "gateway": "sandbox",
            "purpose": "total",
            "card": "confirm",
            "return_url": "http://testserver/thanks/",
        },
    )

    assert answer.status_code == 202, answer.json()
    assert answer.json()["status"] == "requires_action"
    assert answer.json()["redirect_url"].startswith("http://localhost:8000/dev/bank/")
    assert mine.get(V1 + path).json()["status"] == "held"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "http://testserver\\@evil.example/",
        "ftp://testserver/",
        "http://testserver/\r\nX: y",
        "/relative/",
        "https://" + "a" * 500,
    ],
)
def test_the_bank_sends_nobody_elsewhere(api: APIClient, house: Hotel, url: str) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/pay/"
    before = state()

    answer = post(mine, path, {"gateway": "sandbox", "purpose": "total", "return_url": url})

    assert fields(problem(answer, 400, "validation_failed")) == ["return_url"]
    assert state() == before


def test_ways_to_pay_that_are_not_offered(api: APIClient, deposit_house: Hotel) -> None:
    hold = booked(api, deposit_house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/pay/"
    before = state()

    for body, status, code in (
        ({"gateway": "at_property", "purpose": "total"}, 422, "payment_not_offered"),
        ({"gateway": "gold", "purpose": "total"}, 422, "payment_not_offered"),
        ({"gateway": "sandbox", "purpose": "balance"}, 422, "payment_not_offered"),
        ({"gateway": "sandbox", "purpose": "tip"}, 400, "validation_failed"),
        ({"gateway": "sandbox", "purpose": "total", "amount": "1.00"}, 400, "validation_failed"),
        ({"gateway": "sandbox", "purpose": "total", "card": "4242424242424242"}, 422, "card_unknown"),
    ):
        problem(post(mine, path, body), status, code)
    assert state()[1] == before[1]
    assert Booking.objects.get().status == "held"


def test_a_changed_fee_cancels_nothing(deposit_house: Hotel) -> None:
    user = UserFactory()
    booking = confirmed(deposit_house, user=user)
    before = state()

    answer = post(client(user), f"bookings/{booking.reference}/cancel/", {"expected_fee": euros("0.00")})
    other = post(
        client(user),
        f"bookings/{booking.reference}/cancel/",
        {"expected_fee": {"amount": "100.00", "currency": "JPY"}},
    )

    assert problem(answer, 409, "fee_changed")["data"]["fee"] == euros("100.00")
    problem(other, 422, "other_currency")
    assert state() == before


def test_only_managers_waive_the_fee(deposit_house: Hotel) -> None:
    house = deposit_house
    booking = confirmed(house, user=UserFactory())
    desk = client(StaffFactory(property=house.property, role="front_desk"))
    manager = client(StaffFactory(property=house.property, role="manager"))
    path = f"bookings/{booking.reference}/cancel/"
    before = state()

    for who in (desk, client(booking.user)):
        problem(post(who, path, {"waive_fee": True}), 403, "permission_denied")
    assert state() == before
    assert post(manager, path, {"waive_fee": True}).json()["cancellation_fee"] == euros("0.00")
