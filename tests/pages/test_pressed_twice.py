"""Buttons that are pressed twice, on one page, in two tabs, or at once: what was meant happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from core import locks
from payments.models import Payment
from tests.factories.inventory import Hotel, hotel
from tests.pages.test_booking_flow import GUEST, field, hold, start_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=30, rooms=2, price="100.00")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one press wait for another as long as a busy machine takes."""
    monkeypatch.setattr(locks, "LOCK_TIMEOUT_SECONDS", 60)


def test_a_second_click_finds_the_first_hold(client: Client, house: Hotel) -> None:
    page = client.get(start_url(house))
    posted = {name: field(page.content, name) for name in ("expected_total", "key")}
    first = client.post(start_url(house), posted)
    second = client.post(start_url(house), posted)
    assert first["Location"] == second["Location"]
    assert Booking.objects.count() == 1


@pytest.mark.usefixtures("patient")
def test_two_clicks_at_once_of_who_was_never_here_are_one_hold(client: Client) -> None:
    house = hotel(nights=30, rooms=1, price="100.00")
    page = client.get(start_url(house))
    posted = {name: field(page.content, name) for name in ("expected_total", "key")}

    def click(_number: int) -> str:
        try:
            answer = Client().post(start_url(house), posted)
            assert answer.status_code == 302
            return str(answer["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as clicks:
        places = set(clicks.map(click, range(4)))
    assert len(places) == 1
    assert Booking.objects.count() == 1


def test_details_from_two_tabs_are_told_of_and_sent_again(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    url = reverse("bookings:guest", args=[booking.reference])
    seen = field(client.get(url).content, "version")
    client.post(url, {**GUEST, "version": seen})
    refused = client.post(url, {**GUEST, "name": "Ada King", "version": seen})
    assert refused.status_code == 422
    assert "Ada King" in refused.content.decode()
    again = client.post(url, {**GUEST, "name": "Ada King", "version": field(refused.content, "version")})
    assert again.status_code == 302
    booking.refresh_from_db()
    assert booking.guest_name == "Ada King"


def test_details_sent_twice_go_on_to_payment(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    url = reverse("bookings:guest", args=[booking.reference])
    sent = {**GUEST, "phone": "+49 30 901820", "version": field(client.get(url).content, "version")}
    first, second = client.post(url, sent), client.post(url, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]


@pytest.mark.usefixtures("patient")
def test_cancelling_with_many_presses_at_once_leads_to_the_booking(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    url = reverse("bookings:cancel", args=[booking.reference])
    fee = field(client.get(url).content, "expected_fee")

    def press(_number: int) -> str:
        try:
            presser = Client()
            presser.cookies = client.cookies
            return str(presser.post(url, {"expected_fee": fee}).headers.get("Location"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        places = set(presses.map(press, range(4)))
    assert places == {reverse("bookings:detail", args=[booking.reference])}


def test_a_second_click_on_pay_goes_to_the_same_bank(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    url = reverse("bookings:pay", args=[booking.reference])
    chosen = {
        "option": "sandbox:total",
        "card": "confirm",
        "key": field(client.get(url).content, "key"),
    }
    first, second = client.post(url, chosen), client.post(url, chosen)
    assert second["Location"] == first["Location"]
    back = client.post(second["Location"], {"answer": "approve"})
    client.get(back["Location"])
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert Payment.objects.count() == 1


def test_another_choice_on_the_same_page_is_another_payment(client: Client, house: Hotel) -> None:
    booking = hold(client, house)
    client.post(reverse("bookings:guest", args=[booking.reference]), GUEST)
    url = reverse("bookings:pay", args=[booking.reference])
    chosen = {"option": "sandbox:total", "key": field(client.get(url).content, "key")}
    client.post(url, {**chosen, "card": "confirm"})
    client.post(url, {**chosen, "card": "success"})
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert set(Payment.objects.values_list("status", flat=True)) == {"cancelled", "captured"}
