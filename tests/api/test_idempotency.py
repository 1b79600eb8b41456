"""Doing a thing once, however often it is asked for: end to end through HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from bookings.access import access_token_of
from bookings.models import Booking
from core.models import IdempotencyKey
from payments.models import Payment, Refund
from tests.api.asking import V1, booked, booking_body, client, euros, fields, post, problem
from tests.factories.accounts import UserFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db

KEY = "0d5b9a52-6f0e-4d3c-9f1e-6a3b8f8a0f11"


def assert_replayed(first: Any, second: Any) -> None:
    """The same answer byte for byte, marked as one that was given before."""
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"


def test_a_booking_is_made_once(api: APIClient, house: Hotel) -> None:
    first = post(api, "bookings/", booking_body(house), key=KEY)
    second = post(api, "bookings/", dict(reversed(booking_body(house).items())), key=KEY)

    assert first.status_code == 201
    assert_replayed(first, second)
    assert Booking.objects.count() == 1
    assert house.inventory().held == 1


def test_the_answer_stays_the_same_whatever_has_become_of_the_booking(api: APIClient, house: Hotel) -> None:
    first = post(api, "bookings/", booking_body(house), key=KEY)
    mine = client(token=first.json()["access_token"])
    post(mine, f"bookings/{first.json()['reference']}/cancel/", {})

    assert_replayed(first, post(api, "bookings/", booking_body(house), key=KEY))
    assert house.inventory().held == 0


def test_a_key_belongs_to_one_request(api: APIClient, house: Hotel) -> None:
    post(api, "bookings/", booking_body(house), key=KEY)

    document = problem(
        post(api, "bookings/", booking_body(house, adults=1), key=KEY), 422, "idempotency_key_reused"
    )

    assert fields(document) == ["Idempotency-Key"]
    assert Booking.objects.count() == 1


def test_a_key_belongs_to_one_user(house: Hotel) -> None:
    first = post(client(UserFactory()), "bookings/", booking_body(house), key=KEY)
    second = post(client(UserFactory()), "bookings/", booking_body(house), key=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["reference"] != second.json()["reference"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency_key_required"),
        ("short", "idempotency_key_invalid"),
        ("x" * 256, "idempotency_key_invalid"),
        ("with blanks in the middle", "idempotency_key_invalid"),
        ("nötig-sind-nur-zeichen-aus-ascii", "idempotency_key_invalid"),
    ],
)
def test_there_must_be_a_proper_key(api: APIClient, house: Hotel, key: str, code: str) -> None:
    booking = held(house).booking
    user = UserFactory()
    Booking.objects.update(user=user)
    headers = {"Idempotency-Key": key} if key else {}

    for path, body in (
        ("bookings/", booking_body(house)),
        (f"bookings/{booking.reference}/pay/", {"gateway": "sandbox", "purpose": "total"}),
        (f"bookings/{booking.reference}/cancel/", {}),
    ):
        answer = client(user).post(V1 + path, body, headers=headers)
        assert fields(problem(answer, 400, code)) == ["Idempotency-Key"]
    assert not IdempotencyKey.objects.exists()
    assert list(Booking.objects.values_list("status", flat=True)) == ["held"]


def test_a_refusal_is_not_kept(api: APIClient, house: Hotel) -> None:
    last = held(house, rooms=2).booking
    refused = post(api, "bookings/", booking_body(house), key=KEY)
    post(client(token=access_token_of(last)), f"bookings/{last.reference}/cancel/", {})

    accepted = post(api, "bookings/", booking_body(house), key=KEY)

    problem(refused, 409, "sold_out")
    assert accepted.status_code == 201
    assert "Idempotent-Replayed" not in accepted


def test_a_payment_is_charged_once(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/pay/"
    body = {"gateway": "sandbox", "purpose": "total", "card": "success"}

    first, second = post(mine, path, body, key=KEY), post(mine, path, body, key=KEY)

    assert first.json()["amount"] == euros("200.00")
    assert_replayed(first, second)
    assert Payment.objects.count() == 1
    problem(post(mine, path, body | {"card": "late"}, key=KEY), 422, "idempotency_key_reused")


def test_a_declined_payment_stays_declined(api: APIClient, house: Hotel) -> None:
    hold = booked(api, house)
    mine, path = client(token=hold["access_token"]), f"bookings/{hold['reference']}/pay/"
    body = {"gateway": "sandbox", "purpose": "total", "card": "decline"}

    first, second = post(mine, path, body, key=KEY), post(mine, path, body, key=KEY)

    problem(first, 402, "payment_declined")
    assert problem(second, 402, "payment_declined")["data"] == first.json()["data"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Payment.objects.count() == 1


def test_a_refund_is_made_once(house: Hotel) -> None:
    user = UserFactory()
    booking = confirmed(house, user=user)
    path = f"bookings/{booking.reference}/cancel/"

    first = post(client(user), path, {"expected_fee": euros("0.00")}, key=KEY)
    second = post(client(user), path, {"expected_fee": euros("0.00")}, key=KEY)

    assert first.status_code == 200
    assert_replayed(first, second)
    assert Refund.objects.count() == 1
    problem(post(client(user), path, {}), 409, "transition_not_allowed")


def test_the_same_key_for_two_bookings_opened_by_token(api: APIClient, house: Hotel) -> None:
    holds = [booked(api, house), booked(api, house)]

    answers = [
        post(
            client(token=hold["access_token"]),
            f"bookings/{hold['reference']}/pay/",
            {"gateway": "sandbox", "purpose": "total"},
            key=KEY,
        )
        for hold in holds
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert Payment.objects.count() == 2
