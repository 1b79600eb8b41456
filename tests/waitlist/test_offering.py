"""Rooms that come free are offered to the first they fit, and kept for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel
from core.dates import local_datetime
from inventory.models import Rate
from inventory.services import block_create, block_delete
from notifications.models import DomainEvent, Notification
from tests.factories.accounts import UserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, RestrictionFactory, hotel
from tests.factories.waitlist import sold_out, waiting
from tests.outbox import run_effects
from waitlist.models import WaitlistOffer
from waitlist.services import offers_make, offers_plan
from waitlist.services.making import offer_expires_at
from waitlist.services.moving import OFFERS_MAKE
from waitlist.types import Fit

pytestmark = pytest.mark.django_db(transaction=True)


def free(booking: Booking, at: datetime | None = None) -> None:
    booking_cancel(booking_id=booking.pk, actor=None, at=at)


def test_a_freed_room_is_held_for_who_waits_and_told(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    entry = waiting(house, at=at)

    free(booking)
    report = offers_make(at=at)

    offer = WaitlistOffer.objects.select_related("booking").get()
    entry.refresh_from_db()
    assert report.offered == [offer.reference]
    assert (entry.status, offer.status, offer.entry_id) == ("offered", "open", entry.pk)
    assert (offer.total, offer.currency) == (Decimal("200.00"), "EUR")
    assert (offer.booking.status, offer.booking.total) == ("held", Decimal("200.00"))
    assert (offer.booking.guest_email, offer.booking.guest_name) == (entry.guest_email, entry.guest_name)
    assert offer.booking.hold_expires_at == offer.expires_at + timedelta(minutes=5)
    assert (house.inventory().held, house.inventory().available) == (1, 0)
    assert inventory_differences() == []
    mail = Notification.objects.get(type="waitlist_offered")
    assert (mail.recipient, mail.context["total"]) == (entry.guest_email, "200.00")
    assert mail.context["accept_url"].startswith("http")
    assert set(DomainEvent.objects.values_list("type", flat=True)) >= {"waitlist.joined", "waitlist.offered"}


def test_a_cancelled_booking_offers_its_room_by_itself(house: Hotel) -> None:
    [booking] = sold_out(house)
    waiting(house)
    run_effects(kinds=[OFFERS_MAKE])

    free(booking)
    run_effects(kinds=[OFFERS_MAKE])

    assert WaitlistOffer.objects.count() == 1


def test_rooms_out_of_a_block_and_new_rooms_are_offered(house: Hotel) -> None:
    stay = house.stay()
    actor = UserFactory.create(is_staff=True, is_superuser=True)
    block = block_create(
        room_type_id=house.room_type.pk,
        start=stay.arrival,
        end=stay.departure,
        rooms=1,
        reason="Paint",
        actor=actor,
    )
    waiting(house)
    run_effects(kinds=[OFFERS_MAKE])
    assert WaitlistOffer.objects.count() == 0

    block_delete(block_id=block.pk)
    run_effects(kinds=[OFFERS_MAKE])

    assert WaitlistOffer.objects.count() == 1


def test_priority_comes_before_age(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    waiting(house, at=at - timedelta(days=2))
    preferred = waiting(house, at=at)
    type(preferred).objects.filter(pk=preferred.pk).update(priority=5, priority_reason="Came twelve times")

    free(booking)
    offers_make(at=at)

    assert WaitlistOffer.objects.get().entry_id == preferred.pk


def test_of_equal_priority_the_oldest_comes_first(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    waiting(house, at=at)
    oldest = waiting(house, at=at - timedelta(days=1))

    free(booking)
    offers_make(at=at)

    assert WaitlistOffer.objects.get().entry_id == oldest.pk


def test_who_needs_more_rooms_than_are_free_is_passed_over(at: datetime) -> None:
    house = hotel(rooms=2, nights=8)
    first, second = sold_out(house, at=at)
    group = waiting(house, rooms=2, at=at - timedelta(hours=2))
    couple = waiting(house, at=at - timedelta(hours=1))

    free(first)
    offers_make(at=at)
    assert WaitlistOffer.objects.get().entry_id == couple.pk

    free(second)
    assert offers_make(at=at).offered == []
    group.refresh_from_db()
    assert group.status == "waiting"


def test_a_party_of_five_in_two_rooms_is_served(at: datetime) -> None:
    house = hotel(rooms=2, nights=8)
    both = sold_out(house, at=at)
    waiting(house, rooms=2, adults=4, children_ages=(7,), at=at)

    for booking in both:
        free(booking)
    offers_make(at=at)

    booking = WaitlistOffer.objects.get().booking
    assert (booking.rooms, booking.adults, booking.children_ages) == (2, 4, [7])
    assert (house.inventory().held, booking.total) == (2, Decimal("400.00"))


def test_one_night_that_is_not_free_is_enough_to_wait_on(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    held(house, stay=house.stay(2, 1), hold_minutes=1440, at=at)
    waiting(house, stay=house.stay(0, 3), at=at)

    free(booking)

    assert offers_make(at=at).offered == []


def test_flexible_guests_get_the_nearest_dates(house: Hotel, at: datetime) -> None:
    sold_out(house, stay=house.stay(2, 2), at=at)
    [block] = [held(house, stay=house.stay(4, 1), hold_minutes=1440, at=at).booking]
    entry = waiting(house, stay=house.stay(2, 2), flexible_days=3, at=at)

    offers_make(at=at)

    offer = WaitlistOffer.objects.get()
    assert offer.entry_id == entry.pk
    # one day earlier or later touches the sold nights; two days earlier is free, three later as well
    assert (offer.booking.arrival, offer.booking.departure) == (
        house.stay(0, 2).arrival,
        house.stay(0, 2).departure,
    )
    assert block.status == "held"


def test_of_any_room_the_cheapest_on_the_nearest_dates(at: datetime) -> None:
    dear = hotel(rooms=1, nights=8, price="150.00")
    cheap = hotel(rooms=1, nights=8, price="90.00", in_property=dear.property, plan=dear.plan)
    bookings = [held(one, hold_minutes=1440, at=at).booking for one in (dear, cheap)]
    waiting(dear, any_room=True, at=at)

    for booking in bookings:
        free(booking)
    offers_make(at=at)

    offer = WaitlistOffer.objects.get()
    assert (offer.booking.room_type_id, offer.total) == (cheap.room_type.pk, Decimal("180.00"))


def test_nothing_dearer_than_the_guest_would_pay(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    waiting(house, max_total="199.99", at=at)
    free(booking)
    assert offers_make(at=at).offered == []

    Rate.objects.filter(room_type=house.room_type).update(price=Decimal("99.99"))
    offers_make(at=at)

    assert WaitlistOffer.objects.get().total == Decimal("199.98")


def test_nothing_that_restrictions_forbid(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    waiting(house, at=at)
    RestrictionFactory.create(
        property=house.property, first_date=house.first, last_date=house.first, min_stay=3
    )
    free(booking)

    assert offers_make(at=at).offered == []
    assert house.inventory().held == 0


def test_another_room_type_is_no_match(at: datetime) -> None:
    house = hotel(rooms=1, nights=8)
    other = hotel(rooms=1, nights=8, in_property=house.property, plan=house.plan)
    sold_out(house, at=at)
    waiting(house, at=at)

    assert offers_make(at=at).offered == []
    assert other.inventory().held == 0


def test_nobody_has_two_offers_and_no_room_is_offered_twice(at: datetime) -> None:
    house = hotel(rooms=2, nights=8)
    bookings = sold_out(house, at=at)
    entries = [waiting(house, at=at - timedelta(hours=age)) for age in (3, 2, 1)]

    for booking in bookings:
        free(booking)
    first, second = offers_make(at=at), offers_make(at=at)

    assert (len(first.offered), second.offered) == (2, [])
    assert sorted(WaitlistOffer.objects.values_list("entry_id", flat=True)) == [entries[0].pk, entries[1].pk]


def test_the_plan_says_who_would_get_what_and_changes_nothing(
    house: Hotel, at: datetime, capsys: object
) -> None:
    [booking] = sold_out(house, at=at)
    entry = waiting(house, at=at)
    free(booking)

    [planned] = offers_plan(at=at)
    call_command("waitlist_offers", dry_run=True)

    assert (planned.entry.pk, planned.fit.total) == (entry.pk, Decimal("200.00"))
    assert entry.reference in capsys.readouterr().out  # type: ignore[attr-defined]
    assert WaitlistOffer.objects.count() == 0


def test_the_command_makes_the_offers(house: Hotel) -> None:
    [booking] = sold_out(house)
    waiting(house)
    free(booking)

    call_command("waitlist_offers", as_json=True)

    assert WaitlistOffer.objects.count() == 1


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=20), timedelta(hours=24)),
        (timedelta(hours=96), timedelta(hours=24)),
        (timedelta(hours=40), timedelta(hours=10)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(hours=-2), timedelta(hours=1)),
    ],
)
def test_offers_are_shorter_near_arrival(house: Hotel, left: timedelta, expected: timedelta) -> None:
    sold_out(house)
    entry = waiting(house)
    arrives_at = local_datetime(house.first, house.property.arrival_from, house.property.time_zone)
    fit = Fit(1, "Double", 1, "Flexible", house.stay(), Decimal(200), "EUR")
    at = arrives_at - left

    assert offer_expires_at(entry, fit, at=at) == at + expected
