"""A guest tells before the stay when they come."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.access import access_token_of
from bookings.models import Booking
from notifications.models import Notification
from tests.factories.bookings import held, pay
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booking() -> Booking:
    booking = held(hotel()).booking
    pay(booking)
    booking.refresh_from_db()
    return booking


def visitor(booking: Booking) -> Client:
    client = Client()
    client.get(f"/booking/{booking.reference}/?token={access_token_of(booking)}")
    return client


def told(booking: Booking, **answers: str) -> dict[str, str]:
    return {
        "arrival_time": "21:30",
        "phone": str(booking.guest_phone),
        "special_requests": "",
        "version": str(booking.version),
    } | answers


def test_the_guest_says_when_they_come_and_is_told_so(booking: Booking) -> None:
    response = visitor(booking).post(
        f"/booking/{booking.reference}/arrival/", told(booking, special_requests="A cot, please")
    )

    assert response.status_code == 302
    booking.refresh_from_db()
    assert (str(booking.arrival_time), booking.special_requests) == ("21:30:00", "A cot, please")
    changed = Notification.objects.get(type="booking_changed", channel="email")
    assert [(change["before"], change["after"]) for change in changed.context["changes"]] == [
        ("", "21:30"),
        ("", "A cot, please"),
    ]


def test_saying_the_same_again_tells_nobody(booking: Booking) -> None:
    client = visitor(booking)
    client.post(f"/booking/{booking.reference}/arrival/", told(booking))
    booking.refresh_from_db()

    client.post(f"/booking/{booking.reference}/arrival/", told(booking))

    assert Notification.objects.filter(type="booking_changed", channel="email").count() == 1


def test_who_overtook_the_guest_is_not_overwritten(booking: Booking) -> None:
    response = visitor(booking).post(f"/booking/{booking.reference}/arrival/", told(booking, version="0"))

    assert response.status_code == 422
    booking.refresh_from_db()
    assert booking.arrival_time is None


def test_a_time_is_needed(booking: Booking) -> None:
    response = visitor(booking).post(
        f"/booking/{booking.reference}/arrival/", told(booking, arrival_time="late")
    )

    assert response.status_code == 422


def test_a_stranger_finds_nothing(booking: Booking) -> None:
    assert Client().get(f"/booking/{booking.reference}/arrival/").status_code in (302, 404)
    assert Client().post(f"/booking/{booking.reference}/arrival/", told(booking)).status_code in (302, 404)
    booking.refresh_from_db()
    assert booking.arrival_time is None


def test_a_hold_has_nothing_to_say_yet() -> None:
    booking = held(hotel()).booking

    response = visitor(booking).get(f"/booking/{booking.reference}/arrival/")

    assert response.status_code == 302
