"""What staff do with the waitlist: move the queue, offer by hand, take offers back; and who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.services import booking_cancel
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistEntry, WaitlistOffer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Hotel:
    return hotel(rooms=1, nights=10)


@pytest.fixture
def entry(house: Hotel) -> WaitlistEntry:
    """Somebody who waits for a room that has just come free."""
    [booking] = sold_out(house)
    found = waiting(house)
    booking_cancel(booking_id=booking.pk, actor=None)
    return found


def page(entry: WaitlistEntry, name: str = "change") -> str:
    return reverse(f"admin:waitlist_waitlistentry_{name}", args=[entry.pk])


def offer_by_hand(client: Client, entry: WaitlistEntry) -> WaitlistOffer:
    shown = client.get(page(entry, "offer"))
    [(value, label)] = shown.context["form"].fields["stay"].choices
    assert "€200.00" in label
    answer = client.post(page(entry, "offer"), {"stay": value})
    assert answer["Location"] == page(entry)
    return WaitlistOffer.objects.get()


def test_an_offer_by_hand_shows_its_price_and_is_taken_back(house: Hotel, entry: WaitlistEntry) -> None:
    client = staff_of(house, StaffRole.FRONT_DESK)

    offer = offer_by_hand(client, entry)
    assert offer.reference in client.get(page(entry)).content.decode()
    withdraw = reverse("admin:waitlist_waitlistoffer_withdraw", args=[offer.pk])
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    client.post(withdraw, {"reason": "Burst pipe"})

    offer.refresh_from_db()
    assert (offer.status, offer.outcome_note, offer.entry.status) == ("withdrawn", "Burst pipe", "waiting")
    assert house.inventory().available == 1


def test_moving_somebody_needs_a_reason_which_the_page_shows(house: Hotel, entry: WaitlistEntry) -> None:
    client = staff_of(house)

    refused = client.post(page(entry, "priority"), {"priority": 9, "reason": ""})
    client.post(page(entry, "priority"), {"priority": 9, "reason": "Wedding"})

    entry.refresh_from_db()
    assert (refused.status_code, entry.priority, entry.priority_reason) == (422, 9, "Wedding")
    changes = client.get(page(entry)).context["changes"]
    assert [(change.priority, change.reason) for change in changes] == [(9, "Wedding")]


@pytest.mark.parametrize("name", ["offer", "priority"])
def test_who_only_looks_does_neither(house: Hotel, entry: WaitlistEntry, name: str) -> None:
    finance, stranger = staff_of(house, StaffRole.FINANCE), staff_of(hotel())

    assert finance.get(page(entry)).status_code == 200
    assert finance.post(page(entry, name), {"priority": 9, "reason": "x"}).status_code == 403
    assert stranger.post(page(entry, name), {"priority": 9, "reason": "x"}).status_code == 404
    entry.refresh_from_db()
    assert (entry.priority, entry.status) == (0, "waiting")


def test_the_queue_is_filtered_by_the_nights_one_might_take(house: Hotel, entry: WaitlistEntry) -> None:
    url = reverse("admin:waitlist_waitlistentry_changelist")
    client = staff_of(house)

    found = {
        night: [row.pk for row in client.get(url, {"night": night}).context["cl"].result_list]
        for night in ("today", "week", "month")
    }

    assert found == {"today": [], "week": [], "month": [entry.pk]}
