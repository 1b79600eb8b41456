"""What guests, programs and staff are told of the waitlist."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings.digest import DigestDay
from bookings.services import booking_cancel
from notifications.models import DomainEvent, Notification
from notifications.rendering import notification_render
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors.digest import waitlist
from waitlist.services import offer_accept, offers_make, offers_sweep, stays_for_entry
from waitlist.services.making import offer_make

pytestmark = pytest.mark.django_db(transaction=True)


def offered(house: Hotel, at: datetime, **wish: Any) -> tuple[WaitlistEntry, WaitlistOffer]:
    """Somebody who was offered what came free of the first two nights."""
    bookings = sold_out(house, at=at)
    entry = waiting(house, at=at, **wish)
    for booking in bookings:
        booking_cancel(booking_id=booking.pk, actor=None, at=at)
    offers_make(at=at)
    entry.refresh_from_db()
    return entry, WaitlistOffer.objects.select_related("booking").get(entry=entry)


def entry_told(entry: WaitlistEntry, **more: Any) -> dict[str, Any]:
    return {
        "entry": entry.reference,
        "arrival": entry.arrival.isoformat(),
        "departure": entry.departure.isoformat(),
        "flexible_days": 0,
        "rooms": 1,
        "adults": 2,
        "children_ages": [],
        "room_type": entry.room_type_id,
    } | more


def test_programs_are_told_of_every_step(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)
    offer_accept(offer_id=offer.pk, at=at + timedelta(minutes=1))

    booking = offer.booking
    offer_told = {
        "reference": offer.reference,
        "booking": booking.reference,
        "room_type": booking.room_type_id,
        "arrival": entry.arrival.isoformat(),
        "departure": entry.departure.isoformat(),
        "total": {"amount": "200.00", "currency": "EUR"},
        "expires_at": offer.expires_at.isoformat(),
    }
    events = DomainEvent.objects.filter(subject=f"waitlist:{entry.reference}").order_by("pk")
    assert [(event.type, event.data) for event in events] == [
        ("waitlist.joined", entry_told(entry, status="waiting")),
        ("waitlist.offered", entry_told(entry, status="offered", offer=offer_told)),
        ("waitlist.accepted", entry_told(entry, status="accepted", offer=offer_told)),
    ]


def test_the_hold_of_an_offer_says_so_and_writes_no_mail_of_its_own(house: Hotel, at: datetime) -> None:
    _entry, offer = offered(house, at)

    holds = DomainEvent.objects.filter(type="booking.held").order_by("pk")
    assert [event.data["is_offer"] for event in holds] == [False, True]
    assert holds[1].data["reference"] == offer.booking.reference
    assert Notification.objects.filter(type="waitlist_offered").count() == 1
    assert not Notification.objects.filter(type="booking_held").exists()


def test_an_offer_that_breaks_off_is_told_to_nobody(
    house: Hotel, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    [booking] = sold_out(house, at=at)
    entry = waiting(house, at=at)
    booking_cancel(booking_id=booking.pk, actor=None, at=at)
    (fit, *_others) = stays_for_entry(entry=entry, at=at)
    before = DomainEvent.objects.count()
    monkeypatch.setattr("waitlist.services.making.entry_move", _broken)

    with pytest.raises(RuntimeError):
        offer_make(entry_id=entry.pk, fit=fit, at=at)

    assert DomainEvent.objects.count() == before
    assert not Notification.objects.filter(type="waitlist_offered").exists()


def _broken(*_arguments: Any, **_more: Any) -> None:
    raise RuntimeError("after the hold and its event were written")


@pytest.mark.parametrize(
    ("any_room", "said", "unsaid"),
    [
        (False, "Look for other nights", "See your place on the waitlist"),
        (True, "See your place on the waitlist", "Look for other nights"),
    ],
)
def test_a_missed_offer_says_whether_one_waits_on(
    house: Hotel, at: datetime, *, any_room: bool, said: str, unsaid: str
) -> None:
    entry, offer = offered(house, at, any_room=any_room)

    offers_sweep(at=offer.expires_at + timedelta(minutes=1))

    entry.refresh_from_db()
    assert entry.status == ("waiting" if any_room else "expired")
    mail = notification_render(Notification.objects.get(type="waitlist_expired"))
    assert said in mail.text
    assert said in mail.html
    assert unsaid not in mail.text + mail.html


def test_staff_read_how_many_wait_and_what_is_offered(house: Hotel, at: datetime) -> None:
    soon, later = house.stay(), house.stay(4, 2)
    offered(house, at)
    day = DigestDay(house=house.property, today=soon.arrival, at=at)
    held(house, stay=later, hold_minutes=1440, at=at)
    waiting(house, stay=later, at=at)

    section = waitlist(day)

    offer = WaitlistOffer.objects.select_related("entry").get()
    assert section is not None
    assert section["title"] == "Waitlist"
    count, open_offer = section["lines"]
    assert count["text"] == "1 guest waits for a room in the next 7 days"
    assert count["url"].endswith("/admin/waitlist/waitlistentry/?night=week")
    stay = f"{soon.arrival:%Y-%m-%d}-{soon.departure:%Y-%m-%d}"
    assert open_offer["text"].startswith(f"{offer.entry.guest_name}: {stay}, {house.room_type.name}, ")
    assert open_offer["url"].endswith(f"/admin/waitlist/waitlistoffer/{offer.pk}/change/")
    passed = DigestDay(house=house.property, today=later.departure, at=offer.expires_at)
    assert waitlist(passed) is None
    other = hotel(rooms=1, nights=2)
    assert waitlist(DigestDay(house=other.property, today=soon.arrival, at=at)) is None


def test_the_section_costs_two_queries_for_1_and_for_20(at: datetime, django_assert_num_queries: Any) -> None:
    house = hotel(rooms=20, nights=4)
    day = DigestDay(house=house.property, today=house.first, at=at)
    bookings = sold_out(house, at=at)
    for _guest in bookings:
        waiting(house, at=at)
    for booking, expected in ((bookings[0], 1), (None, 20)):
        for one in [booking] if booking else bookings[1:]:
            booking_cancel(booking_id=one.pk, actor=None, at=at)
        offers_make(at=at)
        with django_assert_num_queries(2):
            section = waitlist(day)
        assert section is not None
        assert len([line for line in section["lines"] if "offered until" in line["text"]]) == expected
