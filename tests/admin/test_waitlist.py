"""What staff do with the waitlist: move the queue, offer by hand, take offers back; and who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.services import booking_cancel
from tests.admin.conftest import staff_of
from tests.factories.inventory import Hotel, RestrictionFactory, hotel
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


@pytest.mark.parametrize(
    ("why", "word"),
    [
        ("full", "Not enough rooms are free on every night."),
        ("too_dear", "limit is €50.00"),
        ("not_sold", "Rooms are free, but a restriction"),
        ("party", "The guests do not fit"),
        ("not_waiting", "This entry does not wait any more"),
    ],
)
def test_with_nothing_to_offer_the_page_says_why_and_what_to_do(house: Hotel, why: str, word: str) -> None:
    bookings = sold_out(house)
    entry = waiting(house, max_total="50.00" if why == "too_dear" else None)
    if why != "full":
        booking_cancel(booking_id=bookings[0].pk, actor=None)
    if why == "not_sold":
        RestrictionFactory.create(
            property=house.property, first_date=house.first, last_date=house.first, min_stay=5
        )
    if why == "party":
        WaitlistEntry.objects.filter(pk=entry.pk).update(adults=9)
    if why == "not_waiting":
        offer_by_hand(staff_of(house), entry)

    shown = staff_of(house, StaffRole.FRONT_DESK).get(page(entry, "offer"))

    text = shown.content.decode()
    assert (shown.status_code, shown.context["offerable"].obstacle) == (200, why)
    assert word in text
    assert "Hold the room" not in text


def test_a_stay_whose_price_has_changed_is_refused_in_words(house: Hotel, entry: WaitlistEntry) -> None:
    refused = staff_of(house).post(page(entry, "offer"), {"stay": "1:1:2026-01-01:2026-01-02:1.00"})

    assert refused.status_code == 422
    assert refused.context["form"].errors["stay"] == [
        "This stay is not sold at this price any more. Choose again."
    ]


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
