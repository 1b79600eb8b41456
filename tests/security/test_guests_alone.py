"""Staff who look at what is a guest's do not become the guest by looking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import StaffRole
from bookings.access import access_token_of
from bookings.models import Booking
from bookings.services import booking_cancel
from inventory.models import Property
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel
from tests.factories.spaces import booked, space_open
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistOffer
from waitlist.services import offer_accept, offers_make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=8, rooms=1)


def who_may_look(house: Property) -> Client:
    client = Client()
    client.force_login(StaffFactory(property=house, role=StaffRole.FINANCE))
    return client


def offered(house: Hotel) -> WaitlistOffer:
    bookings = sold_out(house)
    waiting(house)
    for booking in bookings:
        booking_cancel(booking_id=booking.pk, actor=None)
    offers_make()
    return WaitlistOffer.objects.select_related("booking", "entry").get()


def test_a_made_up_token_makes_nobody_the_guest_of_a_stay(house: Hotel) -> None:
    booking = confirmed(house)
    client = who_may_look(house.property)
    address = f"/booking/{booking.reference}/"
    assert client.get(f"{address}?token=made-up", follow=True).status_code == 200
    assert client.post(f"{address}cancel/", {"expected_fee": "0.00"}).status_code == 403
    assert client.post(f"{address}review/remove/").status_code == 403
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_link_of_a_mail_makes_the_guest(house: Hotel) -> None:
    booking = confirmed(house)
    client = Client()
    address = f"/booking/{booking.reference}/"
    assert client.get(f"{address}?token={access_token_of(booking)}", follow=True).status_code == 200
    assert client.post(f"{address}cancel/", {"expected_fee": "0.00"}).status_code == 302


def test_a_made_up_token_makes_nobody_the_guest_of_a_space(house: Hotel) -> None:
    now = timezone.now()
    booking = booked(space_open(property=house.property), now.date() + timedelta(days=2), "10:00", at=now)
    client = who_may_look(house.property)
    address = f"/spaces/{booking.reference}/"
    assert client.get(f"{address}?token=made-up", follow=True).status_code == 200
    assert client.post(f"{address}cancel/").status_code == 403


def test_looking_at_who_waits_opens_no_offer(house: Hotel) -> None:
    offer = offered(house)
    client = who_may_look(house.property)
    assert client.get(f"/waitlist/{offer.entry.reference}/").status_code == 200
    assert client.post(f"/waitlist/offer/{offer.reference}/", {"answer": "decline"}).status_code == 403
    offer.refresh_from_db()
    assert offer.status == "open"


@pytest.mark.parametrize("seen_on", ["/waitlist/{entry}/", "/waitlist/offer/{offer}/"])
def test_looking_at_a_taken_offer_opens_no_booking(house: Hotel, seen_on: str) -> None:
    offer = offered(house)
    offer_accept(offer_id=offer.pk)
    client = who_may_look(house.property)
    client.get(seen_on.format(entry=offer.entry.reference, offer=offer.reference))
    cancelling = client.post(f"/booking/{offer.booking.reference}/cancel/", {"expected_fee": "0.00"})
    assert cancelling.status_code == 403
    assert Booking.objects.get(pk=offer.booking_id).status != "cancelled"
