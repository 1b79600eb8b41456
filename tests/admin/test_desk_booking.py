"""Booking for a guest at the desk."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import Booking
from inventory.models import RoomInventory
from notifications.models import Notification
from payments.models import FolioEntry, Payment
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel

pytestmark = pytest.mark.django_db(transaction=True)


DESK = reverse("admin:bookings_booking_desk")


def desk_values(house: Hotel, client: Client, **changes: Any) -> tuple[str, dict[str, Any]]:
    """The address of the second step, and what to send for the first offer of it."""
    stay = house.stay()
    query = {
        "house": house.property.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "ages": "",
        "rooms": 1,
    }
    shown = client.get(DESK, query)
    offer = shown.context["offers"][0]["plans"][0]["value"]
    values = {"key": uuid4().hex, "offer": offer, "name": "Ada Lovelace", "language": "en", **changes}
    return shown.request["PATH_INFO"] + "?" + shown.request["QUERY_STRING"], values


def test_booking_for_a_guest_without_email(house: Hotel) -> None:
    client = staff_of(house, StaffRole.FRONT_DESK)
    url, values = desk_values(house, client)

    answer = client.post(url, values)

    booking = Booking.objects.get()
    assert answer.url == reverse("admin:bookings_booking_change", args=[booking.pk]), answer.context[
        "form"
    ].errors
    assert (booking.status, booking.guest_name, booking.guest_email, booking.channel) == (
        "confirmed",
        "Ada Lovelace",
        "",
        "staff",
    )
    assert not Notification.objects.exists()
    assert house.inventory().sold == 1


def test_booking_for_a_guest_who_pays_now(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client, paid_by="cash", email="ada@example.com")

    client.post(url, values)

    booking = Booking.objects.get()
    assert booking.status == "confirmed"
    payment = Payment.objects.get()
    assert (payment.amount, payment.method, payment.status) == (booking.total, "cash", "captured")
    assert sum(FolioEntry.objects.values_list("amount", flat=True)) == 0


def test_the_desk_form_sent_twice_books_once(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client, paid_by="card")

    first, second = client.post(url, values), client.post(url, values)

    assert first.url == second.url
    assert (Booking.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_price_that_changed_is_told(house: Hotel) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client)
    room_type, plan, _total = values["offer"].split(":")

    answer = client.post(url, values | {"offer": f"{room_type}:{plan}:1.00"})

    assert "The price has changed" in str(answer.context["form"].errors["offer"])
    assert not Booking.objects.exists()
    assert house.inventory().held == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"offer": ""}, "offer"),
        ({"offer": "x:y"}, "offer"),
        ({"name": ""}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"phone": "1"}, "phone"),
        ({"paid_by": "shells"}, "paid_by"),
        ({"key": "short"}, "key"),
    ],
)
def test_the_desk_refuses_nonsense(house: Hotel, change: dict[str, str], field: str) -> None:
    client = staff_of(house)
    url, values = desk_values(house, client)

    answer = client.post(url, values | change)

    assert list(answer.context["form"].errors) == [field]
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"departure": "2020-01-01"}, "departure"),
        ({"adults": "0"}, "adults"),
        ({"adults": "1", "rooms": "2"}, "adults"),
        ({"ages": "old"}, "ages"),
        ({"ages": "99"}, "ages"),
        ({"house": "0"}, "house"),
    ],
)
def test_the_desk_refuses_impossible_stays(house: Hotel, change: dict[str, str], field: str) -> None:
    stay = house.stay()
    query = {
        "house": house.property.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": 2,
        "ages": "",
        "rooms": 1,
    }

    answer = staff_of(house).get(DESK, query | change)

    assert list(answer.context["stay_form"].errors) == [field]
    assert answer.context["offers"] is None


def test_staff_book_in_their_own_house_only(house: Hotel, other_house: Hotel) -> None:
    url, values = desk_values(house, staff_of(house))
    stranger = staff_of(other_house)

    foreign = stranger.post(url, values)
    mixed = stranger.post(
        url.replace(f"house={house.property.pk}", f"house={other_house.property.pk}"), values
    )

    assert foreign.context["stay_form"].errors.keys() == {"house"}
    assert mixed.status_code == 403
    assert staff_of(house, StaffRole.FINANCE).get(DESK).status_code == 403
    assert not Booking.objects.exists()
    assert not RoomInventory.objects.exclude(held=0).exists()
