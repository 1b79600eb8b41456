"""Trips over the API: stays that belong together, and one payment for all of them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking, Trip
from payments.models import Payment
from payments.selectors import ledger_problems
from tests.api.asking import V1, client, euros, fields, post, problem
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db

KEY = "8f1e6a3b-6f0e-4d3c-9f1e-0d5b9a528f0a"
PAY = {"gateway": "sandbox", "purpose": "total", "card": "success"}


@pytest.fixture
def ada() -> User:
    return UserFactory.create()


@pytest.fixture
def mine(ada: User) -> APIClient:
    return client(ada)


@pytest.fixture
def two(ada: User, house: Hotel) -> list[Booking]:
    """Two holds in two houses: 200 for two nights, and 450 for three."""
    other = hotel(rooms=2, nights=8, price="150.00")
    return [held(house, user=ada).booking, held(other, stay=other.stay(nights=3), user=ada).booking]


def made(api: APIClient, *bookings: Booking, **more: Any) -> dict[str, Any]:
    answer = post(api, "trips/", {"bookings": [booking.reference for booking in bookings], **more})
    assert answer.status_code == 201, answer.json()
    document: dict[str, Any] = answer.json()
    return document


def paid(api: APIClient, trip: dict[str, Any], *, key: str | None = None, **more: Any) -> Any:
    body = {**PAY, "expected_total": euros("650.00"), **more}
    return post(api, f"trips/{trip['reference']}/pay/", body, key=key)


def statuses() -> set[str]:
    return set(Booking.objects.values_list("status", flat=True))


def test_a_trip_is_made_read_changed_and_forgotten(mine: APIClient, two: list[Booking]) -> None:
    trip = made(mine, *two, title="Summer", notes="Bring a hat.")

    path = f"{V1}trips/{trip['reference']}/"
    assert mine.get(path).json() == trip
    assert (trip["title"], trip["notes"]) == ("Summer", "Bring a hat.")
    assert [(stay["reference"], stay["status"], stay["due"]) for stay in trip["stays"]] == [
        (two[0].reference, "held", euros("200.00")),
        (two[1].reference, "held", euros("450.00")),
    ]
    assert trip["totals"] == [{"total": euros("650.00"), "paid": euros("0.00"), "due": euros("650.00")}]
    (option,) = trip["payment_options"]
    assert (option["gateway"], option["purpose"], option["amount"]) == ("sandbox", "total", euros("650.00"))
    (line,) = mine.get(f"{V1}trips/").json()["results"]
    assert (line["reference"], line["bookings"]) == (trip["reference"], 2)
    assert (line["first_arrival"], line["last_departure"]) == (
        two[0].arrival.isoformat(),
        two[1].departure.isoformat(),
    )

    changed = mine.patch(path, {"title": "Autumn"}, format="json").json()
    assert (changed["title"], changed["notes"]) == ("Autumn", "Bring a hat.")
    assert mine.delete(path).status_code == 204
    problem(mine.get(path), 404, "trip_not_found")
    assert Booking.objects.filter(trip=None).count() == 2


def test_a_trip_without_a_title_is_called_after_its_cities(mine: APIClient, two: list[Booking]) -> None:
    assert made(mine, *two)["title"] == "Berlin"
    assert made(mine)["stays"] == []


def test_stays_come_move_and_go(mine: APIClient, two: list[Booking]) -> None:
    one, other = made(mine, two[0]), made(mine)
    place = f"{V1}trips/{other['reference']}/bookings/"

    assert len(mine.put(f"{place}{two[1].reference}/").json()["stays"]) == 1
    moved = mine.put(f"{place}{two[0].reference}/").json()
    assert [stay["reference"] for stay in moved["stays"]] == [booking.reference for booking in two]
    assert mine.get(f"{V1}trips/{one['reference']}/").json()["stays"] == []
    for _time in (1, 2):
        assert mine.delete(f"{place}{two[0].reference}/").status_code == 204

    two[0].refresh_from_db()
    assert (two[0].trip_id, two[0].status) == (None, "held")
    assert mine.get(f"{V1}trips/{other['reference']}/").json()["totals"][0]["due"] == euros("450.00")


def test_foreign_trips_and_bookings_are_not_found(
    ada: User, mine: APIClient, two: list[Booking], house: Hotel
) -> None:
    trip = made(mine, *two)
    path = f"{V1}trips/{trip['reference']}/"
    foreign = held(house, user=UserFactory.create()).booking
    staff = client(StaffFactory.create(property=house.property))

    for stranger in (client(UserFactory.create()), staff):
        for answer in (
            stranger.get(path),
            stranger.patch(path, {"title": "Mine"}, format="json"),
            stranger.delete(path),
            stranger.put(f"{path}bookings/{two[0].reference}/"),
            stranger.delete(f"{path}bookings/{two[0].reference}/"),
            stranger.put(f"{path}share/", {}, format="json"),
            stranger.put(f"{path}calendar/"),
            paid(stranger, trip),
        ):
            problem(answer, 404, "trip_not_found")
        assert stranger.get(f"{V1}trips/").json()["results"] == []
        problem(post(stranger, "trips/", {"bookings": [two[0].reference]}), 404, "booking_not_found")
    problem(post(mine, "trips/", {"bookings": [foreign.reference]}), 404, "booking_not_found")
    problem(mine.put(f"{path}bookings/{foreign.reference}/"), 404, "booking_not_found")
    problem(client().get(path), 401, "not_authenticated")

    found = Trip.objects.get()
    assert (found.title, found.user_id, found.bookings.count()) == ("Berlin", ada.pk, 2)
    assert (found.share_nonce, found.calendar_nonce, statuses()) == ("", "", {"held"})


def test_inputs_are_checked(mine: APIClient, two: list[Booking]) -> None:
    too_long = problem(post(mine, "trips/", {"title": "x" * 101}), 400, "validation_failed")
    too_many = problem(post(mine, "trips/", {"bookings": ["x"] * 31}), 400, "validation_failed")
    assert (fields(too_long), fields(too_many)) == (["title"], ["bookings"])
    trip = made(mine, *two)
    answer = post(mine, f"trips/{trip['reference']}/pay/", PAY)
    assert fields(problem(answer, 400, "validation_failed")) == ["expected_total"]
    unknown = problem(paid(mine, trip, gateway="shells"), 422, "payment_not_offered")
    assert fields(unknown) == ["gateway"]
    assert not Payment.objects.exists()


def test_one_payment_however_often_it_is_asked_for(mine: APIClient, two: list[Booking]) -> None:
    trip = made(mine, *two)

    first, second = paid(mine, trip, key=KEY), paid(mine, trip, key=KEY)

    assert (first.status_code, first.json()["status"]) == (200, "captured")
    assert first.json()["amount"] == euros("650.00")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    charge = Payment.objects.get(collective=None)
    assert sorted(charge.shares.values_list("amount", flat=True)) == [200, 450]
    assert statuses() == {"confirmed"}
    problem(paid(mine, trip, key=KEY, purpose="deposit"), 422, "idempotency_key_reused")
    problem(paid(mine, trip), 409, "nothing_due")
    after = mine.get(f"{V1}trips/{trip['reference']}/").json()
    assert after["totals"] == [{"total": euros("650.00"), "paid": euros("650.00"), "due": euros("0.00")}]
    assert after["payment_options"] == []
    assert ledger_problems() == []


def test_it_wants_a_key(mine: APIClient, two: list[Booking]) -> None:
    trip = made(mine, *two)
    body = {**PAY, "expected_total": euros("650.00")}

    answer = mine.post(f"{V1}trips/{trip['reference']}/pay/", body, format="json")

    problem(answer, 400, "idempotency_key_required")
    assert not Payment.objects.exists()


def test_a_declined_payment_stays_declined_for_its_key(mine: APIClient, two: list[Booking]) -> None:
    trip = made(mine, *two)

    first, second = (paid(mine, trip, key=KEY, card="decline") for _time in (1, 2))

    problem(first, 402, "payment_declined")
    problem(second, 402, "payment_declined")
    assert second["Idempotent-Replayed"] == "true"
    assert (Payment.objects.filter(collective=None).count(), statuses()) == (1, {"held"})
    assert paid(mine, trip).status_code == 200
    assert statuses() == {"confirmed"}


def test_another_price_and_another_currency_are_refused(
    ada: User, mine: APIClient, two: list[Booking]
) -> None:
    trip = made(mine, *two)
    changed = problem(paid(mine, trip, expected_total=euros("649.99")), 409, "trip_price_changed")
    assert changed["data"]["total"]["currency"] == "EUR"
    franc = hotel(rooms=1, currency="CHF")
    foreign = held(franc, user=ada).booking

    mixed = mine.put(f"{V1}trips/{trip['reference']}/bookings/{foreign.reference}/").json()

    assert [total["due"]["currency"] for total in mixed["totals"]] == ["CHF", "EUR"]
    assert mixed["payment_options"] == []
    refused = problem(paid(mine, trip), 409, "trip_currencies")
    assert refused["data"] == {"currencies": ["CHF", "EUR"]}
    assert (Payment.objects.count(), statuses()) == (0, {"held"})


def test_the_expected_total_has_a_currency(mine: APIClient, two: list[Booking]) -> None:
    trip = made(mine, *two)

    answer = paid(mine, trip, expected_total={"amount": "650.00", "currency": "JPY"})

    problem(answer, 409, "trip_price_changed")
    assert not Payment.objects.exists()


def test_a_trip_is_shared_and_taken_back(mine: APIClient, two: list[Booking]) -> None:
    path = f"{V1}trips/{made(mine, *two)['reference']}/"

    shared = mine.put(f"{path}share/", {"prices": True}, format="json").json()
    published = mine.put(f"{path}calendar/").json()

    assert (shared["shares_prices"], shared["shares_guests"]) == (True, False)
    assert client().get(shared["share_url"]).status_code == 200
    assert client().get(published["calendar_url"]).status_code == 200
    for part in ("share/", "calendar/"):
        assert mine.delete(f"{path}{part}").status_code == 204
    assert client().get(shared["share_url"]).status_code == 404
    assert client().get(published["calendar_url"]).status_code == 404
    after = mine.get(path).json()
    assert (after["share_url"], after["calendar_url"]) == ("", "")
