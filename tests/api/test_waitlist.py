"""The waitlist for programs: joining, reading, answering, and who may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import StaffRole
from bookings.services import booking_cancel
from tests.api.asking import V1
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.access import entry_token_of, offer_token_of
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.services import offers_make

pytestmark = pytest.mark.django_db(transaction=True)

URL = f"{V1}waitlist/"


@pytest.fixture
def house() -> Hotel:
    return hotel(rooms=1, nights=10)


def wish(house: Hotel, **more: Any) -> dict[str, Any]:
    stay = house.stay()
    return {
        "property": house.property.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "guest": {"name": "Ada Lovelace", "email": "ada@example.com"},
        **more,
    }


def client_of(user: Any = None) -> APIClient:
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


def post(client: APIClient, url: str, body: Any = None, *, token: str = "", key: str = "") -> Any:
    headers = {"Idempotency-Key": key or uuid4().hex}
    if token:
        headers["X-Waitlist-Token"] = token
    return client.post(url, body or {}, headers=headers)


def offer_for(house: Hotel, **more: Any) -> WaitlistOffer:
    [booking] = sold_out(house)
    waiting(house, **more)
    booking_cancel(booking_id=booking.pk, actor=None)
    offers_make()
    return WaitlistOffer.objects.select_related("entry", "booking").get()


def test_join_and_read_with_the_token(house: Hotel) -> None:
    sold_out(house)
    client = client_of()

    answer = client.post(URL, wish(house, max_total={"amount": "300", "currency": "EUR"}, flexible_days=0))
    joined = answer.json()
    url = f"{URL}{joined['reference']}/"
    read = client.get(url, headers={"X-Waitlist-Token": joined["access_token"]})

    assert answer.status_code == 201, joined
    assert (joined["status"], joined["max_total"]) == ("waiting", {"amount": "300.00", "currency": "EUR"})
    assert read.json()["place"] == {"before": 0, "waiting": 1}
    assert client.get(url).status_code == 404
    assert read["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"max_total": {"amount": "300", "currency": "USD"}}, 422, "wish_invalid"),
        ({"adults": 9}, 422, "too_many_guests"),
        ({"flexible_days": 8}, 400, "validation_failed"),
        ({"property": 987654321}, 404, "unknown_room_type"),
    ],
)
def test_what_cannot_be_waited_for(house: Hotel, change: dict[str, Any], status: int, code: str) -> None:
    sold_out(house)

    answer = client_of().post(URL, wish(house, **change))

    assert (answer.status_code, WaitlistEntry.objects.count()) == (status, 0), answer.json()
    assert answer.json()["code"] == code


def test_who_could_book_is_told_what(house: Hotel) -> None:
    answer = client_of().post(URL, wish(house)).json()

    assert (answer["status"], answer["code"]) == (409, "rooms_available")
    assert answer["data"]["total"] == {"amount": "200.00", "currency": "EUR"}


def test_accepting_happens_once_per_key(house: Hotel) -> None:
    offer = offer_for(house)
    url, token, key = f"{URL}offers/{offer.reference}/accept/", offer_token_of(offer), uuid4().hex

    first = post(client_of(), url, token=token, key=key)
    again = post(client_of(), url, token=token, key=key)

    assert (first.status_code, first.json()["booking_status"]) == (200, "confirmed"), first.json()
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    booking_url = f"{V1}bookings/{first.json()['booking']}/"
    headers = {"X-Booking-Token": first.json()["booking_access_token"]}
    assert client_of().get(booking_url, headers=headers).status_code == 200


def test_answers_need_a_key_and_a_right(house: Hotel) -> None:
    offer = offer_for(house)
    url = f"{URL}offers/{offer.reference}/accept/"

    assert client_of().post(url, headers={"X-Waitlist-Token": offer_token_of(offer)}).status_code == 400
    assert post(client_of(), url).status_code == 404
    finance = StaffFactory.create(property=house.property, role=StaffRole.FINANCE)
    assert post(client_of(finance), url).status_code == 403
    offer.refresh_from_db()
    assert offer.status == "open"


def test_declining_and_waiting_on(house: Hotel) -> None:
    offer = offer_for(house, any_room=True)

    answer = post(
        client_of(),
        f"{URL}offers/{offer.reference}/decline/",
        {"keep_waiting": True},
        token=entry_token_of(offer.entry),
    )

    offer.entry.refresh_from_db()
    assert (answer.status_code, answer.json()["status"], offer.entry.status) == (200, "declined", "waiting")


def test_leaving(house: Hotel) -> None:
    sold_out(house)
    entry = waiting(house)

    answer = post(client_of(), f"{URL}{entry.reference}/leave/", token=entry_token_of(entry))

    assert (answer.status_code, answer.json()["status"]) == (200, "left")


def test_lists_show_ones_own_and_staff_their_house(house: Hotel) -> None:
    sold_out(house)
    user, other = UserFactory.create(), UserFactory.create()
    mine = waiting(house, user=user)
    theirs = waiting(house, user=other)
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    stranger = StaffFactory.create(role=StaffRole.MANAGER)

    def listed(who: Any, **query: Any) -> list[str]:
        answer = client_of(who).get(URL, query)
        return [row["reference"] for row in answer.json()["results"]]

    assert listed(user) == [mine.reference]
    assert listed(desk, status="waiting") == [mine.reference, theirs.reference]
    assert listed(desk, night_from=house.stay(5).arrival.isoformat()) == []
    assert listed(stranger) == []
    assert client_of().get(URL).status_code in (401, 403)


def test_lists_cost_the_same_however_long(house: Hotel) -> None:
    sold_out(house)
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    counts = []
    for rows in (1, 19):
        for _row in range(rows):
            waiting(house)
        with CaptureQueriesContext(connection) as captured:
            assert client_of(desk).get(URL, {"page_size": 100}).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
